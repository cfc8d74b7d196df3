//! Collects the status events of a day, and writes them as CSV.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use group_dispatch_client::{
    Client, Source,
    types::{AgentStatusLog, UtcOffset},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

/// The service returns only the latest events of an agent at a source, at most this number.
const EVENTS_OF_AGENT: usize = 50;
/// The vendor's clock times have no zone. They are at UTC+8.
const SERVICE_OFFSET: UtcOffset = UtcOffset::VENDOR;
/// What a formula begins with. Spreadsheets accept the full-width forms as well.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The events of a day.
pub struct Report {
    day: Date,
    rows: Vec<Row>,
    /// The agents of which older events of the day may be missing, with the source.
    pub incomplete: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    time: String,
    source: String,
    user_id: u64,
    agent_account: String,
    whats_app: String,
    name: String,
    status: String,
    event: &'static str,
}

/// Returns the events of `day` in `zone`, oldest first.
///
/// # Errors
/// If a query fails, or the day is none in the zone.
pub async fn collect(client: &Client, day: Date, zone: &TimeZone) -> Result<Report> {
    let begin = day.to_zoned(zone.clone())?.timestamp();
    let end = day.tomorrow()?.to_zoned(zone.clone())?.timestamp();
    let mut events = Vec::new();
    let mut incomplete = Vec::new();
    for source in Source::ALL {
        for log in client.status_log(*source).await? {
            if may_be_cut(&log, begin) {
                incomplete.push(format!("{} at {source}", log.agent_account));
            }
            for record in log.whats_app_list {
                let time = record.create_time.to_jiff(SERVICE_OFFSET).context("a time that is out of range")?;
                if (begin..end).contains(&time) {
                    let row = Row {
                        time: time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S%:z").to_string(),
                        source: source.to_string(),
                        user_id: log.user_id.get(),
                        agent_account: escape_formula(&log.agent_account),
                        whats_app: record.whats_app.to_string(),
                        name: escape_formula(&record.name.unwrap_or_default()),
                        status: record.status.to_string(),
                        event: record.detail_status.description(),
                    };
                    events.push((time, row));
                }
            }
        }
    }
    // Stable: events of one second keep the order of the service, newest first, turned round.
    events.reverse();
    events.sort_by_key(|(time, _)| *time);
    Ok(Report { day, rows: events.into_iter().map(|(_, row)| row).collect(), incomplete })
}

/// Returns whether the log is full and does not reach back to the beginning of the day.
fn may_be_cut(log: &AgentStatusLog, begin: Timestamp) -> bool {
    let oldest = log.whats_app_list.iter().filter_map(|record| record.create_time.to_jiff(SERVICE_OFFSET)).min();
    log.whats_app_list.len() >= EVENTS_OF_AGENT && oldest.is_none_or(|oldest| oldest >= begin)
}

/// Puts an apostrophe before text that spreadsheets would run as a formula. Text that begins with an apostrophe gets
/// another one, so that a reader can remove it again.
fn escape_formula(text: &str) -> String {
    let is_escaped = text.starts_with(['\'', '\t', '\r']) || text.trim_start().starts_with(FORMULA_SIGNS);
    if is_escaped { format!("'{text}") } else { text.to_owned() }
}

impl Report {
    /// Returns the path of the report in `folder`.
    pub fn path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("status-events-{}.csv", self.day))
    }

    /// Writes the file into `folder`. Readers see the whole file or none. An incomplete report does not replace a file:
    /// then the result is `false`.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write(&self, folder: &Path) -> Result<bool> {
        let file = tempfile::NamedTempFile::new_in(folder).context("cannot write into the folder")?;
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(file);
        writer.write_record(["time", "source", "userId", "agentAccount", "whatsApp", "name", "status", "event"])?;
        for row in &self.rows {
            writer.serialize(row)?;
        }
        let mut file = writer.into_inner().map_err(|error| error.into_error())?;
        file.flush()?;
        file.as_file().sync_all()?;
        let path = self.path(folder);
        let persisted = if self.incomplete.is_empty() { file.persist(&path) } else { file.persist_noclobber(&path) };
        match persisted {
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            persisted => persisted.map(|_| true).with_context(|| format!("cannot write {}", path.display())),
        }
    }
}
