//! The licenses of what is in the program: one file with each text once, and the packages that it is of.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    path::Path,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use test_support::workspace_root;

use crate::{cargo::cargo, dist::binary::Binary};

/// The name of the file beside the program.
pub const FILE: &str = "LICENSES-THIRD-PARTY.txt";

const MUSL: &str = "musl: MIT, Copyright (c) 2005-2020 Rich Felker and others, source: https://musl.libc.org\n";
/// Its license lets whoever has the program link it again with another version, for which the archive of the source is enough.
const GLIBC: &str = "The GNU C library: LGPL-2.1-or-later, source: https://sourceware.org/glibc, linked statically by \
                     `cargo xtask dist`, which links it again from the source of this project\n";

/// How many folders below a package's own have licenses of what it contains, such as a library in C.
const MAX_DEPTH: usize = 2;
const RULE: &str = "================================================================================";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    repository: Option<String>,
    source: Option<String>,
    manifest_path: std::path::PathBuf,
}

/// Returns the text of the file. The packages are those that the program itself lists.
pub fn collect(binary: &Binary) -> Result<String> {
    let metadata =
        cargo().args(["metadata", "--format-version", "1", "--locked"]).output().context("cannot run cargo")?;
    let metadata: Metadata = serde_json::from_slice(&metadata.stdout).context("cargo metadata failed")?;
    let own = workspace_root().join("packaging/archive/NOTICE.txt");
    let mut collected = fs::read_to_string(&own).with_context(|| format!("cannot read {}", own.display()))?;
    collected += if binary.target.ends_with("-musl") { MUSL } else { GLIBC };
    let mut texts = BTreeMap::<String, (String, BTreeSet<String>)>::new();
    for (name, version) in binary.dependencies()? {
        let package = metadata.packages.iter().find(|package| package.name == name && package.version == version);
        let package = package.with_context(|| format!("{name} {version} is in the program, but not in Cargo.lock"))?;
        if package.source.is_none() {
            continue; // It is this project's own.
        }
        let license = package.license.as_deref().unwrap_or("in its files");
        let place = package.repository.as_deref().map_or(String::new(), |url| format!(", source: {url}"));
        collected += &format!("{name} {version}: {license}{place}\n");
        for text in texts_of(package)? {
            let key = text.split_whitespace().collect::<Vec<_>>().join(" ");
            texts.entry(key).or_insert_with(|| (text, BTreeSet::new())).1.insert(format!("{name} {version}"));
        }
    }
    for (text, packages) in texts.values() {
        let packages = packages.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        collected += &format!("\n{RULE}\n{packages}\n{RULE}\n\n{}\n", text.trim_end());
    }
    Ok(collected)
}

/// Returns the licenses that a package has as files or, if it has none, the texts of those that it names.
fn texts_of(package: &Package) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let folder = package.manifest_path.parent().context("a package without a folder")?;
    read_licenses(folder, MAX_DEPTH, &mut texts)?;
    if texts.is_empty() {
        let named = package.license.as_deref().unwrap_or_default();
        let expression = spdx::Expression::parse_mode(named, spdx::ParseMode::LAX);
        let expression =
            expression.with_context(|| format!("the license of {} is not valid: {named}", package.name))?;
        texts.extend(expression.requirements().filter_map(|part| part.req.license.id()).map(|id| id.text().to_owned()));
    }
    if texts.is_empty() {
        bail!("{} {} has no license, neither as a file nor by name", package.name, package.version);
    }
    Ok(texts)
}

fn read_licenses(folder: &Path, depth: usize, texts: &mut Vec<String>) -> Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            if depth > 0 {
                read_licenses(&path, depth - 1, texts)?;
            }
        } else if is_license(&path)
            && let Ok(text) = fs::read_to_string(&path)
        {
            texts.push(text);
        }
    }
    Ok(())
}

fn is_license(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let is_text = path
        .extension()
        .is_none_or(|extension| !["rs", "c", "h", "py", "json", "hbs"].map(OsStr::new).contains(&extension));
    is_text
        && ["license", "licence", "copying", "copyright", "notice", "unlicense"]
            .iter()
            .any(|start| name.starts_with(start))
}
