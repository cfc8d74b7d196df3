//! The programs of a package's examples, beside that of the test.

use std::{
    env::{self, consts::EXE_SUFFIX},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::workspace_root;

/// Returns the folder of the example programs, with those in `names`, of the package in the folder `krate`, built.
///
/// `cargo test` builds them beforehand, unless a single test is requested. Only then is cargo run here: after
/// `cargo test --workspace` it would compile half of the dependencies again, with the features that this package alone
/// requests.
///
/// # Panics
/// If the examples don't compile.
#[must_use]
#[expect(clippy::unwrap_used, reason = "only tests call it")]
pub fn built_examples(krate: &str, names: &[String]) -> PathBuf {
    let target = env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let folder = target.join("examples");
    if names.iter().all(|name| is_fresh(&folder.join(name))) {
        return folder;
    }
    let profile = match target.file_name().unwrap().to_str().unwrap() {
        "debug" => "dev",
        other => other,
    };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--examples", "--profile", profile]).current_dir(workspace_root().join(krate));
    assert!(cargo.status().unwrap().success());
    folder
}

/// Returns whether a program is newer than all files that it was made from, by the list that cargo puts beside it, and
/// was made in this workspace.
fn is_fresh(program: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let list = fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let built = modified(&program.with_extension(EXE_SUFFIX.trim_start_matches('.')));
    let root = workspace_root();
    let mut sources = list.split_whitespace().skip(1).map(Path::new).peekable();
    sources.peek().is_some()
        && sources.all(|source| source.starts_with(&root) && modified(source).is_some_and(|at| built > Some(at)))
}
