//! `cargo xtask api` where the toolchain's rustdoc is not the one it can read.

use std::fs;

use xtask::api::{Outcome, api};

#[test]
fn another_format_is_skipped_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("crate.json");
    fs::write(&json, r#"{"format_version": 7, "whatever": []}"#).unwrap();
    assert_eq!(api(&json).unwrap(), Err(7));
    let said = Outcome::Skipped(7).to_string();
    assert!(said.starts_with("skipped: this Rust's rustdoc writes format 7, and format "), "{said}");
}

#[test]
fn what_is_not_rustdoc_s_json_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("crate.json");
    fs::write(&json, "{}").unwrap();
    assert!(api(&json).unwrap_err().to_string().ends_with("has no format_version"));
}
