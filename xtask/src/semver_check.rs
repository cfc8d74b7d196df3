//! `cargo xtask semver`: the lowest version that the public API of the crates allows since a release, by cargo-semver-checks.
//!
//! It knows which changes of an API break programs, and says so by name; `cargo xtask api` shows each change of an API in the
//! commit that makes it, and judges none. A release compares with the tag of the last one, and fails if its version is too low.

use std::{fmt, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use semver::Version;
use toml_edit::DocumentMut;

use crate::{api::CRATES, tools::cargo_tool};

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
    for name in CRATES {
        let manifest = fs::read_to_string(root.join(format!("crates/{name}/Cargo.toml")))?;
        let found = of_package(root, &format!("group-dispatch-{name}"), &features(&manifest)?, revision)?;
        all.level = all.level.max(found.level);
        all.report += &found.report;
    }
    Ok(all)
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
    fn the_features_are_those_of_the_manifest() {
        let features = features("[features]\ndefault = []\nnative-tls = []\njiff = []\n").unwrap();
        assert_eq!(features, ["jiff"]);
    }
}
