//! `cargo xtask dist`: builds what is released, and with `--check` tries each piece as its user does.
//!
//! A part has a folder of its own in `target/packages`. It reports what it built, what it checked, and what it could not check
//! on this machine. The report of a part is kept, and used again while the files that the part is made from are the same.

mod archive;
mod binary;
mod compose;
mod crates;
mod debian;
mod docs;
mod helm;
mod image;
mod inputs;
mod licenses;
mod minimal_versions;
mod policy;
mod report;
mod run;
mod sbom;
mod semver;
mod server;
mod source;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use test_support::workspace_root;

pub use self::report::Report;
use self::report::Stored;

/// A piece of what is released.
struct Part {
    name: &'static str,
    /// The files that it is made from, as lists of git's pathspecs. A change of any of them builds the part again.
    inputs: &'static [&'static [&'static str]],
    build: fn(&mut Report) -> Result<()>,
}

/// The inputs of every part: how it is built and tried.
const SHARED_INPUTS: &[&str] = &["xtask/src/cargo.rs", "xtask/src/dist", "xtask/src/dist.rs", "xtask/src/tools.rs"];

/// In this order: later parts may use what earlier ones built.
const PARTS: &[Part] = &[
    Part { name: "policy", inputs: &[policy::INPUTS], build: policy::build },
    Part { name: "source", inputs: &[source::INPUTS], build: source::build },
    Part { name: "archive", inputs: &[binary::INPUTS, archive::INPUTS], build: archive::build },
    Part { name: "debian", inputs: &[binary::INPUTS, debian::INPUTS], build: debian::build },
    Part { name: "sbom", inputs: &[binary::INPUTS, sbom::INPUTS], build: sbom::build },
    Part { name: "image", inputs: &[binary::INPUTS, image::INPUTS], build: image::build },
    Part { name: "compose", inputs: &[binary::INPUTS, compose::INPUTS], build: compose::build },
    Part { name: "helm", inputs: &[binary::INPUTS, helm::INPUTS], build: helm::build },
    Part { name: "crates", inputs: &[crates::INPUTS], build: crates::build },
    Part { name: "docs", inputs: &[binary::INPUTS, docs::INPUTS], build: docs::build },
    Part { name: "minimal-versions", inputs: &[minimal_versions::INPUTS], build: minimal_versions::build },
    Part { name: "semver", inputs: &[semver::INPUTS], build: semver::build },
];

/// The names of the parts, for the command line.
pub fn names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|part| part.name)
}

/// Builds the parts that `only` names, or all if it is empty. With `check`, tries what was built as well. Prints a line for each
/// artifact, check and skip, and their numbers. Returns whether all parts succeed.
///
/// # Errors
/// If `only` names no part, or if reports can't be read or written.
pub fn dist(out: &mut impl Write, only: &[String], check: bool) -> Result<bool> {
    build_all(&workspace_root().join("target/packages"), PARTS, out, only, check)
}

/// Returns the files for users, of all parts that were built in the checkout at `root`.
///
/// # Errors
/// If a report can't be read.
pub fn artifacts(root: &Path) -> Result<Vec<PathBuf>> {
    Stored::artifacts(root)
}

fn build_all(packages: &Path, parts: &[Part], out: &mut impl Write, only: &[String], check: bool) -> Result<bool> {
    if let Some(unknown) = only.iter().find(|name| !parts.iter().any(|part| part.name == *name)) {
        bail!(
            "--only {unknown}: expected one of {}",
            parts.iter().map(|part| part.name).collect::<Vec<_>>().join(", ")
        );
    }
    let (mut failed, mut checks, mut skips) = (0, 0, 0);
    for part in parts.iter().filter(|part| only.is_empty() || only.iter().any(|name| name == part.name)) {
        let name = part.name;
        let key = inputs::key(&[&[SHARED_INPUTS], part.inputs].concat().concat(), check)?;
        let (stored, note) = match Stored::load(packages, name)?.filter(|stored| stored.is_of(key.as_deref())) {
            Some(stored) => (stored, " (unchanged since it was built)"),
            None => {
                eprintln!("{name} ...");
                let mut report = Report::begin(packages, name, check)?;
                if let Err(error) = (part.build)(&mut report) {
                    writeln!(out, "FAILED  {name}: {error:#}")?;
                    failed += 1;
                    continue;
                }
                (report.store(key)?, "")
            }
        };
        writeln!(out, "ok      {name}{note}\n{stored}")?;
        out.flush().context("cannot write the report")?;
        checks += stored.checks.len();
        skips += stored.skips.len();
    }
    writeln!(out, "{checks} checks, {skips} skips, {failed} parts failed")?;
    Ok(failed == 0)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn said_of(packages: &TempDir, parts: &[Part], only: &[String]) -> Result<(bool, String)> {
        let mut out = Vec::new();
        let is_well = build_all(packages.path(), parts, &mut out, only, true)?;
        Ok((is_well, String::from_utf8(out)?))
    }

    #[test]
    fn a_part_that_fails_does_not_hide_the_next() {
        let failing = Part { name: "test-failing", inputs: &[], build: |_| bail!("no such tool") };
        let skipping = Part {
            name: "test-skipping",
            inputs: &[],
            build: |report| {
                report.check("it starts");
                report.skip("it runs on a second machine, because there is none");
                Ok(())
            },
        };
        let (is_well, said) = said_of(&TempDir::new().unwrap(), &[failing, skipping], &[]).unwrap();
        assert!(!is_well);
        let expected = "FAILED  test-failing: no such tool\nok      test-skipping\n        checked: it starts\n        \
                        skipped: it runs on a second machine, because there is none\n\n1 checks, 1 skips, 1 parts failed\n";
        assert_eq!(said, expected);
    }

    #[test]
    fn an_unknown_part_is_an_error_that_lists_the_parts() {
        let part = Part { name: "test-known", inputs: &[], build: |_| Ok(()) };
        let error = said_of(&TempDir::new().unwrap(), &[part], &["nothing".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "--only nothing: expected one of test-known");
    }

    #[test]
    fn a_part_is_built_again_when_its_inputs_change_or_it_skipped_something() {
        if inputs::key(&[], true).unwrap().is_none() {
            return; // Without git, each part is built each time.
        }
        let packages = TempDir::new().unwrap();
        let is_kept = |part: Part| {
            let name = part.name;
            let (_, said) = said_of(&packages, &[part], &[]).unwrap();
            said.contains(&format!("ok      {name} (unchanged since it was built)"))
        };
        let part = || Part {
            name: "test-kept",
            inputs: &[&["Cargo.toml"]],
            build: |report| {
                report.check("it starts");
                Ok(())
            },
        };
        assert!(!is_kept(part()));
        assert!(is_kept(part()));
        let changed = || Part { inputs: &[&["Cargo.toml"], &["rustfmt.toml"]], ..part() };
        assert!(!is_kept(changed()));
        assert!(is_kept(changed()));
        let skipping = || Part {
            build: |report| {
                report.skip("it starts, because there is no machine");
                Ok(())
            },
            ..part()
        };
        assert!(!is_kept(skipping()));
        assert!(!is_kept(skipping()));
    }
}
