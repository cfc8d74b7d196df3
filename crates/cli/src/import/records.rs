//! Splits CSV into records and fields. Used in place of `csv::Reader`, which does not return whether a field is quoted.

use std::{
    io::{self, BufRead, BufReader, Read},
    ops::Range,
};

use csv_core::{ReadFieldResult, ReaderBuilder, Terminator};

use super::recognize::BYTE_ORDER_MARK;

/// How much the buffer of a record grows at a time, in bytes.
const GROWTH: usize = 1024;

pub struct Records<R> {
    input: BufReader<R>,
    parser: csv_core::Reader,
}

/// One record; its buffers are reused for the next one.
#[derive(Default)]
pub struct Record {
    /// The line where it begins.
    pub line: u64,
    text: Vec<u8>,
    fields: Vec<(Range<usize>, bool)>,
}

/// A field without its quotes.
pub struct Field<'a> {
    pub text: &'a [u8],
    pub is_quoted: bool,
}

impl Record {
    /// Returns the fields. The last one of a line that ends with `\r\n` has no `\r`.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = Field<'_>> {
        let last = self.fields.len().saturating_sub(1);
        self.fields.iter().enumerate().map(move |(index, (range, is_quoted))| {
            let text = self.text.get(range.clone()).unwrap_or_default();
            let text = if index == last { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
            Field { text, is_quoted: *is_quoted }
        })
    }

    /// Whether it is a line without anything but blanks.
    pub fn is_blank(&self) -> bool {
        self.fields.len() == 1 && self.fields().all(|field| field.text.trim_ascii().is_empty())
    }
}

impl<R: Read> Records<R> {
    pub fn new(content: R, delimiter: u8) -> Self {
        // The default ends a record at the `\r` of `\r\n`, and then all line numbers are one too low.
        let parser = ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build();
        Self { input: BufReader::new(content), parser }
    }

    /// Returns the last line of the record that was read last.
    pub fn last_line(&self) -> u64 {
        self.parser.line().saturating_sub(1)
    }

    /// Reads the next record; returns `false` at the end of the input.
    ///
    /// # Errors
    /// `FileTooLarge` when the record has more bytes than `most`, and any error of the input.
    pub fn read(&mut self, record: &mut Record, most: u64) -> io::Result<bool> {
        record.fields.clear();
        record.line = self.parser.line();
        let (mut start, mut end, mut size) = (0, 0, 0);
        // The first byte of the field, quotes included.
        let mut first = None;
        loop {
            let input = self.input.fill_buf()?;
            if record.text.len() == end {
                record.text.resize(end + GROWTH, 0);
            }
            let line = self.parser.line();
            let (result, read, written) = self.parser.read_field(input, &mut record.text[end..]);
            if first.is_none() {
                let field = &input[..read];
                let field = field.strip_prefix(BYTE_ORDER_MARK).filter(|_| line == 1).unwrap_or(field);
                let blank_lines = field.iter().take_while(|byte| **byte == b'\n').count();
                first = field.get(blank_lines).copied();
                if first.is_some() && record.fields.is_empty() {
                    record.line = line + blank_lines as u64;
                }
            }
            self.input.consume(read);
            end += written;
            size += read as u64;
            if size > most {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    record.fields.push((start..end, first == Some(b'"')));
                    (start, first) = (end, None);
                    if record_end {
                        return Ok(true);
                    }
                }
                ReadFieldResult::End => return Ok(false),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    type Fields = Vec<(bool, String)>;

    fn records(content: impl Read) -> Vec<(u64, Fields)> {
        let (mut records, mut record, mut all) = (Records::new(content, b','), Record::default(), Vec::new());
        while records.read(&mut record, 100).unwrap() {
            let field = |field: Field<'_>| (field.is_quoted, String::from_utf8(field.text.to_vec()).unwrap());
            all.push((record.line, record.fields().map(field).collect()));
        }
        all
    }

    #[test]
    fn a_quoted_field_is_distinguished_wherever_the_input_pauses() {
        let text = b"\n\na,\"\",,\"b\"\"\n,\"\r\n\r\n\n\"\",\"\"\r\n,\n\"\"";
        let plain = |text: &str| (false, text.to_owned());
        let quoted = |text: &str| (true, text.to_owned());
        let expected = [
            (3, vec![plain("a"), quoted(""), plain(""), quoted("b\"\n,")]),
            (5, vec![plain("")]),
            (7, vec![quoted(""), quoted("")]),
            (8, vec![plain(""), plain("")]),
            (9, vec![quoted("")]),
        ];
        assert_eq!(records(&text[..]), expected);
        assert_eq!(records(Drip(text)), expected);
    }

    #[test]
    fn a_record_that_does_not_end_is_not_held_in_memory() {
        let endless = io::repeat(b'x');
        let (mut records, mut record) = (Records::new(endless, b','), Record::default());
        assert_eq!(records.read(&mut record, 10_000).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(record.text.len() < 50_000);
    }
}
