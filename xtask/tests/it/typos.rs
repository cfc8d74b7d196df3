//! The folders of [`CLEAN`] have no misspelled word, and none in another spelling than the American, by `typos`.
//!
//! `cargo xtask tools` installs it. Where it is not installed, the tests are skipped.

use std::{
    fs,
    process::{Command, Output},
};

use test_support::{skip, workspace_root};
use xtask::prose::CLEAN;

/// Returns `typos` with the workspace's configuration, if the pinned version is installed.
fn typos() -> Option<Command> {
    let root = workspace_root();
    let installed = root.join("target/tools/typos");
    let pinned = fs::read(root.join("xtask/typos/requirements.txt")).unwrap();
    if fs::read(installed.join("installed")).is_ok_and(|installed| installed == pinned) {
        let mut typos = Command::new(installed.join("bin/typos"));
        typos.args(["--format", "brief", "--config"]).arg(root.join("xtask/typos/typos.toml")).current_dir(root);
        return Some(typos);
    }
    skip("typos is not installed in its pinned version; `cargo xtask tools` installs it where it can");
    None
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn clean_folders_have_no_misspelled_word() {
    let Some(mut typos) = typos() else { return };
    let output = typos.args(CLEAN).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn misspelled_words_and_british_spellings_are_found() {
    let Some(mut typos) = typos() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("planted.md");
    fs::write(&file, "A seprated word, and its colour.\n").unwrap();
    let output = typos.arg(&file).output().unwrap();
    let text = text(&output);
    assert!(!output.status.success() && text.contains("`separated`") && text.contains("`color`"), "{text}");
}
