//! Opens the input of an import, and recognizes its format by its content.

use std::{
    fs::{File, Metadata},
    io::{self, Cursor, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;

use super::{
    csv::REQUIRED_COLUMNS,
    recognize::{Format, recognize},
};
use crate::redact;

/// The most bytes that are read to recognize the format.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How many lines of a pipe without any event show that it has other content.
const MIN_HEAD_LINES: usize = 20;

/// An input whose format is known.
pub struct Input {
    pub content: Box<dyn Read + Send>,
    pub format: Format,
    /// The size of the file, if it is one.
    pub size: Option<u64>,
    /// How many bytes of the file have been read.
    pub bytes_read: Arc<AtomicU64>,
}

impl Input {
    /// Returns whether the input is a file, which can be read twice.
    pub const fn is_file(&self) -> bool {
        self.size.is_some()
    }

    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// If it can't be read, or has other content than status events; the error names the content.
    pub fn open(file: &Path) -> anyhow::Result<Self> {
        let (raw, size) = open(file)?;
        let bytes_read = Arc::new(AtomicU64::new(0));
        let raw = Box::new(CountingReader { raw, bytes_read: Arc::clone(&bytes_read) });
        let cannot_read = || format!("cannot read {}", redact::path(file));
        let is_file = size.is_some();
        let mut head = Head::read(raw, is_file).with_context(cannot_read)?;
        let mut recognized = recognize(&head.bytes, head.is_enough);
        if recognized == Ok(Format::Gzip) {
            let decompressed = Box::new(GzipReader(MultiGzDecoder::new(head.into_content())));
            head = Head::read(decompressed, is_file).with_context(cannot_read)?;
            recognized = recognize(&head.bytes, head.is_enough);
            if recognized == Ok(Format::Gzip) {
                recognized = Err("gzip within gzip");
            }
        }
        match recognized {
            Ok(format) => Ok(Self { content: head.into_content(), format, size, bytes_read }),
            Err(found) => bail!(
                "{}: found {found}; expected status events as UTF-8 text: JSON lines, a JSON array, a queryUserStatusLog \
                 response, or CSV with a header line that names {}; gzip of these is accepted as well",
                redact::path(file),
                REQUIRED_COLUMNS.join(", ")
            ),
        }
    }
}

/// Returns the input, and its size if it is a file.
fn open(file: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let opened = File::open(file).with_context(|| format!("cannot read {}", redact::path(file)))?;
    let metadata = opened.metadata().ok();
    if metadata.as_ref().is_some_and(Metadata::is_dir) {
        bail!("{} is a directory; expected a file with status events", redact::path(file));
    }
    let size = metadata.filter(Metadata::is_file).map(|metadata| metadata.len());
    Ok((Box::new(opened), size))
}

/// The beginning of an input, and the rest.
struct Head {
    bytes: Vec<u8>,
    /// Whether these are all bytes, or at least as many as any event would need.
    is_enough: bool,
    rest: Box<dyn Read + Send>,
}

impl Head {
    /// Reads the first 64 KiB of a file. Of a pipe, reads only up to the first line that is not blank: its writer may
    /// wait for an acknowledgment before it writes more.
    fn read(mut rest: Box<dyn Read + Send>, is_file: bool) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let mut chunk = vec![0; MAX_HEAD_BYTES];
        let mut has_ended = false;
        while !has_ended && bytes.len() < MAX_HEAD_BYTES && (is_file || !has_line(&bytes)) {
            match rest.read(&mut chunk) {
                Ok(0) => has_ended = true,
                Ok(length) => bytes.extend_from_slice(&chunk[..length]),
                // The lines before invalid data can still be read.
                Err(_) if has_line(&bytes) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let is_enough =
            has_ended || bytes.len() >= MAX_HEAD_BYTES || bytes.split(|byte| *byte == b'\n').count() > MIN_HEAD_LINES;
        Ok(Self { bytes, is_enough, rest })
    }

    fn into_content(self) -> Box<dyn Read + Send> {
        Box::new(Cursor::new(self.bytes).chain(self.rest))
    }
}

fn has_line(head: &[u8]) -> bool {
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace());
    start.is_some_and(|start| head[start..].contains(&b'\n'))
}

/// Decompresses gzip, with errors that name it.
struct GzipReader<R>(MultiGzDecoder<R>);

impl<R: Read> Read for GzipReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "the gzip data is incomplete"),
            // flate2 returns these kinds for invalid data.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                io::Error::new(io::ErrorKind::InvalidData, format!("the gzip data is invalid ({error})"))
            }
            _ => error,
        })
    }
}

struct CountingReader {
    raw: Box<dyn Read + Send>,
    bytes_read: Arc<AtomicU64>,
}

impl Read for CountingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.raw.read(buffer)?;
        self.bytes_read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}
