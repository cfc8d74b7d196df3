//! The workspace is found from any folder of it.
#![allow(clippy::unwrap_used)]

use std::fs;

use test_support::{find_workspace, workspace_root};

#[test]
fn the_workspace_is_found_from_any_folder_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (root, package) = (folder.path().join("root"), folder.path().join("root/crates/one"));
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(root.join("Cargo.toml"), "[workspace]\nmembers = [\"crates/*\"]\n").unwrap();
    fs::write(package.join("Cargo.toml"), "[package]\nname = \"one\"\n[lints]\nworkspace = true\n").unwrap();
    for start in [&root, &package, &package.join("src")] {
        assert_eq!(find_workspace(start).as_ref(), Some(&root), "{}", start.display());
    }
    assert_eq!(find_workspace(folder.path()), None);
}

#[test]
fn a_test_finds_the_workspace_that_it_runs_in() {
    assert!(workspace_root().join("crates/test-support/src/workspace.rs").exists());
}
