//! A line of an input with its event, as every reader returns it.

use std::io;

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

/// Parses an event in the form of the ingest contract, or as `log` prints it.
pub fn parse_event(json: &[u8], offset: UtcOffset) -> Result<StatusEvent, String> {
    StatusEvent::from_json(json, offset).map_err(|error| error.to_string())
}
