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

use super::recognize::{Form, recognize};

/// How much of the input is read at most before its form is known.
pub const HEAD: usize = 64 * 1024;

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
        let cannot_read = || format!("cannot read {}", file.display());
        let (head, mut content) = with_head(raw).with_context(cannot_read)?;
        let mut recognized = recognize(&head);
        if recognized == Ok(Form::Gzip) {
            let (head, unpacked) = with_head(Box::new(MultiGzDecoder::new(content))).with_context(cannot_read)?;
            content = unpacked;
            recognized = recognize(&head);
            if recognized == Ok(Form::Gzip) {
                recognized = Err("gzip within gzip");
            }
        }
        match recognized {
            Ok(form) => Ok(Self { content, form, size, position }),
            Err(found) => bail!(
                "{}: found {found}; expected status events: JSON lines, a JSON array, CSV, or a queryUserStatusLog \
                 answer, as UTF-8 text, also packed by gzip",
                file.display()
            ),
        }
    }
}

/// The input, and its size where that is known.
fn open(file: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let metadata = opened.metadata().ok();
    if metadata.as_ref().is_some_and(Metadata::is_dir) {
        bail!("{} is a directory; expected a file of status events, one a line", file.display());
    }
    let size = metadata.filter(Metadata::is_file).map(|metadata| metadata.len());
    Ok((Box::new(opened), size))
}

/// Reads up to the end of the first line that is not blank, and returns it beside the whole content.
fn with_head(mut content: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut head = Vec::new();
    let mut piece = [0; 8 * 1024];
    while head.len() <= HEAD && !has_line(&head) {
        match content.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => head.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((head.clone(), Box::new(Cursor::new(head).chain(content))))
}

fn has_line(head: &[u8]) -> bool {
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace());
    start.is_some_and(|start| head[start..].contains(&b'\n'))
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
