//! What the contract's version has to be. Somebody broken needs a new major version, anything else that is new a new
//! minor one, other words a new patch. Versions never go down, and each has its heading in the contract's changelog.

use anyhow::{Context, Result};
use semver::Version;
use serde_json::Value;

use super::rules::Severity;

/// The lowest version that changes of this gravity may have; without changes, the released one.
pub fn lowest(released: &Version, gravest: Option<Severity>) -> Version {
    let Version { major, minor, patch, .. } = *released;
    match gravest {
        Some(Severity::Breaking) => Version::new(major + 1, 0, 0),
        Some(Severity::Compatible) => Version::new(major, minor + 1, 0),
        Some(Severity::Words) => Version::new(major, minor, patch + 1),
        None => released.clone(),
    }
}

/// Whether a changelog has a heading for the version: `## 1.0.0`, or `## 1.0.0 - 2026-11-23`.
pub fn has_heading(changelog: &str, version: &Version) -> bool {
    let heading = format!("## {version}");
    changelog
        .lines()
        .any(|line| line.strip_prefix(&heading).is_some_and(|rest| rest.trim().is_empty() || rest.starts_with(" - ")))
}

/// The semantic version of a contract.
pub fn version_of(contract: &Value) -> Result<Version> {
    let version =
        contract.pointer("/info/version").and_then(Value::as_str).context("the contract has no info.version")?;
    Version::parse(version).with_context(|| format!("info.version {version:?} is not a semantic version, as 1.2.3 is"))
}
