//! A folder with one site: written as a whole, and marked, so that it is replaced only if this crate wrote it.

use std::{fs, io, path::Path};

use super::error::PublishError;
use crate::File;

/// Marks a folder as one site that this crate wrote, so that it may be replaced.
const MARKER_FILE: &str = ".group-dispatch-docs";

/// Returns whether a folder has the mark.
pub fn is_marked(folder: &Path) -> bool {
    folder.join(MARKER_FILE).is_file()
}

/// Writes files into a folder, and marks it.
pub fn write(folder: &Path, files: &[File]) -> Result<(), PublishError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let marker = folder.join(MARKER_FILE);
    fs::write(&marker, "").map_err(at(&marker))?;
    for File { path, bytes } in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(at(parent))?;
        fs::write(&path, bytes).map_err(at(&path))?;
    }
    Ok(())
}

/// Copies a folder of this crate under a name that is not in use.
pub fn copy(from: &Path, to: &Path) -> Result<(), PublishError> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(at(&path))?;
        }
    }
    Ok(())
}

/// Returns the error of a file or folder.
pub fn at(path: &Path) -> impl FnOnce(io::Error) -> PublishError {
    let path = path.to_owned();
    move |source| PublishError::File { path, source }
}
