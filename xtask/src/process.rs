//! Runs programs to their end, for all tasks. A program that fails is an error that has the end of what it said.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, bail};

/// Lines of a program that fails which the error has at most. A compiler can print thousands.
const MAX_ERROR_LINES: usize = 60;

/// Runs a program without input and returns its standard output.
///
/// # Errors
/// If it can't be run, fails, or prints what is not UTF-8.
pub fn output(command: &mut Command) -> Result<String> {
    output_with_input(command, b"")
}

/// Runs a program that reads `input` and returns its standard output.
///
/// # Errors
/// If it can't be run, fails, or prints what is not UTF-8.
pub fn output_with_input(command: &mut Command, input: &[u8]) -> Result<String> {
    Ok(String::from_utf8(finish(command, input)?.stdout)?)
}

/// Runs a program without input and returns all that it prints: its standard output, then its standard error.
///
/// # Errors
/// If it can't be run, or fails.
pub fn all_output(command: &mut Command) -> Result<String> {
    let Output { stdout, stderr, .. } = finish(command, b"")?;
    Ok(String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

/// Runs a program that may read `input`. A program that ends without reading all of it does not fail by that.
///
/// # Errors
/// If it can't be run, or fails.
pub fn finish(command: &mut Command, input: &[u8]) -> Result<Output> {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let shown = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("{shown} cannot be run"))?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().with_context(|| format!("the output of {shown} cannot be read"))?;
    if !output.status.success() {
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        let lines: Vec<_> = said.lines().collect();
        let end = lines[lines.len().saturating_sub(MAX_ERROR_LINES)..].join("\n");
        bail!("{shown} failed ({}):\n{end}", output.status);
    }
    Ok(output)
}
