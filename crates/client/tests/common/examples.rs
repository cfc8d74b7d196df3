//! The programs of a package's examples, beside that of the test.

use std::{
    env::{self, consts::EXE_SUFFIX},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Their folder, with those that are named built.
///
/// `cargo test` builds them beforehand, unless it was asked for one test alone. Then cargo is called here: always doing
/// so would, after `cargo test --workspace`, compile half of the dependencies anew with the features that this package
/// alone asks of them.
pub fn built_examples(names: &[String]) -> PathBuf {
    let target = env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let folder = target.join("examples");
    if names.iter().all(|name| is_fresh(&folder.join(name))) {
        return folder;
    }
    let profile = match target.file_name().unwrap().to_str().unwrap() {
        "debug" => "dev",
        other => other,
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--examples", "--profile", profile]).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(cargo.status().unwrap().success());
    folder
}

/// Whether a program is newer than all that it was made from, by the list that cargo puts beside it.
fn is_fresh(program: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let list = fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let built = modified(&program.with_extension(EXE_SUFFIX.trim_start_matches('.')));
    let mut sources = list.split_whitespace().skip(1).peekable();
    sources.peek().is_some() && sources.all(|source| modified(Path::new(source)).is_some_and(|at| built > Some(at)))
}
