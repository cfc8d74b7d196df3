//! What it was measured on.

use std::{fs, process::Command, thread};

/// A line for each thing that figures depend on.
#[must_use]
pub fn described() -> Vec<(&'static str, String)> {
    vec![
        ("date", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string()),
        ("processor", of_file("/proc/cpuinfo", "model name")),
        ("cores", thread::available_parallelism().map_or("unknown".to_owned(), |cores| cores.to_string())),
        ("memory", of_file("/proc/meminfo", "MemTotal")),
        ("system", fs::read_to_string("/proc/version").map_or(std::env::consts::OS.to_owned(), first_words)),
        ("compiler", said(Command::new("rustc").arg("--version"))),
    ]
}

fn of_file(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix(':'));
    value.map_or("unknown".to_owned(), |value| value.trim().to_owned())
}

/// "Linux version 6.1.0", without who built it.
fn first_words(text: String) -> String {
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

fn said(command: &mut Command) -> String {
    let output = command.output().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    output.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}
