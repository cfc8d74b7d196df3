//! The rules for the files of a package.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{
    dist::Report,
    process::all_output,
    publish::{Published, cargo_in},
};

/// The files that each package has.
const REQUIRED: [&str; 5] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/"];

/// Parts of paths that only developers of this workspace need.
const UNWANTED: [&str; 8] =
    ["benches/", "corpus/", "openapi/released/", "public-api.txt", "snapshots/", "tests.rs", "tests/", "tools/"];

/// The beginnings of links that lead out of a package.
const OUTSIDE: [&str; 2] = ["](../", "](/"];

/// The largest package, compressed: the server has the docs of operators, the command a sample of events.
const LARGEST_BYTES: u64 = 400_000;

/// Checks the list of files of a package in the copy of the workspace, its README and its size.
pub fn check(report: &mut Report, staged: &Path, krate: Published, size_bytes: u64) -> Result<()> {
    let Published { name, folder } = krate;
    let list = all_output(cargo_in(staged).args(["package", "--list", "--allow-dirty", "--package", name]))?;
    let files: Vec<_> = list.lines().collect();
    for required in REQUIRED {
        ensure!(files.iter().any(|file| file.starts_with(required)), "the package {name} has no {required}");
    }
    for file in &files {
        let unwanted = UNWANTED.iter().find(|unwanted| file.contains(*unwanted));
        // The site shows the recorded help of the command.
        let is_snapshot = file.ends_with(".snap") && !file.starts_with("texts/help/");
        ensure!(unwanted.is_none() && !is_snapshot, "the package {name} has {file}: exclude it in its Cargo.toml");
    }
    let readme = staged.join("crates").join(folder).join("README.md");
    let readme = fs::read_to_string(&readme).with_context(|| format!("cannot read {}", readme.display()))?;
    for outside in OUTSIDE {
        ensure!(
            !readme.contains(outside),
            "the README of {name} links to a file that is not in its package: {outside}"
        );
    }
    ensure!(size_bytes <= LARGEST_BYTES, "the package {name} has {size_bytes} bytes, more than {LARGEST_BYTES}");
    report.check(format!("{name}: {} files, with README and licenses, without tests", files.len()));
    Ok(())
}
