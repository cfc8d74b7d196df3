//! The source archive: what `git archive` makes of the commit that is checked out.

use std::{env, fs, process::Command};

use anyhow::{Context, Result, bail, ensure};
use test_support::workspace_root;

use super::Report;
use crate::{
    release::{Git, Manifest, write_source_archive},
    tools::run,
};

/// The files that it is made from.
pub const INPUTS: &[&str] = &["."];

pub fn build(report: &mut Report) -> Result<()> {
    let root = workspace_root();
    let git = match Git::of(&root) {
        Ok(git) => git,
        Err(error) => {
            report.skip(format!("the source archive, because {error:#}"));
            return Ok(());
        }
    };
    let version = Manifest::read(&root)?.version;
    let archive = write_source_archive(&git, "HEAD", &version, report.folder())?;
    report.artifact(&archive)?;
    // It has the name and the time of the commit, and another commit can have the same files.
    report.do_not_keep();
    if !report.is_checking() {
        return Ok(());
    }
    let again = report.folder().join("again");
    let second = write_source_archive(&git, "HEAD", &version, &again)?;
    ensure!(fs::read(&archive)? == fs::read(&second)?, "two archives of the same commit differ");
    report.check("a second archive of the commit has the same bytes");

    run(&again, "tar", &["xzf", &second.display().to_string()])?;
    let unpacked = again.join(format!("group-dispatch-{version}"));
    for file in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "Cargo.lock", "crates/docs/openapi/group-dispatch.yaml"]
    {
        ensure!(unpacked.join(file).exists(), "the archive has no {file}");
    }
    let lint = Command::new(env::current_exe()?)
        .arg("lint")
        .current_dir(&unpacked)
        .env("CARGO_MANIFEST_DIR", &unpacked)
        .output()
        .context("cannot run xtask")?;
    if !lint.status.success() {
        bail!("the unpacked archive: {}", String::from_utf8_lossy(&lint.stdout));
    }
    let metadata = ["metadata", "--locked", "--format-version", "1", "--quiet"];
    run(&unpacked, "cargo", &metadata)?;
    report.check("what it unpacks to has the licenses, a lock file that fits, and contracts without findings");
    fs::remove_dir_all(&again).context("cannot remove what was unpacked")
}
