//! Where an import reads from, and what the content is. Content decides, not the name of the file.

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
    csv::REQUIRED,
    recognize::{Form, recognize},
};
use crate::redact;

/// How much of the input is read at most before its form is known, in bytes.
const HEAD: usize = 64 * 1024;
/// Lines of a pipe by which it is known to hold something else than events.
const ENOUGH_LINES: usize = 20;

/// An input whose form is known.
pub struct Input {
    pub content: Box<dyn Read + Send>,
    pub form: Form,
    /// The size of the file, if it is one.
    pub size: Option<u64>,
    /// How many bytes of the file have been read.
    pub position: Arc<AtomicU64>,
}

impl Input {
    /// Whether the input is a file, which can be read twice.
    pub const fn is_file(&self) -> bool {
        self.size.is_some()
    }

    pub fn open(file: &Path) -> anyhow::Result<Self> {
        let (raw, size) = open(file)?;
        let position = Arc::new(AtomicU64::new(0));
        let raw = Box::new(Counted { raw, position: Arc::clone(&position) });
        let cannot_read = || format!("cannot read {}", redact::path(file));
        let is_file = size.is_some();
        let mut head = Head::read(raw, is_file).with_context(cannot_read)?;
        let mut recognized = recognize(&head.bytes, head.is_enough);
        if recognized == Ok(Form::Gzip) {
            let unpacked = Box::new(Unpacked(MultiGzDecoder::new(head.into_content())));
            head = Head::read(unpacked, is_file).with_context(cannot_read)?;
            recognized = recognize(&head.bytes, head.is_enough);
            if recognized == Ok(Form::Gzip) {
                recognized = Err("gzip within gzip");
            }
        }
        match recognized {
            Ok(form) => Ok(Self { content: head.into_content(), form, size, position }),
            Err(found) => bail!(
                "{}: found {found}; expected status events as UTF-8 text: JSON lines, a JSON array, a queryUserStatusLog \
                 answer, or CSV with a header line that names {}; also packed by gzip",
                redact::path(file),
                REQUIRED.join(", ")
            ),
        }
    }
}

/// The input, and its size where that is known.
fn open(file: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let opened = File::open(file).with_context(|| format!("cannot read {}", redact::path(file)))?;
    let metadata = opened.metadata().ok();
    if metadata.as_ref().is_some_and(Metadata::is_dir) {
        bail!("{} is a directory; expected a file of status events, one a line", redact::path(file));
    }
    let size = metadata.filter(Metadata::is_file).map(|metadata| metadata.len());
    Ok((Box::new(opened), size))
}

/// The beginning of a content, and the rest.
struct Head {
    bytes: Vec<u8>,
    /// Whether these are all bytes, or enough of them that events would be among them.
    is_enough: bool,
    rest: Box<dyn Read + Send>,
}

impl Head {
    /// Reads the first 64 KiB of a file; of a pipe, whose writer may wait for an acknowledgement, what comes up to the end
    /// of the first line that is not blank.
    fn read(mut rest: Box<dyn Read + Send>, is_file: bool) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let mut piece = vec![0; HEAD];
        let mut has_ended = false;
        while !has_ended && bytes.len() < HEAD && (is_file || !has_line(&bytes)) {
            match rest.read(&mut piece) {
                Ok(0) => has_ended = true,
                Ok(length) => bytes.extend_from_slice(&piece[..length]),
                // What comes before data that is broken can still be read.
                Err(_) if has_line(&bytes) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let is_enough = has_ended || bytes.len() >= HEAD || bytes.split(|byte| *byte == b'\n').count() > ENOUGH_LINES;
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

/// The content of gzip, with errors that name it.
struct Unpacked<R>(MultiGzDecoder<R>);

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "the gzip data ends in the middle"),
            // These kinds are flate2's for data that is not gzip, or no longer.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                io::Error::new(io::ErrorKind::InvalidData, format!("the gzip data is damaged ({error})"))
            }
            _ => error,
        })
    }
}

struct Counted {
    raw: Box<dyn Read + Send>,
    position: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.raw.read(buffer)?;
        self.position.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}
