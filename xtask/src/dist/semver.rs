//! The public API, compared with that of the last release by cargo-semver-checks.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use test_support::workspace_root;

use super::Report;
use crate::{
    release::{Git, Manifest},
    semver_check::{self, Changes, Level},
    tools::run,
};

/// A made-up library, and two changes of it: the tool must notice that a method is gone, and that an attribute is new.
const BEFORE: &str = "pub struct Answer;\nimpl Answer { pub fn len(&self) -> usize { 0 } }\n";
const REMOVED: &str = "pub struct Answer;\nimpl Answer { fn len(&self) -> usize { 0 } }\n";
const ADDED: &str = "pub struct Answer;\nimpl Answer { #[must_use] pub fn len(&self) -> usize { 0 } }\n";

/// The files that it is made from.
pub const INPUTS: &[&str] = &["*.rs", "*.toml", "*.md", "*.txt", "Cargo.lock"];

pub fn build(report: &mut Report) -> Result<()> {
    if !report.is_checking() {
        return Ok(());
    }
    let root = workspace_root();
    if run(&root, "git", &["--version"]).is_err() {
        report.skip("the API compared with the last release, because there is no git");
        return Ok(());
    }
    let folder = report.folder().join("made-up");
    let levels = [(BEFORE, Level::Patch), (ADDED, Level::Minor), (REMOVED, Level::Major)];
    made_up(&folder)?;
    for (code, expected) in levels {
        fs::write(folder.join("src/lib.rs"), code)?;
        let found = semver_check::of_package(&folder, "made-up", &[], "v0.1.0")?;
        ensure!(found.level == expected, "{code}: expected {expected}, found {}: {}", found.level, found.report);
    }
    fs::remove_dir_all(&folder).context("cannot remove the made-up library")?;
    report.check(
        "a method that is removed from a made-up library needs a major version, and a new attribute a minor one",
    );

    let last = Git::of(&root).and_then(|git| git.last_release());
    match last {
        Ok(Some(last)) => {
            let Changes { level: needed, report: changes } = semver_check::changes(&root, &format!("v{last}"))?;
            let version = Manifest::read(&root)?.version;
            if version == last {
                let why = format!("Cargo.toml still has it; the changes since then need a {needed} version at least");
                report.skip(format!("whether the version after {last} is high enough, because {why}"));
                return Ok(());
            }
            let level = Level::between(&last, &version);
            ensure!(
                needed <= level,
                "{changes}the API needs a {needed} version after {last}, and {version} is a {level} one"
            );
            report.check(format!(
                "the API since {last} needs a {needed} version at least, and {version} is a {level} one"
            ));
        }
        Ok(None) => report.skip("the API compared with the last release, because nothing is released yet"),
        Err(error) => report.skip(format!("the API compared with the last release, because {error:#}")),
    }
    Ok(())
}

/// Makes a library with a release, in a repository of its own.
fn made_up(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src")).context("cannot make a library")?;
    let manifest = "[package]\nname = \"made-up\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join(".gitignore"), "target\n")?;
    fs::write(folder.join("src/lib.rs"), BEFORE)?;
    let nobody = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"];
    let commit = ["commit", "--quiet", "--no-gpg-sign", "--message", "Begin"];
    for step in [["init", "--quiet"].as_slice(), &["add", "--all"], &commit, &["tag", "v0.1.0"]] {
        run(folder, "git", &[nobody.as_slice(), step].concat())?;
    }
    Ok(())
}
