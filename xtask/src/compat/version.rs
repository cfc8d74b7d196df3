//! The version that a contract needs: a new major version if a program breaks, a new minor one for anything else that is
//! new, and a patch for words. Versions never go down, and each has a heading in the contract's changelog.

use anyhow::{Context, Result};
use semver::Version;
use serde_json::Value;

use super::rules::Severity;

/// Returns the lowest version for changes of this severity; the released one if there are none.
pub fn lowest(released: &Version, most_severe: Option<Severity>) -> Version {
    let Version { major, minor, patch, .. } = *released;
    match most_severe {
        Some(Severity::Breaking) => Version::new(major + 1, 0, 0),
        Some(Severity::Compatible) => Version::new(major, minor + 1, 0),
        Some(Severity::Words) => Version::new(major, minor, patch + 1),
        None => released.clone(),
    }
}

/// Returns whether a changelog has a heading for the version: `## 1.0.0`, or `## 1.0.0 - 2026-11-23`.
pub fn has_heading(changelog: &str, version: &Version) -> bool {
    let heading = format!("## {version}");
    changelog
        .lines()
        .any(|line| line.strip_prefix(&heading).is_some_and(|rest| rest.trim().is_empty() || rest.starts_with(" - ")))
}

/// Returns the semantic version of a contract.
pub fn version_of(contract: &Value) -> Result<Version> {
    let version =
        contract.pointer("/info/version").and_then(Value::as_str).context("the contract has no info.version")?;
    Version::parse(version).with_context(|| format!("info.version {version:?} is not a semantic version, as 1.2.3 is"))
}
