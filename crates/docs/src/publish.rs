//! Publishes the site into a folder, as a version beside others: `cargo xtask docs --publish FOLDER`.
//!
//! ```text
//! FOLDER/index.html             leads to latest/
//! FOLDER/2.1/, FOLDER/1.0/      the versions
//! FOLDER/latest/                a copy of the highest one, and where pages are that it no longer has: any file host can serve it
//! FOLDER/versions.json, .js     the list that the pages of all versions read
//! FOLDER/versions.html          the list for readers without scripts
//! FOLDER/404.html, robots.txt, sitemap.xml, llms.txt
//! ```
//!
//! A folder is written aside and then takes its name. A run that is ended in between leaves the old version under its name, or,
//! between two renames, beside it; the next run puts it back.
//!
//! All of these belong to this module: the next run replaces them, even if somebody changed them. The first run fails if one of them
//! exists. An existing `.nojekyll` is kept, and nothing else in the folder is touched.

mod error;
mod folder;
mod root;
mod versions;

use std::{fs, path::Path};

pub use self::error::PublishError;
use self::{
    folder::at,
    versions::{State, Version},
};
use crate::{Edition, File};

/// Marks a folder of versions as written by this module, so that the next run may write into it. The mark of a site alone is another
/// one, because such a folder may be replaced as a whole.
const MARKER_FILE: &str = ".group-dispatch-docs-versions";
/// The start of the names of folders and files that are being written.
const NEW: &str = ".group-dispatch-docs-new-";
/// The start of the names of folders that are being replaced.
const OLD: &str = ".group-dispatch-docs-old-";
/// The folder of the highest version.
const LATEST: &str = "latest";
const NO_JEKYLL: &str = ".nojekyll";

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The name of the version's folder.
    pub version: String,
    /// Whether it is the highest version, which `latest/` and the files of the root are made from.
    pub is_latest: bool,
    /// The number of files in the version's folder.
    pub files: usize,
    /// The versions that were published with another base URL, which their links still have. They should be published again.
    pub outdated: Vec<String>,
}

/// Writes the files of a version, which [`site_of`](crate::site_of) made, into a folder, and `latest/` and the list of versions
/// with it. Of an older version, `latest/` gets only redirects to pages that no later one has. The same versions give the same bytes,
/// in whatever order they are published.
///
/// # Errors
/// If a file can't be written, if something else would be replaced, or if the version is there with a later text.
pub fn publish(folder: &Path, edition: &Edition, files: &[File]) -> Result<Published, PublishError> {
    let name = edition.folder();
    let version = Version::new(edition, files)?;
    fs::create_dir_all(folder).map_err(at(folder))?;
    recover(folder)?;
    let mut state = State::read(folder)?;
    state.add(version, edition)?;
    claim(folder, &name)?;
    let is_latest = state.latest().is_some_and(|latest| latest.version == name);
    let [new_version, new_latest] = [name.as_str(), LATEST].map(|target| folder.join(format!("{NEW}{target}")));
    folder::write(&new_version, files)?;
    match state.latest() {
        Some(latest) if !is_latest => folder::copy(&folder.join(&latest.version), &new_latest)?,
        _ => folder::write(&new_latest, files)?,
    }
    folder::write(&new_latest, &root::moved(&state, edition)?)?;
    for target in [name.as_str(), LATEST] {
        replace(folder, target)?;
    }
    for File { path, bytes } in root::files(&state, edition, files, is_latest)? {
        write_file(folder, &path, &bytes)?;
    }
    // Some web hosts would process the files with Jekyll otherwise.
    if !folder.join(NO_JEKYLL).exists() {
        write_file(folder, NO_JEKYLL, b"")?;
    }
    Ok(Published { version: name, is_latest, files: files.len(), outdated: state.outdated(edition) })
}

/// Writes a site into a folder, alone. Replaces a site that this function wrote before.
///
/// # Errors
/// If the folder has other files or published versions, or if a file can't be written.
pub fn write_site(folder: &Path, files: &[File]) -> Result<(), PublishError> {
    if folder.exists() {
        if folder.join(MARKER_FILE).exists() || folder.join(versions::FILE).exists() {
            return Err(PublishError::Versions(folder.to_owned()));
        }
        let is_empty = fs::read_dir(folder).map_err(at(folder))?.next().is_none();
        if !is_empty && !folder::is_marked(folder) {
            return Err(PublishError::Foreign(folder.to_owned()));
        }
        fs::remove_dir_all(folder).map_err(at(folder))?;
    }
    folder::write(folder, files)?;
    // Without this file, some web hosts process the site with Jekyll.
    let path = folder.join(NO_JEKYLL);
    fs::write(&path, "").map_err(at(&path))
}

/// Puts back folders that a run was replacing when it was ended, and removes what it had not finished.
fn recover(folder: &Path) -> Result<(), PublishError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let (path, name) = (entry.path(), entry.file_name());
        let Some(name) = name.to_str() else { continue };
        if let Some(target) = name.strip_prefix(OLD).map(|target| folder.join(target)).filter(|target| !target.exists())
        {
            fs::rename(&path, &target).map_err(at(&target))?;
        } else if name.starts_with(OLD) || name.starts_with(NEW) {
            remove(&path)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), PublishError> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.map_err(at(path))
}

/// Checks that nothing but earlier versions is replaced, and marks the folder.
fn claim(folder: &Path, version: &str) -> Result<(), PublishError> {
    let marker = folder.join(MARKER_FILE);
    if !marker.exists() {
        let names = root::NAMES.iter().copied();
        if let Some(found) = names.map(|name| folder.join(name)).find(|path| path.exists()) {
            return Err(PublishError::Foreign(found));
        }
    }
    for target in [version, LATEST].map(|name| folder.join(name)) {
        if target.exists() && !folder::is_marked(&target) {
            return Err(PublishError::Foreign(target));
        }
    }
    fs::write(&marker, "").map_err(at(&marker))
}

/// Gives a folder that was written aside its name. No file system can replace a folder that is not empty in one step.
fn replace(folder: &Path, target: &str) -> Result<(), PublishError> {
    let [new, old] = [NEW, OLD].map(|start| folder.join(format!("{start}{target}")));
    let target = folder.join(target);
    if target.exists() {
        fs::rename(&target, &old).map_err(at(&old))?;
    }
    fs::rename(&new, &target).map_err(at(&target))?;
    if old.exists() { remove(&old) } else { Ok(()) }
}

fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
    let (new, target) = (folder.join(format!("{NEW}{name}")), folder.join(name));
    fs::write(&new, bytes).map_err(at(&new))?;
    fs::rename(&new, &target).map_err(at(&target))
}
