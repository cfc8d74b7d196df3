//! The published docs: the folder that `cargo xtask docs --publish` writes, read as its readers do.

use std::process::Command;

use anyhow::{Result, bail};
use test_support::workspace_root;

use super::Report;
use crate::{docs, process::output, tools};

/// Its inputs beyond those of the program, which has the same pages.
pub const INPUTS: &[&str] = &["packaging/docs", "xtask/src/docs.rs"];

/// An address that nobody has. The check reads the pages from this machine.
const BASE_URL: &str = "https://docs.example.com/group-dispatch/";

pub fn build(report: &mut Report) -> Result<()> {
    let site = report.folder().join("site");
    for run in ["first", "second"] {
        if !docs::write(Some(&site), Some(BASE_URL))? {
            bail!("the {run} run of cargo xtask docs --publish failed");
        }
        if !report.is_checking() {
            break;
        }
    }
    for name in ["versions.json", "latest/llms-full.txt", "latest/changelog.xml"] {
        report.artifact(&site.join(name))?;
    }
    if report.is_checking() { check(report) } else { Ok(()) }
}

fn check(report: &mut Report) -> Result<()> {
    report.check("publishing a second time succeeds");
    if !tools::install_python("docs", "packaging/docs")? {
        report
            .skip("the published docs over HTTP and by feedparser, because Python or its packages can't be installed");
        return Ok(());
    }
    let root = workspace_root();
    let mut python = Command::new(root.join("target/tools/docs/bin/python"));
    python.arg(root.join("packaging/docs/check_site.py")).arg(report.folder().join("site")).arg(BASE_URL);
    for line in output(&mut python)?.lines() {
        report.check(line);
    }
    Ok(())
}
