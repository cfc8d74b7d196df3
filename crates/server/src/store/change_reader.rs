//! Changes of a tenant, in the order of the log and as they come.
//!
//! ```text
//!   log ──> Hub: one task a store, while there are readers ──> a channel a tenant ──> ChangeReader
//!    └─────────── what a reader has missed, page by page ───────────────────────────────^
//! ```
//!
//! A reader first subscribes to its tenant's channel, then reads the log up to where the hub is, and then takes what comes by
//! the channel and is behind its position. So it has each event once, whenever it begins. The channel keeps a limited number
//! of batches: the reading ends for a reader that does not keep up ([`StreamEnd::Slow`]), and nothing is buffered for it alone.

use std::sync::{Arc, Weak};

use group_dispatch_types::{Source, UserId, WhatsAppNumber, signing::TenantId};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    hub::{ChangeBatch, PAGE_EVENTS},
    shared::Shared,
};
use crate::{
    error::StoreError,
    event_log::stream::{Lost, StreamEvent, StreamPage, StreamPosition, StreamRead, StreamSearch},
    presence::{online_accounts::OnlineAccount, tenant::TenantIndex},
    tenant::TenantNumber,
};

/// Why a reader gets no more events.
#[derive(Debug)]
pub enum StreamEnd {
    /// Its position is none of the log's now.
    Lost(Lost),
    /// It did not keep up.
    Slow,
    /// What queries show was computed again, because an event was struck or the database has lost some.
    Recomputed,
    /// The tenant was removed.
    Removed,
    /// The log can't be read now.
    Failed(StoreError),
}

impl From<StoreError> for StreamEnd {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Reads the changes of a tenant.
pub struct ChangeReader {
    store: Arc<Shared>,
    tenant: TenantNumber,
    /// What queries showed when the reader began.
    index: Weak<TenantIndex>,
    position: StreamPosition,
    state: ReaderState,
}

type Channel = Receiver<Arc<ChangeBatch>>;

enum ReaderState {
    /// It has to read the log.
    Behind,
    /// It has to read the log up to where the hub was.
    CatchingUp { channel: Channel, goal: StreamPosition },
    /// It gets what comes. A channel that has overflown before the first batch was only read too late.
    Live { channel: Channel, is_first: bool },
}

impl ChangeReader {
    /// Opens a reader behind a position, or behind all that is in the log now. Queries show at least what is up to its position.
    ///
    /// # Errors
    /// If the tenant is unknown, the log can't be read, or the position is not one of it.
    pub async fn open(store: Arc<Shared>, id: TenantId, after: Option<StreamPosition>) -> Result<Self, StreamEnd> {
        let position = match after {
            Some(position) => position,
            None => store.log.stream_end().await?,
        };
        store.catch_up().await?;
        let tenant = store.index.tenant(id).ok_or(StoreError::UnknownTenant(id))?;
        let (number, index) = (tenant.number, Arc::downgrade(&tenant.index));
        let mut reader = Self { store, tenant: number, index, position, state: ReaderState::Behind };
        // Whether the position is one of the log.
        reader.page(1).await?;
        reader.position = position;
        Ok(reader)
    }

    /// Returns the position up to which everything has been read. It also moves when other tenants have new events.
    pub fn position(&mut self) -> StreamPosition {
        if let ReaderState::Live { channel, .. } = &self.state {
            // In this order: what was sent by then is in the channel.
            let sent = *self.store.hub.sent.borrow();
            if channel.is_empty()
                && let Some(sent) = sent
            {
                self.position = self.position.max(sent);
            }
        }
        self.position
    }

    /// Checks that queries still show what followed from all events that were read.
    ///
    /// # Errors
    /// If they do not.
    pub fn check(&self) -> Result<(), StreamEnd> {
        match self.store.index.tenant_index(self.tenant) {
            None => Err(StreamEnd::Removed),
            Some(index) if self.index.ptr_eq(&Arc::downgrade(&index)) => Ok(()),
            Some(_) => Err(StreamEnd::Recomputed),
        }
    }

    /// Returns with which agent each account is online at a source now.
    #[must_use]
    pub fn online_agents(&self, accounts: impl IntoIterator<Item = (Source, WhatsAppNumber)>) -> Vec<Option<UserId>> {
        self.index.upgrade().map_or_else(Vec::new, |index| index.online_agents(accounts))
    }

    /// Returns the sources at which the tenant has accounts.
    #[must_use]
    pub fn sources(&self) -> Vec<Source> {
        self.index.upgrade().map_or_else(Vec::new, |index| index.sources())
    }

    /// Adds those of `count` accounts of a source, from the place `first` on, that are online. Returns false if `first` is
    /// behind the last account.
    pub fn online_accounts(&self, source: Source, first: u32, count: u32, online: &mut Vec<OnlineAccount>) -> bool {
        self.index.upgrade().is_some_and(|index| index.online_accounts(source, first, count, online))
    }

    /// Reads a page of the log: about `limit` events of all tenants are looked at. Also returns whether there is more now.
    ///
    /// # Errors
    /// If there are no more.
    pub async fn page(&mut self, limit: usize) -> Result<(Vec<StreamEvent>, bool), StreamEnd> {
        self.check()?;
        let search = StreamSearch { after: self.position, tenant: Some(self.tenant), limit };
        let read = {
            let _permit = self.store.stream_permits.acquire().await.map_err(|_| StoreError::Closed)?;
            self.store.log.stream(search).await?
        };
        match read {
            StreamRead::Page(StreamPage { events, end, more }) => {
                if !more {
                    // Queries must not know less than the reader.
                    self.store.catch_up().await?;
                }
                self.position = end;
                Ok((events, more))
            }
            StreamRead::Lost(lost) => Err(StreamEnd::Lost(lost)),
        }
    }

    /// Waits for the next events. It may be dropped before it is ready, and called again.
    ///
    /// # Errors
    /// If there are no more.
    pub async fn next(&mut self) -> Result<Arc<ChangeBatch>, StreamEnd> {
        loop {
            match &mut self.state {
                ReaderState::Behind => {
                    self.check()?;
                    let channel = self.store.hub.subscribe(self.tenant);
                    let mut read = self.store.hub.read.subscribe();
                    let goal = tokio::select! {
                        biased;
                        _ = self.store.hub.closed.wait() => None,
                        goal = read.wait_for(Option::is_some) => goal.ok().and_then(|goal| *goal),
                    };
                    let goal = goal.ok_or(StoreError::Closed)?;
                    self.state = ReaderState::CatchingUp { channel, goal };
                }
                ReaderState::CatchingUp { goal, .. } => {
                    let goal = *goal;
                    if self.position >= goal {
                        // What has come since is in the channel.
                        self.go_live();
                        continue;
                    }
                    let (events, more) = self.page(PAGE_EVENTS).await?;
                    if !more && self.position >= goal {
                        self.go_live();
                    }
                    if !events.is_empty() {
                        return Ok(ChangeBatch::new(events));
                    }
                }
                ReaderState::Live { channel, is_first } => match channel.recv().await {
                    Ok(batch) => {
                        *is_first = false;
                        self.check()?;
                        if let Some(batch) = behind(self.position, batch) {
                            self.position = batch.events.last().map_or(self.position, |last| last.position);
                            return Ok(batch);
                        }
                    }
                    Err(RecvError::Lagged(_)) if !*is_first => return Err(StreamEnd::Slow),
                    // The hub begins again, or the tenant is gone.
                    Err(RecvError::Lagged(_) | RecvError::Closed) => self.state = ReaderState::Behind,
                },
            }
        }
    }

    fn go_live(&mut self) {
        if let ReaderState::CatchingUp { channel, .. } = std::mem::replace(&mut self.state, ReaderState::Behind) {
            self.state = ReaderState::Live { channel, is_first: true };
        }
    }
}

/// Returns the events of a batch that are behind a position.
fn behind(position: StreamPosition, batch: Arc<ChangeBatch>) -> Option<Arc<ChangeBatch>> {
    let first = batch.events.partition_point(|event| event.position <= position);
    match first {
        0 => Some(batch),
        _ if first == batch.events.len() => None,
        _ => Some(ChangeBatch::new(batch.events[first..].to_vec())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use group_dispatch_types::{UtcOffset, signing::ApiKey};
    use tempfile::TempDir;

    use super::*;
    use crate::{
        event::StatusEvent,
        store::{
            Database, Store, StoreOptions,
            hub::{BATCH_EVENTS, CHANNEL_BATCHES},
        },
    };

    const TENANT: u64 = 1;

    async fn open(folder: &TempDir) -> Store {
        let database = Database::Sqlite(folder.path().join("store.db"));
        let store = Store::open(&database, StoreOptions::default()).await.unwrap();
        store.add_tenant(TENANT.into(), ApiKey::new("key")).await.unwrap();
        store
    }

    /// Events that differ in their second.
    fn events(seconds: std::ops::Range<i64>) -> Vec<StatusEvent> {
        let event = |second: i64| {
            let time = 1_720_437_931_000 + second * 1000;
            let json = format!(
                r#"{{"userId":1,"agentAccount":"a","whatsApp":"8618217331411","source":1,"detailStatus":12,"createTime":{time}}}"#
            );
            StatusEvent::from_json(json.as_bytes(), UtcOffset::VENDOR).unwrap()
        };
        seconds.map(event).collect()
    }

    /// Reads until `count` events have come, and returns their numbers.
    async fn read(reader: &mut ChangeReader, count: usize) -> Vec<u64> {
        let mut seqs = Vec::new();
        while seqs.len() < count {
            seqs.extend(reader.next().await.unwrap().events.iter().map(|event| event.logged.seq));
        }
        seqs
    }

    #[tokio::test]
    async fn a_reader_that_does_not_keep_up_is_disconnected() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        let (mut slow, mut fast) =
            (store.changes(TENANT.into(), None).await.unwrap(), store.changes(TENANT.into(), None).await.unwrap());
        store.append(TENANT.into(), events(0..1)).await.unwrap();
        let position = slow.position();
        for reader in [&mut slow, &mut fast] {
            assert_eq!(read(reader, 1).await.len(), 1);
        }
        // One that comes by the channel, so that both are live.
        store.append(TENANT.into(), events(1..2)).await.unwrap();
        for reader in [&mut slow, &mut fast] {
            assert_eq!(read(reader, 1).await.len(), 1);
        }
        let count = (CHANNEL_BATCHES * BATCH_EVENTS * 2) as i64;
        for first in (2..count).step_by(BATCH_EVENTS * 32) {
            let batch = events(first..first + BATCH_EVENTS as i64 * 32);
            let length = batch.len();
            store.append(TENANT.into(), batch).await.unwrap();
            assert_eq!(read(&mut fast, length).await.len(), length);
        }
        let end = slow.next().await.err().unwrap();
        assert!(matches!(end, StreamEnd::Slow), "{end:?}");
        let mut again = store.changes(TENANT.into(), Some(position)).await.unwrap();
        let all = read(&mut again, count as usize).await;
        assert!(all.is_sorted_by(|one, other| one < other), "nothing is lost");
    }

    /// Readers that begin, and come back, at any moment.
    #[tokio::test(flavor = "multi_thread")]
    async fn readers_that_begin_while_events_come_have_each_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        let start = store.changes(TENANT.into(), None).await.unwrap().position();
        let mut readers = tokio::task::JoinSet::new();
        for number in 0..20 {
            let store = store.clone();
            readers.spawn(async move {
                let (mut seqs, mut position) = (Vec::new(), start);
                while seqs.len() < 2_000 {
                    let mut reader = store.changes(TENANT.into(), Some(position)).await.unwrap();
                    // Some come back often, and some never.
                    let most = if number == 0 { 2_000 } else { 50 * number };
                    let mut read = 0;
                    while read < most && seqs.len() < 2_000 {
                        let batch = reader.next().await.unwrap();
                        read += batch.events.len();
                        seqs.extend(batch.events.iter().map(|event| event.logged.seq));
                        position = batch.events.last().unwrap().position;
                    }
                }
                seqs
            });
        }
        for first in (0..2_000).step_by(5) {
            store.append(TENANT.into(), events(first..first + 5)).await.unwrap();
        }
        let lists = readers.join_all().await;
        let whole: Vec<u64> = (lists[0][0]..lists[0][0] + 2_000).collect();
        assert!(lists.iter().all(|list| *list == whole));
        // Without readers, the hub forgets where it was.
        store.append(TENANT.into(), events(2_000..2_001)).await.unwrap();
        let mut reader = store.changes(TENANT.into(), None).await.unwrap();
        store.append(TENANT.into(), events(2_001..2_002)).await.unwrap();
        assert_eq!(read(&mut reader, 1).await.len(), 1);
        store.close().await.unwrap();
        assert!(matches!(reader.next().await.err().unwrap(), StreamEnd::Failed(StoreError::Closed)));
    }
}
