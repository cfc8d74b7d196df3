//! Status events from CSV, such as `log --output csv` prints: a header line with the names of the members, then an event a line.

use std::io::{self, Read};

use csv::{ByteRecord, ReaderBuilder, Terminator};
use group_dispatch_types::UtcOffset;
use serde_json::{Map, Value};

use super::format::{LONGEST_LINE, Line, event};
use crate::output::unescape_formula;

/// The columns that there must be.
pub const REQUIRED: [&str; 6] = ["userId", "agentAccount", "whatsApp", "source", "detailStatus", "createTime"];
/// The columns that there may be; others are passed over.
const OPTIONAL: [&str; 5] = ["eventId", "userName", "name", "status", "countryCode"];

/// Stops a record that does not end, so that memory stays bounded.
struct Bounded<R> {
    content: R,
    /// Bytes read since the record began.
    read: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read > LONGEST_LINE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let length = self.content.read(buffer)?;
        self.read += length as u64;
        Ok(length)
    }
}

pub struct Table<R> {
    reader: csv::Reader<Bounded<R>>,
    offset: UtcOffset,
    /// The members by column; `None` where a column is passed over, all of it before the header is read.
    columns: Vec<Option<&'static str>>,
    record: ByteRecord,
    has_header: bool,
    has_ended: bool,
}

impl<R: Read> Table<R> {
    pub fn new(content: R, delimiter: u8, offset: UtcOffset) -> Self {
        // By default a record ends at the first character of `\r\n`, and the numbers of all lines are one too low.
        let terminator = Terminator::Any(b'\n');
        let mut builder = ReaderBuilder::new();
        builder.delimiter(delimiter).has_headers(false).flexible(true).terminator(terminator);
        let reader = builder.from_reader(Bounded { content, read: 0 });
        let (columns, record) = (Vec::new(), ByteRecord::new());
        Self { reader, offset, columns, record, has_header: false, has_ended: false }
    }

    /// Reads the next record. One that is too long ends the input: where it should have ended is not known.
    fn read_record(&mut self) -> io::Result<bool> {
        let start = self.reader.position().line();
        self.reader.get_mut().read = 0;
        let read = self.reader.read_byte_record(&mut self.record);
        let is_too_long = self.reader.get_ref().read > LONGEST_LINE;
        read.map_err(|error| {
            if !is_too_long {
                return error.into();
            }
            let message = format!(
                "line {start}: expected a record of at most {LONGEST_LINE} bytes; a quote is probably not closed; nothing \
                 was read from line {start} on"
            );
            io::Error::new(io::ErrorKind::InvalidData, message)
        })
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        if !self.has_header {
            self.read_header()?;
        }
        if self.has_ended || !self.read_record()? {
            return Ok(None);
        }
        let end = self.reader.position().line().saturating_sub(1);
        let start = self.record.position().map_or(0, csv::Position::line);
        let number = end.max(start);
        if self.record.len() == 1 && self.record[0].trim_ascii().is_empty() {
            return Ok(Some(Line { number, event: Ok(None), is_ordered: false }));
        }
        let event = self.event().map(Some).map_err(|reason| format!("line {start}, {reason}"));
        Ok(Some(Line { number, event, is_ordered: false }))
    }

    fn read_header(&mut self) -> io::Result<()> {
        self.has_header = true;
        if !self.read_record()? {
            self.has_ended = true;
            return Ok(());
        }
        let known = |name: &[u8]| {
            let mut members = REQUIRED.iter().chain(&OPTIONAL);
            members.find(|member| name.trim_ascii().eq_ignore_ascii_case(member.as_bytes())).copied()
        };
        self.columns = self.record.iter().map(known).collect();
        let is_missing = |member: &&str| !self.columns.contains(&Some(*member));
        let missing: Vec<_> = REQUIRED.into_iter().filter(is_missing).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message =
            format!("line 1: expected columns named {}; missing: {}", REQUIRED.join(", "), missing.join(", "));
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }

    /// Returns the event of the record, or the column and the reason.
    fn event(&self) -> Result<group_dispatch_server::event::StatusEvent, String> {
        let (expected, found) = (self.columns.len(), self.record.len());
        if found != expected {
            return Err(format!("column {}: expected {expected} columns, found {found}", expected.min(found) + 1));
        }
        let mut members = Map::new();
        for (index, (member, field)) in self.columns.iter().zip(&self.record).enumerate() {
            let Some(member) = member else { continue };
            let field = if index + 1 == found { field.strip_suffix(b"\r").unwrap_or(field) } else { field };
            let field = std::str::from_utf8(field)
                .map_err(|_| format!("column {}: {member}: expected UTF-8 text", index + 1))?;
            let field = unescape_formula(field);
            if !field.is_empty() {
                members.insert((*member).to_owned(), Value::from(field));
            }
        }
        let json = Value::Object(members).to_string();
        event(json.as_bytes(), self.offset).map_err(|reason| self.with_column(&reason))
    }

    /// Puts the number of the column in front of a reason that begins with its name.
    fn with_column(&self, reason: &str) -> String {
        let name = reason.split(':').next().unwrap_or_default();
        let column = self.columns.iter().position(|member| *member == Some(name));
        column.map_or_else(|| reason.to_owned(), |column| format!("column {}: {reason}", column + 1))
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        let line = self.next_line();
        self.has_ended |= line.is_err();
        line.transpose()
    }
}
