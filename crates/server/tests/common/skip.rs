//! Tests that need what not every machine has.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::{
    env,
    fs::OpenOptions,
    io::{self, Write},
    thread,
};

/// Names the file to which [`skip`] adds a line, so that the skips of a run can be counted.
const SKIPS: &str = "GROUP_DISPATCH_SKIPS";

/// Says that the test of this thread is skipped, and why. The harness keeps what `eprintln!` gives it, so this goes past it.
pub fn skip(because: &str) {
    let line = format!("skipped: {}, because {because}\n", thread::current().name().unwrap_or_default());
    if let Some(file) = env::var_os(SKIPS) {
        OpenOptions::new().append(true).create(true).open(file).unwrap().write_all(line.as_bytes()).unwrap();
    }
    io::stderr().write_all(line.as_bytes()).unwrap();
}
