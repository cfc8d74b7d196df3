//! `cargo xtask release`: makes a release of the workspace, with one command and as a whole or not at all.
//!
//! The release is made in a work tree of its own, `target/release-train`: versions, changelogs, released contracts, the commit and
//! the archives. Only when all of that is there do the tags and the branch move, so that a failure leaves the checkout as it was.
//! Nothing is pushed or published.

mod archive;
mod changelog;
mod contracts;
mod git;
mod named;
mod plan;
mod train;
mod versions;

use std::{io::Write, path::Path};

use anyhow::{Result, bail};

use self::plan::Plan;
use self::train::Train;
pub use self::{
    archive::write_source_archive,
    changelog::unreleased_entries,
    contracts::{immutability_faults, record},
    git::Git,
    named::stale_versions,
    versions::Manifest,
};

/// The text of `cargo xtask release --help` below the options.
pub const HELP: &str = "\
The version is one of these:

  (none)               the version in Cargo.toml, if it is not released yet
  major, minor, patch  the last released version with this part one higher
  1.2.3                this version

One commit sets the version of all crates, of the requirements between them and in files for users, gives the entries under \"Unreleased\" in each \
CHANGELOG.md the version and the date, and copies new contracts to openapi/released. Tags: v1.2.3, and one such as \
openapi-1.2.3 for each contract without one. target/packages gets the source archive, what `cargo xtask dist --check` builds, and \
SHA256SUMS. Nothing is pushed or published. If a step fails, branch, tags and files stay as they were.";

/// How a release is made.
#[derive(Debug, Default)]
pub struct Options {
    /// The version, or the part that grows; the version in Cargo.toml by default.
    pub version: Option<String>,
    /// Throw the release away when it is made.
    pub dry_run: bool,
    /// Sign the commit, the tags and the sums with the key of git's configuration.
    pub sign: bool,
    /// Neither compare the API with the last release nor build and try the packages.
    pub unchecked: bool,
}

/// Makes a release of the checkout at `root`, and prints what it consists of.
///
/// # Errors
/// If the checkout is not ready, with every reason, or if a step fails. Then nothing has changed.
pub fn release(out: &mut impl Write, root: &Path, options: &Options) -> Result<()> {
    let git = Git::of(root)?;
    let plan = Plan::of(&git, options.version.as_deref())?;
    write!(out, "{plan}")?;
    let faults = plan.faults(&git)?;
    if !faults.is_empty() {
        bail!("version {} can't be released:\n- {}", plan.version, faults.join("\n- "));
    }
    let train = Train::prepare(&git, &plan, options.sign)?;
    writeln!(out, "\n{}", train.summary()?)?;
    if options.unchecked {
        writeln!(out, "skipped: the API is not compared and no package is built, because of --unchecked")?;
    } else {
        train.compare_api(out)?;
        if options.dry_run {
            writeln!(out, "skipped: no package is built, because of --dry-run")?;
        } else {
            train.build_packages()?;
        }
    }
    let archive = train.write_archives(options.sign)?;
    if options.dry_run {
        writeln!(out, "would write {archive} and its line in SHA256SUMS\nnothing has changed, because of --dry-run")?;
        return Ok(());
    }
    train.take_over(options.sign)?;
    writeln!(out, "released {}: see target/packages/SHA256SUMS", plan.version)?;
    writeln!(out, "to publish it: git push --atomic REMOTE {} {}", plan.branch, plan.tags().join(" "))?;
    Ok(())
}
