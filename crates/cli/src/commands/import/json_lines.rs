//! Status events from JSON lines: an object per line.

use std::io::{self, BufRead, BufReader, Read};

use group_dispatch_server::event::StatusEvent;

use super::{
    encoding::BYTE_ORDER_MARK,
    line::{EventParser, Line, MAX_LINE_BYTES},
};

pub struct JsonLines<R> {
    input: BufReader<R>,
    parser: EventParser,
    text: Vec<u8>,
    number: u64,
}

impl<R: Read> JsonLines<R> {
    pub fn new(input: BufReader<R>, parser: EventParser) -> Self {
        Self { input, parser, text: Vec::new(), number: 0 }
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        self.text.clear();
        let read = (&mut self.input).take(MAX_LINE_BYTES + 1).read_until(b'\n', &mut self.text)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let is_too_long = read > MAX_LINE_BYTES && self.text.last() != Some(&b'\n');
        if is_too_long {
            self.input.skip_until(b'\n')?;
        }
        self.number += 1;
        let number = self.number;
        let event =
            if is_too_long { Err(format!("expected at most {MAX_LINE_BYTES} bytes")) } else { self.parse_line() };
        let event = event.map_err(|reason| format!("line {number}: {reason}"));
        Ok(Some(Line { number, event, is_ordered: false }))
    }

    fn parse_line(&self) -> Result<Option<StatusEvent>, String> {
        let text = self.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.text).trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        self.parser.parse(text).map(Some)
    }
}

impl<R: Read> Iterator for JsonLines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        self.next_line().transpose()
    }
}
