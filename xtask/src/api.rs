//! The public API of the published crates, an item to a line in `crates/<name>/public-api.txt`: a change of it shows as
//! a change of that file, and is not made by mistake.
//!
//! rustdoc lists the items as JSON, whose format changes with nearly every Rust. Where it is not the one that public-api
//! reads, nothing is compared, and that is said.

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
pub const CRATES: [&str; 5] = ["types", "client", "httpmock", "docs", "server"];
/// The features that add to the API.
const FEATURES: [(&str, &str); 4] =
    [("types", "signing"), ("types", "schemars"), ("types", "utoipa"), ("client", "blocking")];
/// In its environment xtask finds the rustdoc that it stands for.
const RUSTDOC: &str = "XTASK_RUSTDOC";

/// How a comparison ended. `Display` says it to a person.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The API is as the files have it.
    Same,
    /// It is not: a unified diff.
    Changed(String),
    /// The files were written.
    Written,
    /// This Rust's rustdoc writes another format than is read here.
    Skipped(u64),
}

/// Compares the public API of some crates, named by their folders, with their files.
///
/// # Errors
/// When the crates don't build, or a file can't be read.
pub fn compare(crates: &[String]) -> Result<Outcome> {
    each_crate(crates, |path, api, differences| {
        let stands = fs::read_to_string(workspace_root().join(path)).unwrap_or_default();
        let diff = TextDiff::from_lines(&stands, api);
        *differences += &diff.unified_diff().context_radius(0).header(path, "now").to_string();
        Ok(())
    })
}

/// Writes the files anew.
///
/// # Errors
/// When the crates don't build, or a file can't be written.
pub fn write(crates: &[String]) -> Result<Outcome> {
    let outcome = each_crate(crates, |path, api, _| {
        fs::write(workspace_root().join(path), api).with_context(|| format!("cannot write {path}"))
    })?;
    Ok(if outcome == Outcome::Same { Outcome::Written } else { outcome })
}

/// Takes a step with each crate's file and its API; the differences that the steps find are the outcome.
fn each_crate(crates: &[String], mut step: impl FnMut(&str, &str, &mut String) -> Result<()>) -> Result<Outcome> {
    let root = workspace_root();
    let folder = document(&root, crates)?;
    let mut differences = String::new();
    for name in crates {
        let json = folder.join(format!("group_dispatch_{name}.json"));
        match api(&json)? {
            Ok(api) => step(&format!("crates/{name}/public-api.txt"), &api, &mut differences)?,
            Err(format) => return Ok(Outcome::Skipped(format)),
        }
    }
    Ok(if differences.is_empty() { Outcome::Same } else { Outcome::Changed(differences) })
}

/// Lets rustdoc write its JSON, and gives the folder that it is in.
fn document(root: &Path, crates: &[String]) -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mut command = cargo();
    command.args(["doc", "--quiet", "--no-deps", "--lib"]);
    command.args(crates.iter().map(|name| format!("--package=group-dispatch-{name}")));
    let features = FEATURES.iter().filter(|(name, _)| crates.iter().any(|chosen| chosen == name));
    // By their names alone: with the crate's before it, cargo would take the client for its own dev-dependency.
    command.args(features.map(|(_, feature)| format!("--features={feature}")));
    let status = command
        .env("RUSTDOC", std::env::current_exe()?)
        .env(RUSTDOC, std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into()))
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow")
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "the crates can't be documented");
    Ok(target.join("doc"))
}

/// Where xtask was started in rustdoc's place: runs rustdoc, and gives how it ended.
///
/// A stable rustdoc writes JSON when `RUSTC_BOOTSTRAP` is set. Set for all of cargo, it would have every crate built
/// anew; so it is set here, for rustdoc alone.
///
/// # Errors
/// When rustdoc can't be run.
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

/// The items of a crate, one to a line; or else the format that can't be read.
///
/// # Errors
/// When the file is not rustdoc's JSON.
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
            Self::Same => f.write_str("the public API is as crates/*/public-api.txt have it"),
            Self::Changed(differences) => write!(
                f,
                "{differences}the public API is not as crates/*/public-api.txt have it; if that is meant, \
                 `cargo xtask api --write` writes them anew (a line that is gone breaks those who use it)"
            ),
            Self::Written => f.write_str("crates/*/public-api.txt are written"),
            Self::Skipped(format) => write!(
                f,
                "skipped: this Rust's rustdoc writes format {format}, and format {FORMAT_VERSION} is read here; a \
                 public-api (Cargo.toml) that reads {format} mends it"
            ),
        }
    }
}
