//! `cargo xtask api`: compares the public API of the published crates with `crates/<name>/public-api.txt`, which has a line
//! for each item. A change of the API is a change of that file, so that nobody makes one by mistake.
//!
//! rustdoc lists the items as JSON, in a format that changes with nearly every version of Rust. If public-api can't read
//! the format, nothing is compared, and the check is reported as skipped.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, ensure};
use rustdoc_types::FORMAT_VERSION;
use serde_json::Value;
use similar::TextDiff;
use test_support::workspace_root;

use crate::cargo::cargo;

/// The folders of the published libraries, below `crates`.
pub const CRATES: [&str; 7] = ["types", "client", "httpmock", "docs", "server", "mirror", "simulated-vendor"];
/// The features that add to the API.
const FEATURES: [(&str, &str); 5] = [
    ("types", "signing"),
    ("types", "schemars"),
    ("types", "utoipa"),
    ("client", "blocking"),
    ("simulated-vendor", "http"),
];
/// The variable that names the real rustdoc, if cargo runs xtask in its place.
const RUSTDOC: &str = "XTASK_RUSTDOC";

/// The result of a comparison. `Display` explains it.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The API is what the files list.
    Same,
    /// It is not, with this unified diff.
    Changed(String),
    /// The files were written.
    Written,
    /// rustdoc writes a format that can't be read here.
    Skipped(u64),
}

/// Compares the public API of the crates in these folders with their files.
///
/// # Errors
/// If the crates don't build, or a file can't be read.
pub fn compare(crates: &[String]) -> Result<Outcome> {
    each_crate(crates, |path, api, differences| {
        let stands = fs::read_to_string(workspace_root().join(path)).unwrap_or_default();
        let diff = TextDiff::from_lines(&stands, api);
        *differences += &diff.unified_diff().context_radius(0).header(path, "now").to_string();
        Ok(())
    })
}

/// Writes the files.
///
/// # Errors
/// If the crates don't build, or a file can't be written.
pub fn write(crates: &[String]) -> Result<Outcome> {
    let outcome = each_crate(crates, |path, api, _| {
        fs::write(workspace_root().join(path), api).with_context(|| format!("cannot write {path}"))
    })?;
    Ok(if outcome == Outcome::Same { Outcome::Written } else { outcome })
}

/// Calls `step` with the file and the API of each crate. The differences that the steps add are the outcome.
fn each_crate(crates: &[String], mut step: impl FnMut(&str, &str, &mut String) -> Result<()>) -> Result<Outcome> {
    let root = workspace_root();
    let folder = document(&root, crates)?;
    let mut differences = String::new();
    for name in crates {
        let json = folder.join(format!("group_dispatch_{}.json", name.replace('-', "_")));
        match api(&json)? {
            Ok(api) => step(&format!("crates/{name}/public-api.txt"), &api, &mut differences)?,
            Err(format) => return Ok(Outcome::Skipped(format)),
        }
    }
    Ok(if differences.is_empty() { Outcome::Same } else { Outcome::Changed(differences) })
}

/// Makes rustdoc write its JSON, and returns the folder that it is in.
fn document(root: &Path, crates: &[String]) -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mut command = cargo();
    command.args(["doc", "--quiet", "--no-deps", "--lib"]);
    command.args(crates.iter().map(|name| format!("--package=group-dispatch-{name}")));
    let features = FEATURES.iter().filter(|(name, _)| crates.iter().any(|chosen| chosen == name));
    // Without the name of the crate: `crate/feature` would name a dev-dependency of the client on itself.
    command.args(features.map(|(_, feature)| format!("--features={feature}")));
    command.env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow");
    let status = with_unstable_rustdoc(&mut command)?.status().context("cannot run cargo")?;
    ensure!(status.success(), "the crates can't be documented");
    Ok(target.join("doc"))
}

/// Makes cargo run xtask in the place of rustdoc, so that rustdoc has its unstable features.
///
/// # Errors
/// If the path of xtask is not known.
pub fn with_unstable_rustdoc(command: &mut Command) -> Result<&mut Command> {
    let rustdoc = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    Ok(command.env("RUSTDOC", std::env::current_exe()?).env(RUSTDOC, rustdoc))
}

/// Runs rustdoc and returns how it ended, if cargo runs xtask in its place.
///
/// A stable rustdoc has unstable features if `RUSTC_BOOTSTRAP` is set. If that were set for cargo, it would build every crate again;
/// so it is set here, for rustdoc alone.
///
/// # Errors
/// If rustdoc can't be run.
pub fn in_place_of_rustdoc() -> Result<Option<ExitCode>> {
    let Some(rustdoc) = std::env::var_os(RUSTDOC) else { return Ok(None) };
    let status = Command::new(rustdoc)
        .args(std::env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove(RUSTDOC)
        .status()
        .context("cannot run rustdoc")?;
    Ok(Some(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }))
}

/// Returns the items of a crate, one to a line; or else the format that can't be read.
///
/// # Errors
/// If the file is not rustdoc's JSON.
pub fn api(json: &Path) -> Result<Result<String, u64>> {
    let text = fs::read_to_string(json).with_context(|| format!("cannot read {}", json.display()))?;
    let format = serde_json::from_str::<Value>(&text)?.get("format_version").and_then(Value::as_u64);
    let format = format.with_context(|| format!("{} has no format_version", json.display()))?;
    if format != u64::from(FORMAT_VERSION) {
        return Ok(Err(format));
    }
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .with_context(|| format!("in {}", json.display()))?;
    Ok(Ok(api.to_string()))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("the public API is what crates/*/public-api.txt list"),
            Self::Changed(differences) => write!(
                f,
                "{differences}the public API is not what crates/*/public-api.txt list; if the change is intended, write \
                 them with `cargo xtask api --write` (a line that is gone breaks the programs that use it)"
            ),
            Self::Written => f.write_str("crates/*/public-api.txt are written"),
            Self::Skipped(format) => write!(
                f,
                "skipped: this Rust's rustdoc writes format {format}, and format {FORMAT_VERSION} is read here; depend \
                 on a public-api (Cargo.toml) that reads {format}"
            ),
        }
    }
}
