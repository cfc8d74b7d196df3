//! Status events, read from lines of JSON.

use std::{
    io::{self, BufRead, BufReader, Read},
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use group_dispatch_server::event::StatusEvent;
use group_dispatch_types::UtcOffset;

use super::BATCH;

/// No event is this long, its end of line aside; a longer line is refused without being held in memory.
const LONGEST_LINE: u64 = 64 * 1024;
/// Some editors begin a file with it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A line of the input.
pub struct Line {
    pub number: u64,
    /// None of a blank one; or why there is none.
    pub event: Result<Option<StatusEvent>, String>,
    /// How much of the input has been read with it.
    pub position: u64,
}

/// Reads lines in a thread of their own, so that a pause in the input can be noticed, and the next are read while others
/// are stored.
pub fn lines(input: Box<dyn Read + Send>, offset: UtcOffset) -> Receiver<io::Result<Line>> {
    let (sender, receiver) = sync_channel(2 * BATCH);
    thread::spawn(move || {
        let mut reader = LineReader { input: BufReader::new(input), offset, text: Vec::new(), number: 0, position: 0 };
        while let Some(line) = reader.next_line().transpose() {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

struct LineReader<R> {
    input: BufReader<R>,
    offset: UtcOffset,
    text: Vec<u8>,
    number: u64,
    position: u64,
}

impl<R: Read> LineReader<R> {
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        self.text.clear();
        let mut read = (&mut self.input).take(LONGEST_LINE + 1).read_until(b'\n', &mut self.text)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let too_long = read > LONGEST_LINE && self.text.last() != Some(&b'\n');
        if too_long {
            read += self.input.skip_until(b'\n')? as u64;
        }
        self.number += 1;
        self.position += read;
        let event = if too_long { Err(format!("expected at most {LONGEST_LINE} bytes")) } else { self.event() };
        Ok(Some(Line { number: self.number, event, position: self.position }))
    }

    fn event(&self) -> Result<Option<StatusEvent>, String> {
        let text = self.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.text).trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        StatusEvent::from_json(text, self.offset).map(Some).map_err(|reason| reason.to_string())
    }
}
