//! The copy of the workspace from which the crates are published.

use std::{fs, path::Path};

use test_support::workspace_root;
use toml_edit::DocumentMut;
use xtask::publish::{CRATES, Published, stage};

fn manifest(path: &Path) -> DocumentMut {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

#[test]
fn dependencies_name_the_private_registry() {
    let folder = tempfile::tempdir().unwrap();
    for registry in [Some("company"), None] {
        let staged = folder.path().join("staged");
        stage(&staged, registry).unwrap();
        let root = manifest(&staged.join("Cargo.toml"));
        for Published { name, .. } in &CRATES[..CRATES.len() - 1] {
            let dependency = &root["workspace"]["dependencies"][name];
            assert_eq!(dependency.get("registry").and_then(|name| name.as_str()), registry, "{name}");
        }
        assert!(root["workspace"]["dependencies"]["serde"].get("registry").is_none());
    }
}

#[test]
fn a_package_has_no_tests_and_no_links() {
    let folder = tempfile::tempdir().unwrap();
    stage(folder.path(), None).unwrap();
    for Published { folder: krate, .. } in CRATES {
        let krate = folder.path().join("crates").join(krate);
        assert!(!krate.join("tests").exists() && !krate.join("benches").exists(), "{}", krate.display());
        let manifest = manifest(&krate.join("Cargo.toml"));
        assert!(manifest.get("bench").is_none() && manifest.get("test").is_none());
        assert!(fs::symlink_metadata(krate.join("LICENSE-MIT")).unwrap().is_file());
    }
    // The recorded help is in the folder of tests of another crate.
    assert!(folder.path().join("crates/docs/texts/help/help.snap").is_file());
}

#[test]
fn the_published_crates_are_those_that_may_be_published() {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace_root().join("crates")).unwrap() {
        let package = manifest(&entry.unwrap().path().join("Cargo.toml"));
        if package["package"].get("publish").is_none() {
            names.push(package["package"]["name"].as_str().unwrap().to_owned());
        }
    }
    names.sort();
    let mut published: Vec<_> = CRATES.iter().map(|krate| krate.name).collect();
    published.sort_unstable();
    assert_eq!(names, published);
}
