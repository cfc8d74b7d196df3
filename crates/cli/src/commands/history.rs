//! `group-dispatch history`: historyEvents, historyGaps and historySessions of a group-dispatch-server, printed while they are read.

pub mod events;
pub mod gaps;
pub mod pages;
mod sessions;

use std::{future::ready, pin::pin, process::ExitCode};

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;
use futures_util::stream::{Stream, TryStreamExt};
use group_dispatch_client::{Client, Error};
use group_dispatch_types::{
    AccountStatus, Source, StatusDetail, UserId, UtcOffset, WhatsAppNumber,
    history::{
        EventTime, Gap, HistoryEvent, HistoryEventsRequest, HistoryGapsRequest, HistoryOrder, HistorySessionsRequest,
        PageLimit, Provenance,
    },
};
use jiff::Timestamp;
use serde::Serialize;

use self::gaps::GapCount;
use super::query::EMPTY_STATUS;
use crate::{
    arguments::{
        query::{ClockArguments, QueryArguments},
        source::{complete_source, parse_source},
        status::{complete_detail, complete_status},
        time_range::{TimeRange, TimeRangeArguments},
        value::at_least_one,
    },
    output::{self, clock::Clock, parts::PartPrinter, rows::Rows},
    service::Service,
    terminal,
    usage_error::UsageError,
};

/// How many events, gaps or sessions are printed at once.
const PART_LENGTH: usize = 1_000;
/// The most items that a page can have.
const LONGEST_PAGE: Option<PageLimit> = Some(PageLimit::MAX);

const EXAMPLES: &str = "\
Examples:
  group-dispatch history --since 2h
  group-dispatch history --whatsapp \"+86 182-1733-1411\" --since 2024-07-08 --until 2024-07-09
  group-dispatch history --status banned,disconnected --agent-account br02 --limit 1000
  group-dispatch history --provenance observed --source pc --output ndjson
  group-dispatch history --all --order oldest-first --output csv > events.csv
  group-dispatch history --gaps --since 24h
  group-dispatch history --sessions --since 24h --agent-account br02";

/// Read the status events that a group-dispatch-server stores, how each is known, and what nobody could see.
///
/// The server has all events, not only the latest 50 of each agent. KNOWN says how it knows one: fed events were sent to it
/// or imported, logged ones are records of the vendor's log, and observed ones happened between two looks at who is online
/// that differ. Nobody knows when exactly an observed event happened, or why: it has an interval instead of a time, and
/// --since and --until compare its end.
///
/// Events are printed while they are read, a thousand at a time, also with --all; a table repeats its heading then, and only a
/// workbook is written at the end. If gaps touch the time of the printed events, a note on standard error says so: there may be
/// events that the vendor recorded and nobody could read. --gaps lists them.
///
/// The vendor's own service has no history.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct History {
    #[command(flatten)]
    pub times: TimeRangeArguments,
    /// Only this source: pc, mobile, cloud, or 1, 2, 3.
    #[arg(long, value_parser = parse_source, add = ArgValueCandidates::new(complete_source))]
    pub source: Option<Source>,
    /// Only the agent with this id.
    #[arg(long, value_name = "ID")]
    pub user_id: Option<UserId>,
    /// Only the agent that has this login account now.
    #[arg(long, visible_alias = "user-name", value_name = "ACCOUNT")]
    pub agent_account: Option<String>,
    /// Only this WhatsApp account. Gaps of all accounts of an agent are listed as well: they may concern this one.
    #[arg(long, value_name = "NUMBER")]
    pub whatsapp: Option<WhatsAppNumber>,
    /// Only events with this status: online, disconnected, offline, banned, or its code. Separate several by commas, or
    /// repeat the flag. An observed event of an account that is gone has none.
    #[arg(long, value_name = "STATUS", value_delimiter = ',', add = ArgValueCandidates::new(complete_status))]
    pub status: Vec<AccountStatus>,
    /// Only events of this kind: a name such as pc-banned, or its code, such as 41. Separate several by commas, or repeat
    /// the flag. Observed events have none.
    #[arg(long, visible_alias = "detail", value_name = "DETAIL", value_delimiter = ',',
          add = ArgValueCandidates::new(complete_detail))]
    pub detail_status: Vec<StatusDetail>,
    /// Only events that are known in this way. Separate several by commas, or repeat the flag. `fed` alone includes events
    /// that the log has as well; they are left out otherwise.
    #[arg(long, value_name = "PROVENANCE", value_delimiter = ',', value_enum)]
    pub provenance: Vec<ProvenanceArgument>,
    /// The order of the events.
    #[arg(long, value_name = "ORDER", value_enum, default_value_t)]
    pub order: Order,
    /// Print at most this many events, gaps or sessions: the first ones that match.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = at_least_one)]
    pub limit: usize,
    /// Print all events, gaps or sessions that match.
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// List gaps instead of events: times in which the vendor may have recorded events that nobody could read. Those that end
    /// earlier are first. A gap without an account is one of any account of the agent.
    #[arg(long, conflicts_with_all = ["status", "detail_status", "provenance", "order"])]
    pub gaps: bool,
    /// List sessions instead of events: when an account was online at a source with one agent. Those that ended earlier are first;
    /// those that began before --until and ended at --since or later are listed, and those that last are behind them. AT LEAST
    /// marks those that a gap touches.
    #[arg(long, conflicts_with_all = ["gaps", "status", "detail_status", "provenance", "order"])]
    pub sessions: bool,
    #[command(flatten)]
    pub clock: ClockArguments,
    #[command(flatten)]
    pub query: QueryArguments,
}

/// The order of events on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// The newest event first.
    #[default]
    NewestFirst,
    /// The oldest event first.
    OldestFirst,
}

/// How an event is known, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProvenanceArgument {
    /// A feeder sent it, or it was imported.
    Fed,
    /// It is a record of the vendor's log.
    Logged,
    /// It happened between two looks that differ.
    Observed,
}

impl From<ProvenanceArgument> for Provenance {
    fn from(argument: ProvenanceArgument) -> Self {
        match argument {
            ProvenanceArgument::Fed => Self::Fed,
            ProvenanceArgument::Logged => Self::Logged,
            ProvenanceArgument::Observed => Self::Observed,
        }
    }
}

/// Sends the requests, and prints the responses while they arrive.
pub async fn run(history: &History) -> anyhow::Result<ExitCode> {
    let arguments = &history.query;
    output::check_format(arguments.output)?;
    history.times.check(Timestamp::now(), history.clock.utc_offset)?;
    let service = Service::from_arguments(&arguments.service)?;
    let client = service.build_client(arguments.timeout.timeout)?;
    let offset = history.clock.utc_offset.unwrap_or(service.utc_offset);
    let reader = Reader::new(history, &client, offset)?;
    let printed = match (history.gaps, history.sessions) {
        (true, _) => reader.print_gaps().await,
        (_, true) => reader.print_sessions().await,
        _ => reader.print_events().await,
    };
    let count = printed.map_err(|error| match error.downcast_ref() {
        Some(error) => service.explain_history(error),
        None => error,
    })?;
    Ok(if arguments.exit_code && count == 0 { ExitCode::from(EMPTY_STATUS) } else { ExitCode::SUCCESS })
}

/// Reads and prints what the arguments select.
struct Reader<'a> {
    history: &'a History,
    client: &'a Client,
    range: TimeRange,
    clock: Clock,
}

/// What was printed.
struct Printed<T> {
    count: usize,
    last: Option<T>,
    /// Whether more would follow without --limit.
    has_more: bool,
}

impl<'a> Reader<'a> {
    fn new(history: &'a History, client: &'a Client, offset: UtcOffset) -> Result<Self, UsageError> {
        let range = history.times.resolve(Timestamp::now(), offset)?;
        let clock = if history.clock.utc { Clock::utc(offset) } else { Clock::local(offset) };
        Ok(Self { history, client, range, clock })
    }

    /// Prints events, and notes on what is not among them. Returns how many were printed.
    async fn print_events(&self) -> anyhow::Result<usize> {
        let History { status, detail_status, provenance, .. } = self.history;
        let provenance: Vec<Provenance> = provenance.iter().copied().map(Provenance::from).collect();
        // The service takes one value of each. If several are given, the events are selected here.
        let is_selected_here = status.len() > 1 || detail_status.len() > 1 || provenance.len() > 1;
        let request = HistoryEventsRequest {
            from: self.from(),
            to: self.to(),
            user_id: self.history.user_id,
            agent_account: self.history.agent_account.clone(),
            whats_app: self.history.whatsapp,
            source: self.history.source,
            status: single(status),
            detail_status: single(detail_status),
            provenance: single(&provenance),
            order: Some(match self.history.order {
                Order::NewestFirst => HistoryOrder::NewestFirst,
                Order::OldestFirst => HistoryOrder::OldestFirst,
            }),
            limit: if is_selected_here { LONGEST_PAGE } else { self.page_limit() },
            cursor: None,
        };
        let is_selected = |event: &HistoryEvent| {
            is_among(status, event.status)
                && is_among(detail_status, event.detail_status)
                && is_among(&provenance, Some(event.provenance))
        };
        let events = pages::read_all(self.client, request).try_filter(|event| ready(is_selected(event)));
        let empty_message = if self.has_filters() { "no stored event matches" } else { "no event is stored" };
        let printed = self.print("events", events, events::to_rows, empty_message).await?;
        self.note_gaps(&printed).await?;
        Ok(printed.count)
    }

    /// Prints gaps. Returns how many were printed.
    async fn print_gaps(&self) -> anyhow::Result<usize> {
        let gaps = self.read_gaps(self.from(), self.to(), self.page_limit());
        let empty_message = if self.has_filters() { "no gap matches" } else { "no gap is known" };
        Ok(self.print("gaps", gaps, gaps::to_rows, empty_message).await?.count)
    }

    /// Prints sessions. Returns how many were printed.
    async fn print_sessions(&self) -> anyhow::Result<usize> {
        let History { user_id, agent_account, whatsapp, source, .. } = self.history;
        let request = HistorySessionsRequest {
            from: self.from(),
            to: self.to(),
            user_id: *user_id,
            agent_account: agent_account.clone(),
            whats_app: *whatsapp,
            source: *source,
            limit: self.page_limit(),
            cursor: None,
        };
        let sessions = pages::read_all(self.client, request);
        let empty_message = if self.has_filters() { "no session matches" } else { "no session is known" };
        Ok(self.print("sessions", sessions, sessions::to_rows, empty_message).await?.count)
    }

    fn read_gaps(
        &self,
        from: Option<EventTime>,
        to: Option<EventTime>,
        limit: Option<PageLimit>,
    ) -> impl Stream<Item = Result<Gap, Error>> {
        let History { user_id, agent_account, whatsapp, source, .. } = self.history;
        let request = HistoryGapsRequest {
            from,
            to,
            user_id: *user_id,
            agent_account: agent_account.clone(),
            whats_app: *whatsapp,
            source: *source,
            limit,
            cursor: None,
        };
        pages::read_all(self.client, request)
    }

    /// Prints items part by part, until the limit.
    async fn print<T: Serialize>(
        &self,
        member: &'static str,
        items: impl Stream<Item = Result<T, Error>>,
        to_rows: fn(&[T], &Clock) -> Rows,
        empty_message: &str,
    ) -> anyhow::Result<Printed<T>> {
        let mut printer = PartPrinter::new(self.history.query.output, member);
        let mut printed = Printed { count: 0, last: None, has_more: false };
        let mut part = Vec::new();
        let mut items = pin!(items);
        while let Some(item) = items.try_next().await? {
            if printed.count == self.limit() {
                printed.has_more = true;
                break;
            }
            part.push(item);
            printed.count += 1;
            if part.len() == PART_LENGTH {
                printer.print(&part, to_rows(&part, &self.clock))?;
                printed.last = part.pop();
                part.clear();
            }
        }
        printer.print(&part, to_rows(&part, &self.clock))?;
        printed.last = part.pop().or(printed.last);
        printer.finish(&to_rows(&[], &self.clock).with_empty_message(empty_message))?;
        if printed.has_more {
            let limit = self.limit();
            terminal::print_error_line(&format!("more {member} match than --limit {limit}; --all prints all of them"));
        }
        Ok(printed)
    }

    /// Prints a note if gaps touch the time of the printed events: the whole range, or of a list that --limit has cut the part up
    /// to the last event.
    async fn note_gaps(&self, printed: &Printed<HistoryEvent>) -> anyhow::Result<()> {
        let last = printed.last.as_ref().filter(|_| printed.has_more);
        let last = last.and_then(|event| event.create_time.or(event.not_after));
        let (from, to) = match self.history.order {
            Order::NewestFirst => (last.or(self.from()), self.to()),
            Order::OldestFirst => (self.from(), last.or(self.to())),
        };
        let GapCount { count, latest_end } = GapCount::of(self.read_gaps(from, to, LONGEST_PAGE)).await?;
        if let Some(latest_end) = latest_end {
            terminal::print_error_line(&format!(
                "not all is known: {} in which the vendor may have recorded events that nobody could read, the latest until \
                 {}; `group-dispatch history --gaps` lists them",
                output::count(count, "gap"),
                self.clock.rfc3339(latest_end)
            ));
        }
        Ok(())
    }

    /// Returns the first time, in whole milliseconds.
    fn from(&self) -> Option<EventTime> {
        let since = self.range.since?.as_nanosecond();
        to_event_time(since + NANOSECONDS_PER_MILLISECOND - 1)
    }

    /// Returns the first time that is too late, in whole milliseconds.
    fn to(&self) -> Option<EventTime> {
        let until = self.range.until?.as_nanosecond();
        to_event_time(until + NANOSECONDS_PER_MILLISECOND)
    }

    fn limit(&self) -> usize {
        if self.history.all { usize::MAX } else { self.history.limit }
    }

    /// Returns the length of a page: one item more than are printed, so that it is known whether there are more.
    fn page_limit(&self) -> Option<PageLimit> {
        let limit = u32::try_from(self.limit().saturating_add(1)).ok();
        limit.and_then(|limit| PageLimit::try_from(limit).ok()).or(LONGEST_PAGE)
    }

    fn has_filters(&self) -> bool {
        let History { times, source, user_id, agent_account, whatsapp, status, detail_status, provenance, .. } =
            self.history;
        !times.is_empty()
            || source.is_some()
            || user_id.is_some()
            || agent_account.is_some()
            || whatsapp.is_some()
            || !(status.is_empty() && detail_status.is_empty() && provenance.is_empty())
    }
}

const NANOSECONDS_PER_MILLISECOND: i128 = 1_000_000;

/// Returns the millisecond of a time.
fn to_event_time(nanoseconds: i128) -> Option<EventTime> {
    i64::try_from(nanoseconds.div_euclid(NANOSECONDS_PER_MILLISECOND)).ok().map(EventTime::Instant)
}

/// Returns the value if there is only one.
const fn single<T: Copy>(values: &[T]) -> Option<T> {
    match values {
        [value] => Some(*value),
        _ => None,
    }
}

/// Returns whether a value is one of those that were asked for; without any, all are.
fn is_among<T: PartialEq>(values: &[T], value: Option<T>) -> bool {
    values.is_empty() || value.is_some_and(|value| values.contains(&value))
}
