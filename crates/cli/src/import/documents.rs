//! Status events from JSON documents: arrays of events, queryUserStatusLog answers, and the data of such answers as
//! `log --output json` prints it; one document or several.
//!
//! One value is held in memory at a time: an element of an outer array, or an answer.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read},
};

use group_dispatch_server::event::StatusEvent;
use group_dispatch_types::UtcOffset;
use serde_json::Value;

use super::{
    format::{Line, event},
    order::Direction,
    recognize::{BYTE_ORDER_MARK, is_answer},
};

/// The most bytes of one value.
const LONGEST_VALUE: usize = 64 * 1024 * 1024;
/// Members that only values with several events have.
const MARKS: [&[u8]; 3] = [b"\"whatsAppList\"", b"\"data\"", b"\"list\""];

pub struct Documents<R> {
    input: BufReader<R>,
    offset: UtcOffset,
    /// The direction of the logs.
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
    pub fn new(input: BufReader<R>, offset: UtcOffset, direction: Direction) -> Self {
        let (value, ready) = (Vec::new(), VecDeque::new());
        Self { input, offset, direction, line: 1, at_line_start: true, depth: 0, value, ready, has_ended: false }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn skip(&mut self, byte: u8) {
        self.at_line_start = byte == b'\n';
        self.line += u64::from(self.at_line_start);
        self.input.consume(1);
    }

    /// Reads the next value below the outer arrays; returns the line where it begins.
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
        if self.depth > 0 { Err(self.broken_off()) } else { Ok(None) }
    }

    /// Reads an object up to its end, or anything else up to the next comma, bracket or end of line.
    fn read_value(&mut self) -> io::Result<()> {
        let (mut open, mut in_text, mut is_escaped) = (0_usize, false, false);
        while let Some(byte) = self.peek()? {
            if open == 0 && !self.value.is_empty() && matches!(byte, b',' | b']' | b'\n') {
                return Ok(());
            }
            if self.value.len() == LONGEST_VALUE {
                let message = format!("line {}: expected a value of at most {LONGEST_VALUE} bytes", self.line);
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
        if open > 0 || in_text { Err(self.broken_off()) } else { Ok(()) }
    }

    fn broken_off(&self) -> io::Error {
        let message = format!("line {}: the JSON ends before its last bracket", self.line);
        io::Error::new(io::ErrorKind::UnexpectedEof, message)
    }

    /// Returns the number of the last line; where the input ends with a line's end, there is no line after it.
    const fn last_line(&self) -> u64 {
        if self.at_line_start { self.line - 1 } else { self.line }
    }

    /// Skips the rest of the line as far as it has arrived, so that a document that ends its line completes it.
    fn skip_blanks(&mut self) {
        while let Some(byte) = self.input.buffer().first().copied().filter(u8::is_ascii_whitespace) {
            self.skip(byte);
            if byte == b'\n' {
                return;
            }
        }
    }

    /// Makes the value's events ready. A line may hold several values: it is complete when the next one has begun. All
    /// events but the last have the number of the line before the value.
    fn unpack(&mut self, start: u64) {
        let is_ordered = MARKS.iter().any(|mark| self.value.windows(mark.len()).any(|part| part == *mark));
        let mut events = Vec::new();
        let mut is_log = false;
        match serde_json::from_slice::<Value>(&self.value) {
            Ok(value) if is_ordered && value.get("createTime").is_none() => {
                is_log = true;
                self.read_answer(&value, &mut events);
            }
            _ => events.push(event(&self.value, self.offset)),
        }
        let last = events.len().saturating_sub(1);
        for (index, event) in events.into_iter().enumerate() {
            let number = if index == last { self.line - 1 } else { start - 1 };
            let event = event.map(Some).map_err(|reason| format!("line {start}: {reason}"));
            self.ready.push_back(Line { number, event, is_ordered: is_log });
        }
    }

    fn read_answer(&self, value: &Value, events: &mut Vec<Result<StatusEvent, String>>) {
        if !is_answer(value) {
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
                // A code is a number; anything else is not repeated.
                let code = code.and_then(|code| code.parse::<i32>().ok());
                let code = code.map_or_else(|| "that is no number".to_owned(), |code| code.to_string());
                events
                    .push(Err(format!("expected a queryUserStatusLog answer, found an error answer with code {code}")));
            }
        }
    }

    /// Reads one agent's log; the events of one second are in the order of the log, which is made oldest first.
    fn read_agent(&self, agent: &Value, events: &mut Vec<Result<StatusEvent, String>>) {
        let Some(Value::Array(records)) = agent.get("whatsAppList") else {
            let name = if agent.get("list").is_some() { "queryAllOlWhatsAppInfo" } else { "another operation" };
            return events.push(Err(other_operation(name)));
        };
        let read = |record: &Value| {
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
            event(record.to_string().as_bytes(), self.offset)
        };
        match self.direction {
            Direction::OldestFirst => events.extend(records.iter().map(read)),
            Direction::NewestFirst => events.extend(records.iter().rev().map(read)),
        }
    }
}

fn other_operation(name: &str) -> String {
    format!("expected a queryUserStatusLog answer, found one of {name}")
}

impl<R: Read> Iterator for Documents<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        while self.ready.is_empty() && !self.has_ended {
            match self.next_value() {
                Ok(Some(start)) => self.unpack(start),
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
