//! `group-dispatch import`: appends status events from a file or a pipe to a database.
//!
//! The content decides the format (`recognize`). A thread reads the input (`reader`, `json_lines`, `csv`, `documents`),
//! and the importer appends its events in batches. Of the events of one account and time, the one stored last counts,
//! so that a newest-first input is stored from its end (`order`, `spool`).

mod csv;
mod csv_records;
mod documents;
mod encoding;
mod importer;
mod input;
mod json_lines;
mod line;
mod line_source;
mod order;
mod progress;
mod reader;
mod recognize;
mod spool;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, ValueEnum};
use group_dispatch_client::TenantId;
use group_dispatch_server::store::{Admin, Appended, StoreError};
use tokio::task::block_in_place;

use self::{
    importer::{Counts, Importer, MAX_REPORTED_LINES},
    input::Input,
    line::EventParser,
    line_source::LineSource,
    order::{Direction, OrderDetector, UNKNOWN_ORDER},
    progress::Progress,
};
use crate::{
    arguments::{
        store::{AheadArguments, StoreArguments, ZoneArguments},
        value::trimmed,
    },
    terminal,
};

/// The exit status if lines were rejected, or if events of one time were stored in the wrong order.
const INCOMPLETE_STATUS: u8 = 3;

const EXAMPLES: &str = "\
Examples:
  group-dispatch import events.ndjson --tenant 500766
  group-dispatch import - --tenant 500766 --acknowledge < events.ndjson";

/// Append status events to a database, also while a server uses it.
///
/// The file contains one JSON object per line, with the members of a queryUserStatusLog record (whatsApp, name, status,
/// source, countryCode, detailStatus, createTime) and userId, agentAccount, userName and, optionally, eventId. The
/// content decides the format: a JSON array of such objects, a queryUserStatusLog response, what `log` prints with
/// --output ndjson, json or csv, other CSV with these columns, and gzip of any of them are accepted as well. In CSV, an
/// empty field is an absent member, and "" is an empty name. A file with other content is rejected with one error that
/// names the content.
///
/// Importing a file twice changes nothing: an event is identified by its eventId or, without one, by all its members.
/// Its time is one of them, so that --utc-offset must be the same. Of two events with one eventId, the first is kept.
/// Events at sources other than 1, 2 and 3 are kept, but no query returns them. Invalid lines are skipped, and the
/// first 20 of them are reported with their numbers; the exit status is then 3. A CSV record has at most 64 KiB. A
/// longer record usually has a quote that is not closed: nothing after it is read, and the exit status is 1.
///
/// Times have whole seconds. Of the events of one account at one source and one time, the order of the input decides
/// which is the latest. A log is newest first, and such an input is stored from its end. To find out its order, a file
/// is read twice. The order of a pipe is decided by its first 10,000 lines, or by fewer if it ends. If a pipe pauses
/// for 2 seconds before that, its lines are stored as they arrive, unless it is newest first with several events of an
/// account at one time and --acknowledge is not set: then it is stored when it ends. If such events come later in a
/// newest-first pipe, this is reported, and the exit status is 3. A newest-first input is acknowledged when all of it
/// is stored, and a line of a JSON document when all its events are.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Import {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// The tenant that the events belong to.
    #[arg(long, visible_alias = "tenant-id", env = "GROUP_DISPATCH_TENANT_ID", value_name = "ID",
          value_parser = trimmed::<TenantId>)]
    pub tenant: TenantId,
    /// Print the number of the last stored line on standard output, each time more lines are stored.
    #[arg(long)]
    pub acknowledge: bool,
    /// The order of events of one second in the file.
    #[arg(long, value_enum, default_value = "auto")]
    pub order: Order,
    #[command(flatten)]
    pub store: StoreArguments,
    #[command(flatten)]
    pub zone: ZoneArguments,
    #[command(flatten)]
    pub ahead: AheadArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Decided by the content: a response is newest first; otherwise the times of each agent's events decide.
    Auto,
    /// Later events are further down.
    OldestFirst,
    /// Later events are further up, as in a log.
    NewestFirst,
}

impl Import {
    const fn event_parser(&self) -> EventParser {
        EventParser { offset: self.zone.utc_offset, max_ahead: self.ahead.max_ahead }
    }
}

impl Order {
    const fn direction(self) -> Option<Direction> {
        match self {
            Self::Auto => None,
            Self::OldestFirst => Some(Direction::OldestFirst),
            Self::NewestFirst => Some(Direction::NewestFirst),
        }
    }
}

pub async fn run(arguments: &Import) -> anyhow::Result<ExitCode> {
    let admin = arguments.store.database.open().await?;
    // Check the tenant before the first line, which may take a long time to arrive.
    if !admin.tenants().await?.iter().any(|tenant| tenant.id == arguments.tenant) {
        return Err(StoreError::UnknownTenant(arguments.tenant).into());
    }
    let result = import(arguments, &admin).await;
    admin.close().await?;
    let Counts { appended: Appended { stored, repeated }, rejected, has_wrong_order } = result?;
    if rejected > MAX_REPORTED_LINES {
        terminal::print_error_line(&format!("… and {} more", rejected - MAX_REPORTED_LINES));
    }
    terminal::print_error_line(&format!("{stored} stored, {repeated} already stored, {rejected} rejected"));
    let is_complete = rejected == 0 && !has_wrong_order;
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::from(INCOMPLETE_STATUS) })
}

async fn import(arguments: &Import, admin: &Admin) -> anyhow::Result<Counts> {
    let input = block_in_place(|| Input::open(&arguments.file))?;
    let direction = match arguments.order.direction() {
        None if input.is_file() => Some(block_in_place(|| direction_of_file(arguments))?),
        known => known,
    };
    let progress = Progress::new(&input, arguments.acknowledge);
    let lines =
        LineSource::start(reader::read(input, arguments.event_parser(), direction_of_logs(arguments.order, direction)));
    Importer::new(admin, arguments.tenant, progress, lines, !arguments.acknowledge).run(direction).await
}

/// Reads a file to decide its direction. If the times don't show it, notes that where it matters.
fn direction_of_file(arguments: &Import) -> anyhow::Result<Direction> {
    let mut detector = OrderDetector::default();
    let lines = reader::read(Input::open(&arguments.file)?, arguments.event_parser(), Direction::OldestFirst);
    for line in lines.map_while(Result::ok) {
        detector.observe_line(&line);
    }
    if detector.direction().is_none() && detector.has_ties() {
        terminal::print_error_line(UNKNOWN_ORDER);
    }
    Ok(detector.direction().unwrap_or(Direction::OldestFirst))
}

/// Returns the direction in which a log within the input is read. By contract, each agent's list in a response is
/// newest first. If the whole input is stored from its end, that reverses these lists as well.
const fn direction_of_logs(order: Order, direction: Option<Direction>) -> Direction {
    match (order, direction) {
        (Order::Auto, None | Some(Direction::OldestFirst)) => Direction::NewestFirst,
        _ => Direction::OldestFirst,
    }
}
