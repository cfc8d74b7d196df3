//! Writes the docs site into a folder: `cargo run -p group-dispatch-docs -- FOLDER`.
//!
//! `cargo xtask docs` runs it. A site that it wrote before is replaced; any other folder must be empty.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use group_dispatch_docs::{Place, site};

/// Marks a folder as written by this program, so that the next run may replace it.
const MARKER_FILE: &str = ".group-dispatch-docs";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).map(PathBuf::from).ok_or("the folder is missing: group-dispatch-docs FOLDER")?;
    let files = site(Place::Published)?;
    clear(&folder)?;
    fs::write(folder.join(MARKER_FILE), "")?;
    // Without this file, some web hosts process the site with Jekyll.
    fs::write(folder.join(".nojekyll"), "")?;
    for file in &files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(&path, &file.bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    let start = fs::canonicalize(folder.join("index.html"))?;
    println!("wrote {} files to {}; open\n  file://{}", files.len(), folder.display(), start.display());
    Ok(())
}

/// Makes the folder empty. Fails if it has files and no marker.
fn clear(folder: &Path) -> Result<(), Box<dyn Error>> {
    if folder.exists() {
        let empty = fs::read_dir(folder)?.next().is_none();
        if !empty && !folder.join(MARKER_FILE).is_file() {
            return Err(format!(
                "{}: expected an empty folder or a site that this program wrote, found other files",
                folder.display()
            )
            .into());
        }
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}
