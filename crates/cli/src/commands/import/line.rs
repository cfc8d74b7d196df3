//! A line of an input with its event, as every reader returns it.

use std::{io, time::Duration};

use group_dispatch_server::event::StatusEvent;
use group_dispatch_types::UtcOffset;

/// The maximum size of a line or a CSV record, in bytes. It bounds memory; events are much shorter.
pub const MAX_LINE_BYTES: u64 = 64 * 1024;

/// A line of the input, or an event of a JSON document.
pub struct Line {
    /// When the event of this line is stored, all lines up to this number are stored.
    pub number: u64,
    /// The event; `None` for a blank line; or where and why the line is invalid.
    pub event: Result<Option<StatusEvent>, String>,
    /// Whether the line is from a log that lists each agent's events: their order is known and applied already.
    pub is_ordered: bool,
}

/// The lines of an input.
pub type Lines = Box<dyn Iterator<Item = io::Result<Line>> + Send>;

/// Parses events in the form of the ingest contract, or as `log` prints them.
#[derive(Clone, Copy)]
pub struct EventParser {
    pub offset: UtcOffset,
    pub max_ahead: Duration,
}

impl EventParser {
    pub fn parse(self, json: &[u8]) -> Result<StatusEvent, String> {
        let event = StatusEvent::from_json(json, self.offset).map_err(|error| error.to_string())?;
        event.check_ahead(self.max_ahead).map_err(|error| error.to_string())?;
        Ok(event)
    }
}
