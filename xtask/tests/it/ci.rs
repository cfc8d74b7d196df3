//! The steps of `.ci/run` are timed, and the whole run has a limit.
#![cfg(unix)]

use std::process::{Command, Output};

use test_support::workspace_root;

/// Runs a script after `.ci/steps.sh` as `.ci/run` does, with a limit in minutes.
fn run(minutes: &str, script: &str) -> (Output, String) {
    let script = format!("set -euo pipefail; . .ci/steps.sh; trap print_times EXIT\n{script}");
    let mut bash = Command::new("bash");
    let output = bash.args(["-c", &script]).current_dir(workspace_root()).env("CI_MINUTES", minutes).output().unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    (output, text)
}

#[test]
fn each_step_is_printed_with_its_time_and_again_in_a_table() {
    let (output, text) = run("40", "step sleep 1.1\nstep true");
    assert!(output.status.success(), "{text}");
    assert!(text.starts_with("\n== sleep 1.1\n== "), "{text}");
    let (_, table) = text.split_once("\nseconds  step\n").unwrap();
    assert!(table.lines().any(|line| line.ends_with("  sleep 1.1")), "{table}");
    assert!(table.ends_with("  all (limit: 2400)\n"), "{table}");
}

#[test]
fn a_step_that_fails_ends_the_run_and_the_table_is_still_printed() {
    let (output, text) = run("40", "step false\nstep echo next");
    assert!(!output.status.success());
    assert!(text.contains("\nseconds  step\n") && !text.contains("next"), "{text}");
}

#[test]
fn a_run_over_the_limit_fails() {
    let (output, text) = run("40", "SECONDS=2401\nstep true\nstep echo next");
    assert!(!output.status.success());
    assert!(text.contains("error: the limit of 40 minutes has passed") && !text.contains("next"), "{text}");
}

#[test]
fn the_limit_is_never_above_an_hour() {
    for (minutes, reason) in
        [("61", "expected at most 60, found 61"), ("1h", "expected a number of minutes, found \"1h\"")]
    {
        let (output, text) = run(minutes, "step echo next");
        assert!(!output.status.success() && text.contains(reason) && !text.contains("next"), "{text}");
    }
    assert!(run("60", "step true").0.status.success());
}
