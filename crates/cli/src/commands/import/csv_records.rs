//! Splits CSV into records and fields. Unlike `csv::Reader`, it returns whether a field is quoted.

use std::{
    io::{self, BufRead, BufReader, Read},
    ops::Range,
};

use csv_core::{ReadFieldResult, ReaderBuilder, Terminator};

use super::encoding::BYTE_ORDER_MARK;

/// By how many bytes the buffer of a record grows.
const BUFFER_GROWTH: usize = 1024;

pub struct Records<R> {
    input: BufReader<R>,
    parser: csv_core::Reader,
}

/// A record. Its buffers are reused for the next one.
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

    /// Returns whether the record is a blank line.
    pub fn is_blank(&self) -> bool {
        self.fields.len() == 1 && self.fields().all(|field| field.text.trim_ascii().is_empty())
    }
}

impl<R: Read> Records<R> {
    pub fn new(content: R, delimiter: u8) -> Self {
        // By default, a record ends at the `\r` of `\r\n`, and all line numbers would be one too low.
        let parser = ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build();
        Self { input: BufReader::new(content), parser }
    }

    /// Returns the number of the last line of the latest record.
    pub fn last_line(&self) -> u64 {
        self.parser.line().saturating_sub(1)
    }

    /// Reads the next record; returns `false` at the end of the input.
    ///
    /// # Errors
    /// `FileTooLarge` if the record has more than `max_bytes`, and any error of the input.
    pub fn read(&mut self, record: &mut Record, max_bytes: u64) -> io::Result<bool> {
        record.fields.clear();
        record.line = self.parser.line();
        let (mut start, mut end, mut size) = (0, 0, 0);
        // The first byte of the field, which may be its quote.
        let mut first = None;
        loop {
            let input = self.input.fill_buf()?;
            if record.text.len() == end {
                record.text.resize(end + BUFFER_GROWTH, 0);
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
            if size > max_bytes {
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

    /// Returns one byte per read.
    struct OneByteReader<'a>(&'a [u8]);

    impl Read for OneByteReader<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    fn records(content: impl Read) -> Vec<(u64, Vec<(bool, String)>)> {
        let (mut records, mut record, mut all) = (Records::new(content, b','), Record::default(), Vec::new());
        while records.read(&mut record, 100).unwrap() {
            let field = |field: Field<'_>| (field.is_quoted, String::from_utf8(field.text.to_vec()).unwrap());
            all.push((record.line, record.fields().map(field).collect()));
        }
        all
    }

    #[test]
    fn quoted_fields_are_distinguished_at_every_read_boundary() {
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
        assert_eq!(records(OneByteReader(text)), expected);
    }

    #[test]
    fn an_endless_record_does_not_fill_the_memory() {
        let endless = io::repeat(b'x');
        let (mut records, mut record) = (Records::new(endless, b','), Record::default());
        assert_eq!(records.read(&mut record, 10_000).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(record.text.len() < 50_000);
    }
}
