//! Status events from the content of an input, in a thread of their own.

use std::{
    io::{self, BufRead, BufReader, Read},
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use group_dispatch_server::event::StatusEvent;
use group_dispatch_types::UtcOffset;

use super::{
    BATCH,
    csv::Table,
    documents::Documents,
    input::Input,
    order::Direction,
    recognize::{BYTE_ORDER_MARK, Form},
};

/// No event is this long, its end of line aside; a longer line is refused without being held in memory.
pub const LONGEST_LINE: u64 = 64 * 1024;

/// A line of the input, or an event of a JSON document.
pub struct Line {
    /// All lines up to this one have been read when its event is stored.
    pub number: u64,
    /// None of a blank one; or where and why there is none.
    pub event: Result<Option<StatusEvent>, String>,
    /// Whether it is from a log that lists each agent's events, whose order is known and already applied.
    pub is_ordered: bool,
}

/// What the reader of each form does.
pub type Lines = Box<dyn Iterator<Item = io::Result<Line>> + Send>;

/// Returns the lines of an input. `direction` is that of the logs in it: newest first unless the command line says otherwise.
pub fn read(input: Input, offset: UtcOffset, direction: Direction) -> Lines {
    let content = BufReader::new(input.content);
    match input.form {
        Form::Csv { delimiter } => Box::new(Table::new(content, delimiter, offset)),
        Form::Documents => Box::new(Documents::new(content, offset, direction)),
        Form::Lines | Form::Gzip => Box::new(LineReader { input: content, offset, text: Vec::new(), number: 0 }),
    }
}

/// Reads in a thread, so that a pause in the input can be noticed, and the next lines are read while others are stored.
pub fn in_background(lines: Lines) -> Receiver<io::Result<Line>> {
    let (sender, receiver) = sync_channel(2 * BATCH);
    thread::spawn(move || {
        for line in lines {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Reads an event as the ingest contract has it, or as `log` prints it.
pub fn event(json: &[u8], offset: UtcOffset) -> Result<StatusEvent, String> {
    StatusEvent::from_json(json, offset).map_err(|reason| reason.to_string())
}

struct LineReader<R> {
    input: BufReader<R>,
    offset: UtcOffset,
    text: Vec<u8>,
    number: u64,
}

impl<R: Read> Iterator for LineReader<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        self.next_line().transpose()
    }
}

impl<R: Read> LineReader<R> {
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        self.text.clear();
        let read = (&mut self.input).take(LONGEST_LINE + 1).read_until(b'\n', &mut self.text)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let is_too_long = read > LONGEST_LINE && self.text.last() != Some(&b'\n');
        if is_too_long {
            self.input.skip_until(b'\n')?;
        }
        self.number += 1;
        let number = self.number;
        let event = if is_too_long { Err(format!("expected at most {LONGEST_LINE} bytes")) } else { self.event() };
        let event = event.map_err(|reason| format!("line {number}: {reason}"));
        Ok(Some(Line { number, event, is_ordered: false }))
    }

    fn event(&self) -> Result<Option<StatusEvent>, String> {
        let text = self.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.text).trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        event(text, self.offset).map(Some)
    }
}
