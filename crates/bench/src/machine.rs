//! Describes the machine, for the report.

use std::{fs, process::Command, thread};

/// Returns a row for each property that figures depend on.
#[must_use]
pub fn describe() -> Vec<(&'static str, String)> {
    vec![
        ("date", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string()),
        ("processor", read_value("/proc/cpuinfo", "model name")),
        ("cores", thread::available_parallelism().map_or("unknown".to_owned(), |cores| cores.to_string())),
        ("memory", read_value("/proc/meminfo", "MemTotal")),
        ("system", fs::read_to_string("/proc/version").map_or(std::env::consts::OS.to_owned(), kernel_version)),
        ("compiler", output_of(Command::new("rustc").arg("--version"))),
    ]
}

fn read_value(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix(':'));
    value.map_or("unknown".to_owned(), |value| value.trim().to_owned())
}

/// Returns "Linux version 6.1.0", without who built it.
fn kernel_version(text: String) -> String {
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

fn output_of(command: &mut Command) -> String {
    let output = command.output().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    output.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}
