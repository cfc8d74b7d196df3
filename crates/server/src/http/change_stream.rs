//! A stream of changes: Server-Sent Events or lines of JSON, from the same lines (D64).
//!
//! The heartbeat is a line as well, and says up to where everything has been sent. `retry:` is plain milliseconds, in the first
//! block of each connection: some clients forget it.

use std::{convert::Infallible, pin::Pin, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, Response,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};
use bytes::Bytes;
use futures_util::stream;
use group_dispatch_types::{
    Source,
    history::{ChangeLine, ChangeLineType, ChangeReason, FreshnessReport, HistoryChangesRequest},
    signing::TenantId,
};
use tokio::{
    sync::SetOnce,
    time::{Instant, Sleep, sleep, sleep_until},
};

use super::{
    body::ResponseBody,
    caller::Caller,
    change_lines::{ChangeFilter, Format, event_line, line, message, online_line, position, reason, shown},
    error::ApiError,
    handlers::history::source_freshness,
};
use crate::{
    error::{StoreError, chain},
    event,
    store::{ChangeBatch, ChangeReader, Settler, Store, StreamEnd, StreamEvent, StreamPosition},
};

/// The longest time without a line: proxies close connections on which nothing comes for a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how many milliseconds a client comes again.
const RETRY: &str = "retry: 2000\n";
/// Accounts that are looked at for one chunk of who is online.
const ACCOUNTS_PER_CHUNK: u32 = 512;
/// Events that are held back for a reader at most.
const MAX_HELD: usize = 100_000;

/// nginx passes a response on as it comes only if it says so.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// Responds with a stream.
///
/// # Errors
/// When `since` is lost; a position in `Last-Event-ID` that is lost is a line of the stream, because clients that come again
/// by themselves would do so for ever.
pub async fn open(
    caller: &Caller<'_>,
    format: Format,
    request: &HistoryChangesRequest,
    since: Option<StreamPosition>,
    headers: &HeaderMap,
) -> Result<Response<ResponseBody>, ApiError> {
    let (store, tenant) = (&caller.state.store, caller.tenant_id);
    let again = last_event_id(headers).map(|text| position("Last-Event-ID", text)).transpose()?;
    let (reader, phase) = match (again.or(since), again.is_some()) {
        (None, _) => (store.changes(tenant, None).await?, Phase::of_snapshot()),
        (Some(position), is_again) => match store.changes(tenant, Some(position)).await {
            Ok(reader) => (reader, Phase::Begin),
            Err(end @ StreamEnd::Lost(_)) if is_again => {
                (store.changes(tenant, None).await?, Phase::Reset(reason(&end), message(&end)))
            }
            Err(end) => return Err(end.into()),
        },
    };
    let stream = ChangeStream {
        store: store.clone(),
        tenant,
        stopping: Arc::clone(&caller.state.stopping),
        format,
        filter: ChangeFilter::of(request),
        settle: request.settle.map(|time| i64::from(time.get()) * 1000),
        settler: None,
        reader,
        phase,
        heartbeat: Box::pin(sleep(HEARTBEAT)),
        last_line: Instant::now(),
        is_first: true,
    };
    let chunks = stream::unfold(stream, |mut stream| async {
        let chunk = stream.next_chunk().await?;
        Some((Ok::<_, Infallible>(chunk), stream))
    });
    let mut response = Response::new(ResponseBody::Axum(Body::from_stream(chunks)));
    response.headers_mut().extend([
        (CONTENT_TYPE, format.content_type()),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        UNBUFFERED,
    ]);
    Ok(response)
}

/// Returns the position that a client repeats: the last one, because some libraries send that of the request and their own.
fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all("last-event-id").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).rfind(|value| !value.is_empty())
}

/// What a stream sends next.
enum Phase {
    /// That the position is lost.
    Reset(ChangeReason, &'static str),
    /// Who is online: the sources that are left, and the place in the first of them.
    Snapshot(Option<Vec<Source>>, u32),
    /// Up to where it has been sent.
    Begin,
    /// What comes.
    Live,
    Ended,
}

impl Phase {
    fn of_snapshot() -> Self {
        Self::Snapshot(None, 0)
    }
}

struct ChangeStream {
    store: Store,
    tenant: TenantId,
    stopping: Arc<SetOnce<()>>,
    format: Format,
    filter: ChangeFilter,
    /// The settle time in milliseconds.
    settle: Option<i64>,
    settler: Option<Settler>,
    reader: ChangeReader,
    phase: Phase,
    /// When it is looked whether a line is due. Only then is it put off: there is one for each reader.
    heartbeat: Pin<Box<Sleep>>,
    last_line: Instant,
    is_first: bool,
}

/// What happens while a stream waits.
enum Woken {
    Stopping,
    Heartbeat,
    Settled,
    Batch(Result<Arc<ChangeBatch>, StreamEnd>),
}

impl ChangeStream {
    /// Waits for the next lines. Returns `None` at the end.
    async fn next_chunk(&mut self) -> Option<Bytes> {
        loop {
            let chunk = match self.phase {
                Phase::Ended => return None,
                Phase::Reset(reason, message) => {
                    self.phase = Phase::of_snapshot();
                    self.line(ChangeLine {
                        reason: Some(reason),
                        message: Some(message.to_owned()),
                        ..line(ChangeLineType::Reset)
                    })
                }
                Phase::Snapshot(..) => self.snapshot(),
                Phase::Begin => {
                    self.phase = Phase::Live;
                    self.settler = self.settle.map(|time| Settler::new(time, self.reader.position()));
                    self.position_line()
                }
                Phase::Live => match self.wait().await {
                    Woken::Stopping => {
                        self.end(ChangeReason::Stopping, "the server stops; come again with the last position")
                    }
                    Woken::Heartbeat if self.last_line.elapsed() < HEARTBEAT => {
                        self.heartbeat.as_mut().reset(self.last_line + HEARTBEAT);
                        continue;
                    }
                    Woken::Heartbeat => match self.reader.check() {
                        Ok(()) => self.position_line(),
                        Err(end) => self.interrupt(end).await,
                    },
                    Woken::Settled => self.settled(),
                    Woken::Batch(Ok(batch)) => self.batch(&batch),
                    Woken::Batch(Err(end)) => self.interrupt(end).await,
                },
            };
            if chunk.is_empty() {
                continue;
            }
            self.last_line = Instant::now();
            let is_first = std::mem::take(&mut self.is_first);
            let prefix = if is_first && self.format == Format::Events { RETRY } else { "" };
            return Some(if prefix.is_empty() { chunk } else { [prefix.as_bytes(), &chunk].concat().into() });
        }
    }

    async fn wait(&mut self) -> Woken {
        let due = self.settler.as_ref().and_then(Settler::due);
        let until = due.map(|due| Duration::from_millis((due - event::now()).try_into().unwrap_or(0)));
        tokio::select! {
            biased;
            _ = self.stopping.wait() => Woken::Stopping,
            () = async { match until { Some(until) => sleep_until(Instant::now() + until).await, None => std::future::pending().await } } => Woken::Settled,
            batch = self.reader.next() => Woken::Batch(batch),
            () = &mut self.heartbeat => Woken::Heartbeat,
        }
    }

    fn line(&self, line: ChangeLine) -> Bytes {
        let mut out = Vec::new();
        self.format.write(&line, &mut out);
        out.into()
    }

    /// Returns the next accounts that are online.
    fn snapshot(&mut self) -> Bytes {
        let Phase::Snapshot(sources, first) = &mut self.phase else { return Bytes::new() };
        let sources = sources.get_or_insert_with(|| self.reader.sources());
        let Some(source) = sources.last().copied() else {
            self.phase = Phase::Begin;
            return Bytes::new();
        };
        let mut online = Vec::new();
        if self.reader.online_accounts(source, *first, ACCOUNTS_PER_CHUNK, &mut online) {
            *first += ACCOUNTS_PER_CHUNK;
        } else {
            sources.pop();
            *first = 0;
        }
        let mut out = Vec::new();
        for account in online.into_iter().filter(|account| self.filter.selects_account(account)) {
            self.format.write(&online_line(account), &mut out);
        }
        out.into()
    }

    /// Returns the line that says up to where everything has been sent, and how fresh the sources are.
    fn position_line(&mut self) -> Bytes {
        let read = self.reader.position();
        let position = self.settler.as_ref().map_or(read, |settler| settler.position(read));
        let now = event::now();
        let known = self.store.freshness(self.tenant).unwrap_or_default();
        let sources = known.iter().map(|known| source_freshness(known, now)).collect();
        self.line(ChangeLine {
            position: Some(shown(position)),
            freshness: Some(FreshnessReport { sources }),
            ..line(ChangeLineType::Position)
        })
    }

    /// Returns the events of a batch that are wanted now.
    fn batch(&mut self, batch: &ChangeBatch) -> Bytes {
        if self.settler.is_none() && self.filter.is_empty() {
            let render = || self.events(batch.events.iter().map(|event| (event, 0)));
            return batch.rendered[self.format as usize].get_or_init(render).clone();
        }
        let wanted = batch.events.iter().filter(|event| self.filter.selects(event));
        let Some(settler) = &mut self.settler else { return self.events(wanted.map(|event| (event, 0))) };
        let now = event::now();
        wanted.for_each(|event| settler.push(event.clone(), now));
        if settler.held() > MAX_HELD {
            return self.end(ChangeReason::Slow, "too many events are held back; ask for a shorter settle time");
        }
        self.settled()
    }

    /// Returns the events that were held back long enough.
    fn settled(&mut self) -> Bytes {
        let now = event::now();
        let settled: Vec<_> = std::iter::from_fn(|| self.settler.as_mut()?.pop(now)).collect();
        self.events(settled.iter().map(|(event, held)| (event, *held)))
    }

    fn events<'a>(&self, events: impl Iterator<Item = (&'a StreamEvent, u32)> + Clone) -> Bytes {
        let accounts = events.clone().map(|(event, _)| (event.logged.event.source, event.logged.event.whatsapp));
        let online = self.reader.online_agents(accounts).into_iter().chain(std::iter::repeat(None));
        let mut out = Vec::new();
        for ((event, held), online) in events.zip(online) {
            self.format.write(&event_line(event, held, online), &mut out);
        }
        out.into()
    }

    /// Begins again if that helps, and ends otherwise.
    async fn interrupt(&mut self, end: StreamEnd) -> Bytes {
        if matches!(end, StreamEnd::Lost(_) | StreamEnd::Recomputed)
            && let Ok(reader) = self.store.changes(self.tenant, None).await
        {
            self.reader = reader;
            self.settler = None;
            self.phase = Phase::Reset(reason(&end), message(&end));
            return Bytes::new();
        }
        if let StreamEnd::Failed(error) = &end
            && !matches!(error, StoreError::Closed)
        {
            tracing::warn!(error = chain(error), "a stream of changes ends, because the log can't be read");
        }
        self.end(reason(&end), message(&end))
    }

    fn end(&mut self, reason: ChangeReason, message: &'static str) -> Bytes {
        self.phase = Phase::Ended;
        self.line(ChangeLine { reason: Some(reason), message: Some(message.to_owned()), ..line(ChangeLineType::End) })
    }
}
