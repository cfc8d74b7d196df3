//! `group-dispatch event`: takes back an event that is stored.

use std::ops::Range;

use anyhow::bail;
use clap::{ArgGroup, Args, Subcommand};
use group_dispatch_client::TenantId;
use group_dispatch_server::{
    event::StatusEvent,
    store::{EventFilter, Strike},
};
use group_dispatch_types::{Source, UserId, UtcOffset, WhatsAppNumber, ingest::EventTime};
use jiff::Timestamp;

use crate::{
    arguments::{
        source::{complete_source, parse_source},
        store::{StoreArguments, ZoneArguments},
        value::trimmed,
    },
    terminal,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch event strike --tenant 500766 --create-time 2099-07-08T19:25:31+08:00 --dry-run
  group-dispatch event strike --tenant 500766 --create-time 2099-07-08T19:25:31+08:00
  group-dispatch event strike --tenant 500766 --event-id feeder-7-000042";

/// Take back an event that is stored, such as one from the future.
#[derive(Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Event {
    /// Strike an event: presence is computed again as if it had never been fed.
    ///
    /// An event from the future outweighs all events of its account until its time; `log` lists it first. The flags
    /// together must select one event, or nothing is changed. It stays in the database, marked as struck: no server
    /// reads it, also after a restart, and feeding it again changes nothing. To have it after all, feed it with another
    /// eventId.
    ///
    /// Servers may run. Each computes presence again from all events, half a minute for ten million, and answers as
    /// before until then; feeds wait. If --keep-days has removed events, presence can't be computed again: nothing is
    /// changed, and the exit status is 1.
    #[command(after_long_help = EXAMPLES)]
    Strike(StrikeArguments),
}

#[derive(Args)]
#[command(group(ArgGroup::new("selection").args(["create_time", "event_id"]).required(true).multiple(true)))]
pub struct StrikeArguments {
    /// The tenant that the event belongs to.
    #[arg(long, visible_alias = "tenant-id", env = "GROUP_DISPATCH_TENANT_ID", value_name = "ID",
          value_parser = trimmed::<TenantId>)]
    pub tenant: TenantId,
    /// The time of the event, with or without a fraction of a second. This or --event-id is required.
    #[arg(long, value_name = "TIME", value_parser = trimmed::<EventTime>, allow_hyphen_values = true)]
    pub create_time: Option<EventTime>,
    /// The feeder's id of the event.
    #[arg(long, value_name = "ID")]
    pub event_id: Option<String>,
    /// The id of the agent.
    #[arg(long, value_name = "ID")]
    pub user_id: Option<UserId>,
    /// The WhatsApp account.
    #[arg(long, value_name = "NUMBER")]
    pub whatsapp: Option<WhatsAppNumber>,
    /// The source: pc, mobile or cloud; or 1, 2 or 3.
    #[arg(long, value_name = "SOURCE", value_parser = parse_source,
          add = clap_complete::ArgValueCandidates::new(complete_source))]
    pub source: Option<Source>,
    /// Print the event that would be struck, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub store: StoreArguments,
    #[command(flatten)]
    pub zone: ZoneArguments,
}

pub async fn run(Event::Strike(arguments): &Event) -> anyhow::Result<()> {
    let StrikeArguments { tenant, create_time, event_id, user_id, whatsapp, source, dry_run, store, zone } = arguments;
    let times = create_time.map_or(i64::MIN..i64::MAX, |time| times_like(time, zone.utc_offset));
    let filter =
        EventFilter { event_id: event_id.clone(), user_id: *user_id, whatsapp: *whatsapp, source: *source, times };
    let admin = store.database.open().await?;
    let outcome = admin.strike(*tenant, filter, *dry_run).await;
    admin.close().await?;
    match outcome? {
        Strike::Struck(event) => {
            let verb = if *dry_run { "would be struck" } else { "struck" };
            terminal::print_line(format_args!("{verb}: {}", describe(&event)))
        }
        Strike::Missing => {
            bail!("no event is like that, or it is struck already; `log` prints events with their times")
        }
        Strike::Ambiguous => {
            bail!(
                "several events are like that; add --user-id, --whatsapp, --source, --event-id or a fraction of the time"
            )
        }
        Strike::EventsExpired => bail!(
            "--keep-days has removed events, so that presence can't be computed again; nothing is changed; feed a later \
             event of the account, or feed the events into a new database"
        ),
    }
}

/// Returns the milliseconds that a time selects: all of its second unless it has a fraction.
fn times_like(time: EventTime, offset: UtcOffset) -> Range<i64> {
    let at = time.epoch_milliseconds(offset);
    if at.rem_euclid(1000) == 0 { at..at + 1000 } else { at..at + 1 }
}

fn describe(event: &StatusEvent) -> String {
    let StatusEvent { event_id, user_id, whatsapp, source, status, at, .. } = event;
    let time = Timestamp::from_millisecond(*at).map_or_else(|_| at.to_string(), |time| time.to_string());
    let id = event_id.as_ref().map(|id| format!(", event id {id}")).unwrap_or_default();
    format!("{time}, account {whatsapp}, agent {user_id}, source {source}, status {status}{id}")
}
