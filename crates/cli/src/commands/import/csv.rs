//! Status events from CSV, such as `log --output csv` prints it: a header line with the names of the members, then an
//! event per record.
//!
//! An empty field is an absent member. Only `name` can also be an empty text, which is written as `""`.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use group_dispatch_server::event::StatusEvent;

use super::{
    csv_records::{Record, Records},
    line::{EventParser, Line, MAX_LINE_BYTES},
};
use crate::output::csv::unescape_formula;

/// The required columns.
pub const REQUIRED_COLUMNS: [&str; 6] = ["userId", "agentAccount", "whatsApp", "source", "detailStatus", "createTime"];
/// The optional columns. Others are ignored.
pub const OPTIONAL_COLUMNS: [&str; 5] = ["eventId", "userName", "name", "status", "countryCode"];

pub struct Csv<R> {
    records: Records<R>,
    parser: EventParser,
    /// The member of each column; `None` if the column is ignored. Empty before the header is read.
    columns: Vec<Option<&'static str>>,
    record: Record,
    has_header: bool,
    has_ended: bool,
}

impl<R: Read> Csv<R> {
    pub fn new(content: R, delimiter: u8, parser: EventParser) -> Self {
        let (records, record) = (Records::new(content, delimiter), Record::default());
        Self { records, parser, columns: Vec::new(), record, has_header: false, has_ended: false }
    }

    /// Reads the next record. A record that is too long ends the input, because its end is not known.
    fn read_record(&mut self) -> io::Result<bool> {
        let read = self.records.read(&mut self.record, MAX_LINE_BYTES);
        read.map_err(|error| {
            if error.kind() != io::ErrorKind::FileTooLarge {
                return error;
            }
            let start = self.record.line;
            let message = format!(
                "line {start}: expected a record of at most {MAX_LINE_BYTES} bytes; a quote is probably not closed; the \
                 rest of the input from line {start} on is not read"
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
        let start = self.record.line;
        let number = self.records.last_line().max(start);
        if self.record.is_blank() {
            return Ok(Some(Line { number, event: Ok(None), is_ordered: false }));
        }
        let event = self.parse_record().map(Some).map_err(|reason| format!("line {start}, {reason}"));
        Ok(Some(Line { number, event, is_ordered: false }))
    }

    /// Reads the names of the columns.
    ///
    /// # Errors
    /// `InvalidInput` if no record below them can be an event.
    fn read_header(&mut self) -> io::Result<()> {
        self.has_header = true;
        loop {
            if !self.read_record()? {
                self.has_ended = true;
                return Ok(());
            }
            if !self.record.is_blank() {
                break;
            }
        }
        let find_member = |name: &[u8]| {
            let mut members = REQUIRED_COLUMNS.iter().chain(&OPTIONAL_COLUMNS);
            members.find(|member| name.trim_ascii().eq_ignore_ascii_case(member.as_bytes())).copied()
        };
        self.columns = self.record.fields().map(|field| find_member(field.text)).collect();
        let is_missing = |member: &&str| !self.columns.contains(&Some(*member));
        let missing: Vec<_> = REQUIRED_COLUMNS.into_iter().filter(is_missing).collect();
        let is_repeated =
            |(column, member): &(usize, &Option<&str>)| member.is_some() && self.columns[..*column].contains(member);
        let problem = match self.columns.iter().enumerate().find(is_repeated) {
            _ if !missing.is_empty() => format!(": missing columns: {}", missing.join(", ")),
            Some((column, Some(member))) => format!(", column {}: duplicate column {member}", column + 1),
            _ => return Ok(()),
        };
        let message = format!(
            "line {}{problem}; expected the columns {}, optionally {}; others are ignored",
            self.record.line,
            REQUIRED_COLUMNS.join(", "),
            OPTIONAL_COLUMNS.join(", ")
        );
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }

    /// Parses the event of the record.
    ///
    /// # Errors
    /// The column and the reason.
    fn parse_record(&self) -> Result<StatusEvent, String> {
        let (expected, found) = (self.columns.len(), self.record.fields().len());
        if found != expected {
            return Err(format!("column {}: expected {expected} columns, found {found}", expected.min(found) + 1));
        }
        let mut members = BTreeMap::new();
        for (index, (member, field)) in self.columns.iter().zip(self.record.fields()).enumerate() {
            let Some(member) = *member else { continue };
            let text = std::str::from_utf8(field.text)
                .map_err(|_| format!("column {}: {member}: expected UTF-8 text", index + 1))?;
            let text = unescape_formula(text);
            // A required text can be empty; the optional name is empty only if it is quoted.
            let is_text = member == "agentAccount" || (member == "name" && field.is_quoted);
            if is_text || !text.is_empty() {
                members.insert(member, text);
            }
        }
        // An event has the same errors in CSV as in JSON.
        let json = serde_json::to_vec(&members).map_err(|error| error.to_string())?;
        self.parser.parse(&json).map_err(|reason| self.with_column(&reason))
    }

    /// Adds the number of the column to a reason that begins with its name.
    fn with_column(&self, reason: &str) -> String {
        let name = reason.split(':').next().unwrap_or_default();
        let column = self.columns.iter().position(|member| *member == Some(name));
        column.map_or_else(|| reason.to_owned(), |column| format!("column {}: {reason}", column + 1))
    }
}

impl<R: Read> Iterator for Csv<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        let line = self.next_line();
        self.has_ended |= line.is_err();
        line.transpose()
    }
}
