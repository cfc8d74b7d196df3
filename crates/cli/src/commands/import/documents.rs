//! Status events from JSON documents: arrays of events, queryUserStatusLog responses, and the data of such responses as
//! `log --output json` prints it; one document or several.
//!
//! Memory holds one value at a time: an element of an outer array, or a response.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read},
};

use group_dispatch_server::event::StatusEvent;
use serde_json::Value;

use super::{
    encoding::BYTE_ORDER_MARK,
    line::{EventParser, Line},
    order::Direction,
    recognize::is_response,
};

/// The maximum size of a value, in bytes.
const MAX_VALUE_BYTES: usize = 64 * 1024 * 1024;
/// Members that only values with several events have.
const LOG_MEMBERS: [&[u8]; 3] = [b"\"whatsAppList\"", b"\"data\"", b"\"list\""];

pub struct Documents<R> {
    input: BufReader<R>,
    parser: EventParser,
    /// The order of the logs within the documents.
    direction: Direction,
    /// The line that is being read.
    line: u64,
    at_line_start: bool,
    depth: usize,
    value: Vec<u8>,
    ready: VecDeque<Line>,
    has_ended: bool,
}

impl<R: Read> Documents<R> {
    pub fn new(input: BufReader<R>, parser: EventParser, direction: Direction) -> Self {
        let (value, ready) = (Vec::new(), VecDeque::new());
        Self { input, parser, direction, line: 1, at_line_start: true, depth: 0, value, ready, has_ended: false }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn skip(&mut self, byte: u8) {
        self.at_line_start = byte == b'\n';
        self.line += u64::from(self.at_line_start);
        self.input.consume(1);
    }

    /// Reads the next value within the outer arrays, and returns the line where it begins.
    fn next_value(&mut self) -> io::Result<Option<u64>> {
        self.value.clear();
        while let Some(byte) = self.peek()? {
            match byte {
                b'[' if self.depth < 2 => self.depth += 1,
                b']' if self.depth > 0 => self.depth -= 1,
                b',' if self.depth > 0 => {}
                _ if byte.is_ascii_whitespace() || (self.line == 1 && BYTE_ORDER_MARK.contains(&byte)) => {}
                _ => {
                    let start = self.line;
                    self.read_value()?;
                    self.skip_blanks();
                    return Ok(Some(start));
                }
            }
            self.skip(byte);
        }
        if self.depth > 0 { Err(self.unexpected_end()) } else { Ok(None) }
    }

    /// Reads an object up to its end, or another value up to the next comma, bracket or newline.
    fn read_value(&mut self) -> io::Result<()> {
        let (mut open, mut in_text, mut is_escaped) = (0_usize, false, false);
        while let Some(byte) = self.peek()? {
            if open == 0 && !self.value.is_empty() && matches!(byte, b',' | b']' | b'\n') {
                return Ok(());
            }
            if self.value.len() == MAX_VALUE_BYTES {
                let message = format!("line {}: expected a value of at most {MAX_VALUE_BYTES} bytes", self.line);
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            self.value.push(byte);
            self.skip(byte);
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_text => is_escaped = true,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => open += 1,
                b'}' | b']' if !in_text => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        if open > 0 || in_text { Err(self.unexpected_end()) } else { Ok(()) }
    }

    fn unexpected_end(&self) -> io::Error {
        let message = format!("line {}: unexpected end of the JSON, a bracket is not closed", self.line);
        io::Error::new(io::ErrorKind::UnexpectedEof, message)
    }

    /// Returns the number of the last line. A newline at the end of the input begins no further line.
    const fn last_line(&self) -> u64 {
        if self.at_line_start { self.line - 1 } else { self.line }
    }

    /// Skips blanks up to the end of the line, as far as they have arrived, so that a document at the end of a line
    /// completes the line.
    fn skip_blanks(&mut self) {
        while let Some(byte) = self.input.buffer().first().copied().filter(u8::is_ascii_whitespace) {
            self.skip(byte);
            if byte == b'\n' {
                return;
            }
        }
    }

    /// Parses the events of the value. All events but the last have the number of the line before the value: a line
    /// with several values is complete when the next line has begun.
    fn parse_value(&mut self, start: u64) {
        let is_ordered = LOG_MEMBERS.iter().any(|mark| self.value.windows(mark.len()).any(|part| part == *mark));
        let mut events = Vec::new();
        let mut is_log = false;
        match serde_json::from_slice::<Value>(&self.value) {
            Ok(value) if is_ordered && value.get("createTime").is_none() => {
                is_log = true;
                self.read_response(&value, &mut events);
            }
            _ => events.push(self.parser.parse(&self.value)),
        }
        let last = events.len().saturating_sub(1);
        for (index, event) in events.into_iter().enumerate() {
            let number = if index == last { self.line - 1 } else { start - 1 };
            let event = event.map(Some).map_err(|reason| format!("line {start}: {reason}"));
            self.ready.push_back(Line { number, event, is_ordered: is_log });
        }
    }

    fn read_response(&self, value: &Value, events: &mut Vec<Result<StatusEvent, String>>) {
        if !is_response(value) {
            return self.read_agent(value, events);
        }
        let code = value.get("code").map(|code| code.as_str().map_or_else(|| code.to_string(), str::to_owned));
        match (code.as_deref(), value.get("data")) {
            (Some("200" | "0"), Some(Value::Array(agents))) => {
                for agent in agents {
                    self.read_agent(agent, events);
                }
            }
            (Some("200" | "0"), Some(Value::Object(_))) => events.push(Err(other_operation("queryWhatsAppInfo"))),
            (Some("200" | "0"), _) => {}
            (code, _) => {
                // The error contains only a code that is a number, since other text may be personal data.
                let code = code.and_then(|code| code.parse::<i32>().ok());
                let code = code.map_or_else(|| "that is not a number".to_owned(), |code| code.to_string());
                events.push(Err(format!(
                    "expected a queryUserStatusLog response, found an error response with code {code}"
                )));
            }
        }
    }

    /// Reads the log of an agent, oldest first.
    fn read_agent(&self, agent: &Value, events: &mut Vec<Result<StatusEvent, String>>) {
        let Some(Value::Array(records)) = agent.get("whatsAppList") else {
            let name = if agent.get("list").is_some() { "queryAllOlWhatsAppInfo" } else { "another operation" };
            return events.push(Err(other_operation(name)));
        };
        let parse_record = |record: &Value| {
            let mut record = record.clone();
            if record.get("createTime").is_none() {
                return Err(other_operation("queryUserStatus or getLatestOnlineWhatsAccount"));
            }
            if let Value::Object(members) = &mut record {
                for member in ["userId", "agentAccount", "userName"] {
                    if let Some(value) = agent.get(member) {
                        members.entry(member).or_insert_with(|| value.clone());
                    }
                }
            }
            self.parser.parse(record.to_string().as_bytes())
        };
        match self.direction {
            Direction::OldestFirst => events.extend(records.iter().map(parse_record)),
            Direction::NewestFirst => events.extend(records.iter().rev().map(parse_record)),
        }
    }
}

fn other_operation(name: &str) -> String {
    format!("expected a queryUserStatusLog response, found a response of {name}")
}

impl<R: Read> Iterator for Documents<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        while self.ready.is_empty() && !self.has_ended {
            match self.next_value() {
                Ok(Some(start)) => self.parse_value(start),
                Ok(None) => {
                    self.has_ended = true;
                    self.ready.push_back(Line { number: self.last_line(), event: Ok(None), is_ordered: false });
                }
                Err(error) => {
                    self.has_ended = true;
                    return Some(Err(error));
                }
            }
        }
        self.ready.pop_front().map(Ok)
    }
}
