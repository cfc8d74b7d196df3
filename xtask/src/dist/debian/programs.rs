//! Runs the programs of the part, and installs those that are missing.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::tools::apt_install;

/// Makes sure that a program is there, and installs its package if it is not.
pub fn needs(program: &str, package: &str) -> Result<()> {
    let is_there = || Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if is_there() {
        return Ok(());
    }
    apt_install(&[package]).with_context(|| format!("{package} can't be installed"))?;
    if is_there() { Ok(()) } else { bail!("{program} does not run") }
}

/// Runs a program and returns its standard output.
pub fn output(program: &str, arguments: &[&str]) -> Result<String> {
    output_of(Command::new(program).args(arguments))
}

/// Runs a command and returns its standard output. The error has all that it said.
pub fn output_of(command: &mut Command) -> Result<String> {
    let shown = format!("{} {:?}", command.get_program().to_string_lossy(), command.get_args().collect::<Vec<_>>());
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("{shown} can't be run"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{shown} failed ({}):\n{text}{}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(text)
}
