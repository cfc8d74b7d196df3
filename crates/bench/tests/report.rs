//! A small run, which must end in a report with a line for each goal. Figures are measured only on idle machines.
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

const BENCH: &str = env!("CARGO_BIN_EXE_group-dispatch-bench");

/// Builds the measured command, which the tests of this crate alone don't build.
fn server() -> PathBuf {
    // In the whole workspace, so that `cargo test --workspace` has built it already.
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--bin", "group-dispatch", "--tests"])
        .status()
        .unwrap();
    assert!(built.success());
    Path::new(BENCH).with_file_name(format!("group-dispatch{}", std::env::consts::EXE_SUFFIX))
}

fn bench(into: &Path, arguments: &[&str]) -> Output {
    let mut bench = Command::new(BENCH);
    bench.args(["--accounts", "200", "--events", "2000", "--seconds", "0.2", "--rounds", "1", "--no-pin"]);
    bench.arg("--into").arg(into).arg("--server").arg(server()).args(arguments).output().unwrap()
}

#[test]
fn a_small_run_ends_in_a_report_with_a_line_for_each_goal() {
    let into = tempfile::tempdir().unwrap();
    let output = bench(into.path(), &["--prism", "/nowhere/prism"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let report = std::fs::read_to_string(into.path().join("report.md")).unwrap();
    let lines: Vec<Vec<&str>> = report
        .lines()
        .map(|line| line.split('|').map(str::trim).collect())
        .filter(|cells: &Vec<_>| cells.len() == 8)
        .collect();
    assert!(lines.len() > 20, "{report}");
    for cells in &lines[2..] {
        assert!(["met", "missed", "no goal", "not measured"].contains(&cells[6]), "{cells:?}");
    }
    // These goals are measured on every machine.
    for what in ["queryWhatsAppInfo, requests/s", "queryUserStatusLog of one agent", "a filter that matches nothing"] {
        let line = lines.iter().find(|cells| cells[1].starts_with(what)).unwrap();
        assert!(line[2].contains(['s']) && line[4].contains(" to "), "{report}");
    }
    assert!(report.contains("/nowhere/prism is missing"), "{report}");
    assert!(report.contains("(goals.svg)") && into.path().join("goals.svg").exists());
    assert!(report.contains("growth needs more than 10,000 events"), "{report}");
    assert!(!into.path().join("work").exists(), "what a run changes goes with it");
}

#[test]
fn a_section_is_measured_alone_and_its_database_is_used_again() {
    let into = tempfile::tempdir().unwrap();
    let only = |part| bench(into.path(), &["--only", part]);
    let first = only("start");
    assert!(String::from_utf8_lossy(&first.stderr).contains("creating a database of 200 accounts and 2000 events"));
    let second = only("start");
    assert!(!String::from_utf8_lossy(&second.stderr).contains("creating"));
    let table = String::from_utf8_lossy(&second.stdout).into_owned();
    let line = table.lines().find(|line| line.starts_with("| a start until")).unwrap();
    assert!(line.contains(" ms "), "{table}");
    assert!(table.contains("queryWhatsAppInfo, requests/s: not selected in this run"), "{table}");
}
