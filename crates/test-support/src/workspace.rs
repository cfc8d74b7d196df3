//! Where the workspace is, found when the program runs.
//!
//! `env!("CARGO_MANIFEST_DIR")` would be the checkout in which the program was built. Where two checkouts share a target
//! folder, cargo runs the program of the one for the other, because it considers it fresh.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Returns the folder that holds the workspace's `Cargo.toml`.
///
/// The search begins at the package that cargo runs (`CARGO_MANIFEST_DIR`), or else at the current directory.
///
/// # Panics
/// If the program runs outside of the workspace.
#[must_use]
#[expect(clippy::panic, reason = "a test or a task has nothing to do outside of the workspace")]
pub fn workspace_root() -> PathBuf {
    let start = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env::current_dir().unwrap_or_default(), PathBuf::from);
    find_workspace(&start).unwrap_or_else(|| {
        panic!("{} is not in the workspace; run cargo or this program within it", start.display());
    })
}

/// Returns the nearest folder, `start` or one that contains it, whose `Cargo.toml` describes a workspace.
#[must_use]
pub fn find_workspace(start: &Path) -> Option<PathBuf> {
    let is_workspace = |folder: &&Path| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        manifest.lines().any(|line| line.trim() == "[workspace]")
    };
    start.ancestors().find(is_workspace).map(Path::to_owned)
}

/// Copies the workspace to the folder `to`, without what is built or belongs to git. The copies keep the times of the files, by
/// which cargo judges whether a program is fresh.
///
/// # Errors
/// If a file can't be read or written.
pub fn copy_workspace(to: &Path) -> io::Result<()> {
    copy(&workspace_root(), to)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, copied) = (entry.path(), to.join(entry.file_name()));
        if ["target", ".git"].iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        // The links are relative, and none names what is outside of the workspace.
        #[cfg(unix)]
        if let Ok(link) = fs::read_link(&source) {
            std::os::unix::fs::symlink(link, &copied)?;
            continue;
        }
        if source.is_dir() {
            copy(&source, &copied)?;
        } else {
            fs::copy(&source, &copied)?;
            fs::File::options().append(true).open(&copied)?.set_modified(fs::metadata(&source)?.modified()?)?;
        }
    }
    Ok(())
}
