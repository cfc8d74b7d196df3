//! Tests that need a tool that not every machine has.

use std::{
    env,
    fs::OpenOptions,
    io::{self, Write},
    thread,
};

/// Names the file to which [`skip`] appends a line, so that the skips of a run can be counted.
const SKIPS: &str = "GROUP_DISPATCH_SKIPS";

/// Reports that the test of this thread is skipped, and why.
///
/// The line goes to standard error directly: the test harness captures `eprintln!`.
///
/// # Panics
/// If the line can't be written.
pub fn skip(because: &str) {
    skip_part(&format!("{}, because {because}", thread::current().name().unwrap_or_default()));
}

/// Reports that a part of a longer run is skipped: which and why.
///
/// # Panics
/// If the line can't be written.
#[expect(clippy::unwrap_used, reason = "only tests and tasks call it")]
pub fn skip_part(what: &str) {
    let line = format!("skipped: {what}\n");
    if let Some(file) = env::var_os(SKIPS) {
        OpenOptions::new().append(true).create(true).open(file).unwrap().write_all(line.as_bytes()).unwrap();
    }
    io::stderr().write_all(line.as_bytes()).unwrap();
}
