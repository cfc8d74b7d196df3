//! The part `debian`: a package for Debian, with the service for systemd, tried in a Debian of its own.

mod booted;
mod package;
mod root;
mod trial;

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use test_support::workspace_root;

use super::{binary, report::Report};
use crate::{process::output, tools::require};

/// Its inputs beyond the program.
pub const INPUTS: &[&str] = &["packaging/debian"];

const UNIT: &str = "packaging/debian/group-dispatch.service";
/// The highest exposure to attacks that `systemd-analyze security` may find, in tenths.
const MAX_EXPOSURE_TENTHS: u32 = 20;

/// Builds the package, and with `--check` examines it and installs it in a Debian of its own.
///
/// # Errors
/// If it can't be built, or something that is checked does not hold.
pub fn build(report: &mut Report) -> Result<()> {
    let binary = binary::build(report)?;
    package::stage(report, &binary)?;
    let package = package::build(report, &binary, 1)?;
    report.artifact(&package)?;
    if !report.is_checking() {
        return Ok(());
    }
    check_package(report, &package)?;
    check_security(report)?;
    match root::Root::make(&report.folder().join("root")) {
        Ok(root) => {
            let next = package::build(report, &binary, 2)?;
            let tried = trial::run(report, &root, &package, &next);
            let removed = root
                .remove()
                .and_then(|()| fs::remove_file(&next).with_context(|| format!("cannot remove {}", next.display())));
            // The failure of the trial is the one to know.
            tried.and(removed)
        }
        Err(why) => {
            report.skip(format!("the package in a Debian of its own, because {why:#}"));
            Ok(())
        }
    }
}

/// Checks what the package depends on, and by Debian's own checker whether it follows Debian's rules.
fn check_package(report: &mut Report, package: &Path) -> Result<()> {
    let path = package.display().to_string();
    if require("dpkg-deb", "dpkg").is_err() {
        report.skip("the package by dpkg-deb, because it can't be installed");
        return Ok(());
    }
    let depends = output(Command::new("dpkg-deb").args(["--field", &path, "Depends"]))?;
    if depends.trim() != "adduser" {
        bail!("the package depends on {}; expected adduser alone, because the program is static", depends.trim());
    }
    report.check("the package depends on adduser alone, and on no library");
    match require("lintian", "lintian") {
        Ok(()) => {
            let said = output(Command::new("lintian").args([
                "--allow-root",
                "--fail-on",
                "error,warning",
                "--tag-display-limit",
                "0",
                &path,
            ]))?;
            report.check(format!(
                "lintian has neither errors nor warnings{}",
                if said.trim().is_empty() { "" } else { ", only hints" }
            ));
        }
        Err(why) => report.skip(format!("the package by lintian, because {why:#}")),
    }
    Ok(())
}

fn check_security(report: &mut Report) -> Result<()> {
    if let Err(why) = require("systemd-analyze", "systemd") {
        report.skip(format!("the security of the unit, because {why:#}"));
        return Ok(());
    }
    let threshold = format!("--threshold={MAX_EXPOSURE_TENTHS}");
    let unit = workspace_root().join(UNIT).display().to_string();
    let said =
        output(Command::new("systemd-analyze").args(["security", "--offline=yes", &threshold, "--no-pager", &unit]))?;
    let overall = said.lines().find(|line| line.contains("Overall exposure level")).unwrap_or_default();
    let level = overall.split_whitespace().find(|word| word.parse::<f32>().is_ok()).unwrap_or("?");
    let limit = f64::from(MAX_EXPOSURE_TENTHS) / 10.0;
    report.check(format!("systemd-analyze security: an exposure of {level}, at most {limit:.1}"));
    Ok(())
}
