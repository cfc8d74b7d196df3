//! Where an import reads from.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, bail};

/// The input, and its size where that is known.
pub fn open(file: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
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
