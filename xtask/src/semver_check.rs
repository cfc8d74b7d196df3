//! `cargo xtask semver`: the lowest version that the public API of the crates allows since a release. A release compares with the
//! tag of the last one, and fails if its version is too low.
//!
//! Two judges complete each other. cargo-semver-checks knows rules, such as a new variant of an enum that is not
//! `non_exhaustive`, or a type that is no longer `Send`; it does not compare types of parameters, results and fields, and takes
//! new items for a patch. `public-api.txt` has a line for each item with its types, but no automatic traits and no rules: a line that
//! is gone breaks programs, and a new one is a minor version.

use std::{collections::BTreeSet, fmt, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use semver::Version;
use toml_edit::DocumentMut;

use crate::{api::CRATES, release::Git, tools::cargo_tool};

/// `native-tls` needs a library of the system.
const WITHOUT: [&str; 2] = ["default", "native-tls"];

/// A part of a version, or what a release changes of it. Below version 1.0.0 the second part counts as the major one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Nothing that programs see.
    Patch,
    /// Something new.
    Minor,
    /// Something that breaks programs.
    Major,
}

impl Level {
    /// Returns the level of a release of `next` after `last`.
    #[must_use]
    pub fn between(last: &Version, next: &Version) -> Self {
        match last.major == next.major {
            false => Self::Major,
            true if last.minor == next.minor && last.major > 0 => Self::Patch,
            // cargo takes 0.1.1 for compatible with 0.1.0, with something new or without.
            true if last.minor == next.minor || last.major > 0 => Self::Minor,
            true => Self::Major,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// What has changed since a release.
#[derive(Debug)]
pub struct Changes {
    /// The lowest level of a release with these changes.
    pub level: Level,
    /// What cargo-semver-checks prints about each change.
    pub report: String,
}

/// Compares the libraries of the checkout at `root` with those of a revision.
///
/// # Errors
/// If the tool can't be installed or the crates don't build.
pub fn changes(root: &Path, revision: &str) -> Result<Changes> {
    let mut all = Changes { level: Level::Patch, report: String::new() };
    let git = Git::of(root)?;
    for name in CRATES {
        let path = format!("crates/{name}/public-api.txt");
        // A crate that is new has none.
        let before = git.run(&["show", &format!("{revision}:{path}")]).unwrap_or_default();
        let now = fs::read_to_string(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
        let listed = of_lists(&before, &now);
        all.level = all.level.max(listed.level);
        all.report += &listed.report;
        let manifest = fs::read_to_string(root.join(format!("crates/{name}/Cargo.toml")))?;
        let found = of_package(root, &format!("group-dispatch-{name}"), &features(&manifest)?, revision)?;
        all.level = all.level.max(found.level);
        all.report += &found.report;
    }
    Ok(all)
}

/// Compares two lists of the items of a crate.
fn of_lists(before: &str, now: &str) -> Changes {
    let [before, now] = [before, now].map(|list| list.lines().map(without_names).collect::<BTreeSet<_>>());
    let gone: String = before.difference(&now).map(|item| format!("gone or changed: {item}\n")).collect();
    let level = match (gone.is_empty(), now.is_subset(&before)) {
        (false, _) => Level::Major,
        (true, false) => Level::Minor,
        (true, true) => Level::Patch,
    };
    Changes { level, report: gone }
}

/// Returns the line of a function without the names of its parameters, which callers don't write.
fn without_names(item: &str) -> String {
    let Some((head, parameters)) = item.split_once('(').filter(|(head, _)| head.contains("fn ")) else {
        return item.to_owned();
    };
    let is_name = |word: &str| !word.is_empty() && word.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let parts = parameters.split(", ").map(|part| match part.split_once(": ") {
        Some((name, of_type)) if is_name(name) => of_type,
        _ => part,
    });
    format!("{head}({}", parts.collect::<Vec<_>>().join(", "))
}

/// Returns the features of a manifest, without those that can't be compiled everywhere.
///
/// # Errors
/// If it is not TOML.
pub fn features(manifest: &str) -> Result<Vec<String>> {
    let manifest: DocumentMut = manifest.parse()?;
    let features = manifest.get("features").and_then(|features| features.as_table());
    let names = features.into_iter().flat_map(|table| table.iter().map(|(name, _)| name.to_owned()));
    Ok(names.filter(|name| !WITHOUT.contains(&name.as_str())).collect())
}

/// Compares a package with that of a revision.
///
/// # Errors
/// If the tool can't be installed or the package does not build.
pub fn of_package(root: &Path, package: &str, features: &[String], revision: &str) -> Result<Changes> {
    let output = Command::new(cargo_tool("cargo-semver-checks", "0.51.0")?)
        .args(["semver-checks", "--package", package, "--baseline-rev", revision, "--release-type", "patch"])
        .args(["--color", "never", "--only-explicit-features"])
        .args(features.iter().flat_map(|feature| ["--features", feature]))
        .current_dir(root)
        .output()
        .context("cannot run cargo-semver-checks")?;
    let report = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let level = match (output.status.success(), level_in(&report)) {
        (true, None) => Level::Patch,
        (false, Some(level)) => level,
        _ => bail!("cargo-semver-checks can't compare {package}:\n{report}"),
    };
    let report = if level == Level::Patch { String::new() } else { report };
    Ok(Changes { level, report })
}

/// Returns the level that a report requires, or `None` if it requires none.
fn level_in(report: &str) -> Option<Level> {
    [Level::Major, Level::Minor].into_iter().find(|level| report.contains(&format!("requires new {level} version")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_one_the_second_part_is_the_major_one() {
        let level = |last: &str, next: &str| Level::between(&last.parse().unwrap(), &next.parse().unwrap());
        assert_eq!(level("0.1.0", "0.1.1"), Level::Minor);
        assert_eq!(level("0.1.0", "0.2.0"), Level::Major);
        assert_eq!(level("0.2.0", "1.0.0"), Level::Major);
        assert_eq!(level("1.0.0", "1.0.1"), Level::Patch);
        assert_eq!(level("1.0.0", "1.1.0"), Level::Minor);
        assert_eq!(level("1.1.0", "2.0.0"), Level::Major);
    }

    #[test]
    fn a_line_that_is_gone_breaks_programs_and_a_new_one_does_not() {
        let level = |before: &str, now: &str| of_lists(before, now).level;
        let before = "pub fn a::Client::feed(&self, events: u32, other: (u8, u8)) -> bool\npub a::Answer::value: u32\n";
        assert_eq!(level(before, before), Level::Patch);
        assert_eq!(level(before, &before.replace("events: ", "all: ")), Level::Patch);
        assert_eq!(level(before, &format!("{before}pub struct a::Other\n")), Level::Minor);
        for (old, new) in [
            ("events: u32", "events: u64"),
            ("-> bool", "-> u8"),
            ("u8, u8", "u8, u16"),
            ("value: u32", "value: u64"),
            ("value", "key"),
        ] {
            let found = of_lists(before, &before.replace(old, new));
            assert!(found.level == Level::Major && found.report.starts_with("gone or changed: pub "), "{new}");
        }
    }

    #[test]
    fn the_features_are_those_of_the_manifest() {
        let features = features("[features]\ndefault = []\nnative-tls = []\njiff = []\n").unwrap();
        assert_eq!(features, ["jiff"]);
    }
}
