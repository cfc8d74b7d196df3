//! Writes the docs site into a folder: `cargo run -p group-dispatch-docs -- FOLDER`.
//!
//! What stood there is replaced, if it is a site that was written before; any other folder must be empty.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use group_dispatch_docs::{Place, site};

/// Stands in every folder that was written, which may therefore be replaced.
const MARK: &str = ".group-dispatch-docs";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).map(PathBuf::from).ok_or("the folder is missing: group-dispatch-docs FOLDER")?;
    let files = site(Place::Published)?;
    clear(&folder)?;
    fs::write(folder.join(MARK), "")?;
    // Some web hosts take plain files for pages to be made by Jekyll, unless this is there.
    fs::write(folder.join(".nojekyll"), "")?;
    for file in &files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(&path, &file.bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    let start = fs::canonicalize(folder.join("index.html"))?;
    println!("{} files stand in {}; open\n  file://{}", files.len(), folder.display(), start.display());
    Ok(())
}

/// Makes an empty folder, of a site that was written before or of none.
fn clear(folder: &Path) -> Result<(), Box<dyn Error>> {
    if folder.exists() {
        let empty = fs::read_dir(folder)?.next().is_none();
        if !empty && !folder.join(MARK).is_file() {
            return Err(format!("{} has files that are no docs site: name an empty folder", folder.display()).into());
        }
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}
