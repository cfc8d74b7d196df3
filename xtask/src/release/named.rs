//! The version of the workspace in files for users: commands to copy, the chart, the image.
//!
//! A version is recognized by what stands before it, so that the versions of other programs and of the contracts stay as they are.
//! Each recognized one is that of Cargo.toml: a release sets it, and `cargo xtask policy` checks it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use regex::Regex;
use semver::Version;

/// The files and folders for users.
const PLACES: [&str; 2] = ["README.md", "packaging"];
/// Those of each crate.
const PLACES_OF_CRATES: [&str; 2] = ["README.md", "docs"];

/// What the version stands behind, and two or three numbers.
const PATTERN: &str = concat!(
    r#"(?m)(?:group-dispatch[-_:]|^ARG VERSION=|^version: |^appVersion: |group-dispatch[^\n]*?(?:= "v?|--tag v))"#,
    r"(?P<numbers>\d+\.\d+(?:\.\d+)?)(?:[^.\d]|\.\D|\.?$)"
);

/// Sets the version in each place of a checkout.
///
/// # Errors
/// If a place does not have the version `before`, or a file can't be read or written.
pub(super) fn set(root: &Path, before: &Version, after: &Version) -> Result<()> {
    let faults = each_file(root, |path, text| {
        let (changed, faults) = with_version(text, before, after)?;
        if changed != text {
            fs::write(path, changed).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(faults)
    })?;
    if faults.is_empty() { Ok(()) } else { bail!("{}", faults.join("\n")) }
}

/// Returns each place that does not have the version.
///
/// # Errors
/// If a file can't be read.
pub fn stale_versions(root: &Path, version: &Version) -> Result<Vec<String>> {
    each_file(root, |_, text| Ok(with_version(text, version, version)?.1))
}

/// Returns the text with another version, and each line that does not have the version `before`.
fn with_version(text: &str, before: &Version, after: &Version) -> Result<(String, Vec<String>)> {
    let (mut changed, mut faults, mut end) = (String::new(), Vec::new(), 0);
    let mut from = 0;
    let pattern = Regex::new(PATTERN).context("the pattern of versions")?;
    while let Some(numbers) = pattern.captures_at(text, from).and_then(|found| found.name("numbers")) {
        from = numbers.end();
        let rest = &text[numbers.start()..];
        let (old, new) = if numbers.as_str().matches('.').count() == 1 {
            (requirement(before), requirement(after))
        } else {
            (before.to_string(), after.to_string())
        };
        if rest.starts_with(&old) && (!before.pre.is_empty() || old == numbers.as_str()) {
            changed += &text[end..numbers.start()];
            changed += &new;
            end = numbers.start() + old.len();
            from = end;
        } else {
            let line = text[..numbers.start()].matches('\n').count() + 1;
            faults.push(format!("line {line} has version {}, and Cargo.toml has {before}", numbers.as_str()));
        }
    }
    changed += &text[end..];
    Ok((changed, faults))
}

/// Returns the requirement that users write: `0.1` for `0.1.2`.
fn requirement(version: &Version) -> String {
    if version.pre.is_empty() { format!("{}.{}", version.major, version.minor) } else { version.to_string() }
}

/// Returns the faults of all files, each with its path.
fn each_file(root: &Path, mut faults_of: impl FnMut(&Path, &str) -> Result<Vec<String>>) -> Result<Vec<String>> {
    let mut paths: Vec<_> = PLACES.iter().map(|place| root.join(place)).collect();
    for folder in entries(&root.join("crates"))? {
        paths.extend(PLACES_OF_CRATES.iter().map(|place| folder.join(place)).filter(|path| path.exists()));
    }
    let mut all = Vec::new();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(entries(&path)?);
            continue;
        }
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        // Pictures and archives have no lines.
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let shown = path.strip_prefix(root).unwrap_or(&path).display();
        all.extend(faults_of(&path, &text)?.iter().map(|fault| format!("{shown}: {fault}")));
    }
    all.sort();
    Ok(all)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>());
    entries.with_context(|| format!("cannot read {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "tar -xf group-dispatch-1.2.3-x86_64.tar.gz group-dispatch-1.2.3-x86_64/group-dispatch\n\
        apt install ./group-dispatch_1.2.3-1_amd64.deb\nARG VERSION=1.2.3\nversion: 1.2.3\nappVersion: 1.2.3\n\
        image: ${IMAGE:-group-dispatch:1.2.3}\ngroup-dispatch-client = { version = \"1.2\", registry = \"company\" }\n\
        group-dispatch-client = { git = \"https://YOUR-HOST/group-dispatch.git\", tag = \"v1.2.3\" }\n\
        cargo install group-dispatch --git https://YOUR-HOST/group-dispatch.git --tag v1.2.3\n\
        group-dispatch-types = \"1.2\"\n";
    const OTHERS: &str = "validator==1.2.3\ncontract version 1.2.3\ntokio = { version = \"1.2\" }\nlisten = \"1.2.3.4:80\"\n\
        group-dispatch login --url http://127.0.0.1:8080\ngroup-dispatch serve --listen = \"1.2.3.4:80\"\n  version: 1.2.3\n";

    fn with(text: &str, before: &str, after: &str) -> (String, Vec<String>) {
        with_version(text, &before.parse().unwrap(), &after.parse().unwrap()).unwrap()
    }

    #[test]
    fn each_version_of_the_workspace_is_replaced_and_no_other() {
        let expected = TEXT.replace("1.2.3", "1.3.0").replace("\"1.2\"", "\"1.3\"");
        assert_eq!(with(TEXT, "1.2.3", "1.3.0"), (expected, vec![]));
        assert_eq!(with(OTHERS, "1.2.3", "1.3.0"), (OTHERS.to_owned(), vec![]));
    }

    #[test]
    fn a_pre_release_is_replaced_as_a_whole() {
        let candidate = with(TEXT, "1.2.3", "1.3.0-rc.1").0;
        assert!(candidate.contains("./group-dispatch_1.3.0-rc.1-1_amd64.deb"), "{candidate}");
        assert!(candidate.contains("group-dispatch-types = \"1.3.0-rc.1\""), "{candidate}");
        let (released, faults) = with(&candidate, "1.3.0-rc.1", "1.3.0");
        assert!(faults.is_empty() && !released.contains("rc"), "{faults:?} {released}");
    }

    #[test]
    fn a_stale_version_is_named_by_its_line() {
        let (text, faults) = with(TEXT, "1.2.4", "1.3.0");
        assert_eq!(faults.len(), TEXT.matches("1.2.3").count(), "{faults:?}");
        assert_eq!(faults[2], "line 2 has version 1.2.3, and Cargo.toml has 1.2.4");
        assert!(text.contains("group-dispatch-1.2.3-") && text.contains("group-dispatch-types = \"1.3\""), "{text}");
    }
}
