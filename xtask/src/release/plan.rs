//! What a release consists of, and whether the checkout is ready for it.

use std::{fmt, fs};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use semver::{Prerelease, Version};

use super::{
    changelog,
    contracts::{self, NewContract},
    git::Git,
    versions::Manifest,
};

/// A release that can be made.
#[derive(Debug)]
pub struct Plan {
    /// The version in Cargo.toml.
    pub current: Version,
    /// The last released version.
    pub last: Option<Version>,
    /// The version of the release.
    pub version: Version,
    /// The branch that is checked out.
    pub branch: String,
    /// The names of the crates whose version is the workspace's, and the folders of those that are published.
    pub manifest: Manifest,
    /// The contracts that have no tag yet.
    pub contracts: Vec<NewContract>,
    /// The day of the release, in UTC.
    pub date: String,
}

impl Plan {
    /// Returns the release of a checkout.
    ///
    /// # Errors
    /// If `wanted` is no version that can follow the last one, or if a file can't be read.
    pub fn of(git: &Git, wanted: Option<&str>) -> Result<Self> {
        let manifest = Manifest::read(git.root())?;
        let last = git.last_release()?;
        let current = manifest.version.clone();
        let version = next(&current, last.as_ref(), wanted)?;
        Ok(Self {
            version,
            // Empty if a commit is checked out instead of a branch, which is a fault.
            branch: git.run(&["symbolic-ref", "--quiet", "--short", "HEAD"]).unwrap_or_default(),
            contracts: contracts::without_tag(git)?,
            date: Timestamp::now().strftime("%Y-%m-%d").to_string(),
            current,
            last,
            manifest,
        })
    }

    /// The tag of the crates.
    #[must_use]
    pub fn tag(&self) -> String {
        format!("v{}", self.version)
    }

    /// The names of all tags.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        let contracts = self.contracts.iter().map(NewContract::tag);
        std::iter::once(self.tag()).chain(contracts).collect()
    }

    /// Returns each reason why this can't be released.
    ///
    /// # Errors
    /// If git fails, or a file can't be read.
    pub fn faults(&self, git: &Git) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        let changed = git.run(&["status", "--porcelain"])?;
        if !changed.is_empty() {
            let files: Vec<_> = changed.lines().take(5).map(|line| line.get(3..).unwrap_or(line)).collect();
            let more = if changed.lines().count() > files.len() { ", ..." } else { "" };
            faults.push(format!("files are not committed: {}{more}: commit or stash them", files.join(", ")));
        }
        if self.branch.is_empty() {
            faults.push("no branch is checked out, so that the commit would be lost: git switch BRANCH".to_owned());
        }
        // As of the last `git fetch`. A branch without an upstream has none to be behind.
        if let Ok(upstream) = git.run(&["rev-parse", "--abbrev-ref", "@{upstream}"])
            && git.run(&["merge-base", "--is-ancestor", "@{upstream}", "HEAD"]).is_err()
        {
            let branch = &self.branch;
            faults.push(format!(
                "{branch} does not have all commits of {upstream}: git pull --rebase, or git rebase {upstream}"
            ));
        }
        if git.has_tag(&self.tag()) {
            faults.push(format!("the tag {} exists: choose another version", self.tag()));
        }
        if let Err(error) = git.run(&["var", "GIT_COMMITTER_IDENT"]) {
            faults.push(format!("{error:#}"));
        }
        faults.extend(contracts::faults(git)?);
        let mut entry_count = 0;
        for path in self.manifest.changelogs() {
            let Ok(text) = fs::read_to_string(git.root().join(&path)) else {
                faults.push(format!("{path} is missing"));
                continue;
            };
            match changelog::unreleased(&text, &self.version) {
                Ok(entries) => entry_count += usize::from(!entries.is_empty()),
                Err(fault) => faults.push(format!("{path} {fault}")),
            }
        }
        if entry_count == 0 {
            faults.push("no CHANGELOG.md has an entry under \"## Unreleased\": say what is new".to_owned());
        }
        Ok(faults)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.last.as_ref().map_or("none".to_owned(), Version::to_string);
        writeln!(f, "version    {} (in Cargo.toml: {}; last release: {last})", self.version, self.current)?;
        writeln!(f, "date       {}", self.date)?;
        writeln!(f, "crates     {}", self.manifest.published().map(|(name, _)| name).collect::<Vec<_>>().join(", "))?;
        writeln!(f, "changelogs {}", self.manifest.changelogs().collect::<Vec<_>>().join(", "))?;
        for contract in &self.contracts {
            writeln!(
                f,
                "contract   {} {}, to {}",
                contract.entry.path,
                contract.version,
                contract.released().display()
            )?;
        }
        writeln!(f, "tags       {}", self.tags().join(", "))
    }
}

/// Returns the version that is `wanted`.
fn next(current: &Version, last: Option<&Version>, wanted: Option<&str>) -> Result<Version> {
    let is_released = last.is_some_and(|last| current <= last);
    let Version { major, minor, patch, .. } = *last.unwrap_or(current);
    let next = match wanted {
        None if is_released => bail!("version {current} is released: name major, minor, patch or a version"),
        None => current.clone(),
        Some("major" | "minor" | "patch") if last.is_none() => {
            bail!("nothing is released yet: name no level to release version {current}, or name a version")
        }
        Some("major") => Version::new(major + 1, 0, 0),
        Some("minor") => Version::new(major, minor + 1, 0),
        Some("patch") if last.is_some_and(|last| last.pre != Prerelease::EMPTY) => Version::new(major, minor, patch),
        Some("patch") => Version::new(major, minor, patch + 1),
        Some(version) => Version::parse(version)
            .with_context(|| format!("expected major, minor, patch or a version such as 1.2.3, found {version:?}"))?,
    };
    if let Some(last) = last.filter(|last| next <= **last) {
        bail!("version {next} is not above {last}, which is released");
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(current: &str, last: Option<&str>, wanted: Option<&str>) -> String {
        let version = |text: &str| Version::parse(text).unwrap();
        match next(&version(current), last.map(version).as_ref(), wanted) {
            Ok(version) => version.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_first_release_has_the_version_of_the_manifest() {
        assert_eq!(said("0.1.0", None, None), "0.1.0");
        assert_eq!(said("0.1.0", None, Some("1.0.0")), "1.0.0");
        assert!(said("0.1.0", None, Some("minor")).starts_with("nothing is released yet: "));
    }

    #[test]
    fn a_level_counts_from_the_last_release() {
        assert_eq!(said("0.1.3", Some("0.1.3"), Some("patch")), "0.1.4");
        assert_eq!(said("0.1.3", Some("0.1.3"), Some("minor")), "0.2.0");
        assert_eq!(said("0.1.3", Some("0.1.3"), Some("major")), "1.0.0");
        assert_eq!(said("0.2.0-rc.1", Some("0.2.0-rc.1"), Some("patch")), "0.2.0");
        assert_eq!(said("0.2.0", Some("0.1.3"), None), "0.2.0");
    }

    #[test]
    fn versions_never_go_down() {
        assert_eq!(
            said("0.1.3", Some("0.1.3"), None),
            "version 0.1.3 is released: name major, minor, patch or a version"
        );
        for wanted in ["0.1.3", "0.1.2", "0.1.3-rc.1"] {
            assert!(said("0.1.3", Some("0.1.3"), Some(wanted)).ends_with("is not above 0.1.3, which is released"));
        }
        assert!(
            said("0.1.3", None, Some("next")).starts_with("expected major, minor, patch or a version such as 1.2.3")
        );
    }
}
