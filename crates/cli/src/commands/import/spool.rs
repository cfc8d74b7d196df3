//! Keeps the events of a newest-first input in a temporary file until all are read, and returns them from the last to
//! the first.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
};

use anyhow::Context;
use group_dispatch_server::event::{Provenance, StatusEvent};
use serde::{Deserialize, Serialize};

/// A stack of runs of events. No window of fixed size would do: events of one account and time may be far apart, with
/// events of other agents between them. Memory holds one run, and the offset of each.
pub struct Spool {
    file: File,
    /// The offset of each run in the file, and its length, in bytes.
    runs: Vec<(u64, usize)>,
    end: u64,
}

impl Spool {
    pub fn new() -> anyhow::Result<Self> {
        let file = tempfile::tempfile().context(CANNOT_SPOOL)?;
        Ok(Self { file, runs: Vec::new(), end: 0 })
    }

    /// Appends a run.
    pub fn push(&mut self, events: &[StatusEvent]) -> anyhow::Result<()> {
        let run: Vec<_> = events.iter().map(StoredEvent::from).collect();
        let bytes = serde_json::to_vec(&run)?;
        self.file.write_all(&bytes).context(CANNOT_SPOOL)?;
        self.runs.push((self.end, bytes.len()));
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Removes the last run, and returns its events in reverse.
    pub fn pop(&mut self) -> anyhow::Result<Option<Vec<StatusEvent>>> {
        let Some((start, length)) = self.runs.pop() else { return Ok(None) };
        let mut bytes = vec![0; length];
        self.file.seek(SeekFrom::Start(start)).context(CANNOT_SPOOL)?;
        self.file.read_exact(&mut bytes).context(CANNOT_SPOOL)?;
        let run: Vec<StoredEvent> = serde_json::from_slice(&bytes)?;
        run.into_iter().rev().map(StatusEvent::try_from).collect::<anyhow::Result<_>>().map(Some)
    }
}

const CANNOT_SPOOL: &str = "cannot use a temporary file, which holds a newest-first input until all of it is read; \
                            make room in the temporary folder (TMPDIR)";

/// An event with its members unchanged. The form of the ingest contract would not do: it reads small times as seconds.
#[derive(Serialize, Deserialize)]
struct StoredEvent {
    event_id: Option<String>,
    user_id: u64,
    agent_account: String,
    user_name: Option<String>,
    whatsapp: String,
    name: Option<String>,
    status: i32,
    source: i32,
    country_code: String,
    detail_status: i32,
    at: i64,
}

impl From<&StatusEvent> for StoredEvent {
    fn from(event: &StatusEvent) -> Self {
        let event = event.clone();
        Self {
            event_id: event.event_id,
            user_id: event.user_id.get(),
            agent_account: event.agent_account,
            user_name: event.user_name,
            whatsapp: event.whatsapp.to_string(),
            name: event.name,
            status: event.status.code(),
            source: event.source.code(),
            country_code: event.country_code,
            detail_status: event.detail_status.code(),
            at: event.at,
        }
    }
}

impl TryFrom<StoredEvent> for StatusEvent {
    type Error = anyhow::Error;

    fn try_from(stored: StoredEvent) -> anyhow::Result<Self> {
        Ok(Self {
            event_id: stored.event_id,
            user_id: stored.user_id.to_string().parse()?,
            agent_account: stored.agent_account,
            user_name: stored.user_name,
            whatsapp: stored.whatsapp.parse()?,
            name: stored.name,
            status: stored.status.into(),
            source: stored.source.into(),
            country_code: stored.country_code,
            detail_status: stored.detail_status.into(),
            at: stored.at,
            // Imported events are fed.
            provenance: Provenance::Fed,
        })
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::UtcOffset;

    use super::*;

    fn event(account: u64, at: i64) -> StatusEvent {
        let json = format!(
            r#"{{"userId": 1, "agentAccount": "a", "whatsApp": "{account}", "source": 9, "status": 77, "detailStatus": 99, "createTime": 1}}"#
        );
        StatusEvent { at, ..StatusEvent::from_json(json.as_bytes(), UtcOffset::UTC).unwrap() }
    }

    #[test]
    fn a_spool_returns_all_events_unchanged_in_reverse() {
        let mut events: Vec<_> = (0..25).map(|n| event(100 + n, 3 - n.cast_signed())).collect();
        events[3].name = Some(String::new());
        events[4].event_id = Some("e".to_owned());
        events[5].user_name = Some("日本 \"x\"\n".to_owned());
        let mut spool = Spool::new().unwrap();
        for run in events.chunks(10) {
            spool.push(run).unwrap();
        }
        let mut returned = Vec::new();
        while let Some(run) = spool.pop().unwrap() {
            returned.extend(run);
        }
        returned.reverse();
        assert!(returned == events);
    }
}
