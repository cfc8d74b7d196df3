//! The layer rule holds in the workspace, and what breaks it is found.

use std::{fs, path::Path};

use tempfile::TempDir;
use test_support::workspace_root;
use xtask::layers::{Finding, RULES, Rule, findings};

const LAYERED: Rule = Rule { krate: "house", layers: &[&["crate"], &["http"], &["store"], &["presence", "log"]] };

/// A crate that keeps its layers, with these files in the place of its own or beside them.
fn house(changed: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let whole = [
        ("lib.rs", "mod http;\nmod log;\nmod presence;\nmod store;\npub use store::Store;\nuse http::serve;\n"),
        ("http.rs", "mod router;\npub use router::serve;\n"),
        ("http/router.rs", "use crate::store::{self, Store};\npub fn serve(store: Store) { store::open(); }\n"),
        ("store.rs", "use crate::{log::Log, presence::Index};\npub struct Store(Log, Index);\npub fn open() {}\n"),
        ("presence.rs", "pub struct Index;\n"),
        ("log.rs", "pub struct Log;\n"),
    ];
    for (file, code) in whole.iter().chain(changed) {
        let path = folder.path().join("house/src").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, code).unwrap();
    }
    folder
}

fn found(folder: &Path) -> Vec<Finding> {
    findings(folder, &[LAYERED]).unwrap()
}

fn circle(files: &[&str]) -> Finding {
    let files: Vec<_> = files.iter().map(|file| format!("house/src/{file}")).collect();
    Finding::Circle { shortest: files.clone(), files }
}

fn upward(from: &str, to: &str) -> Finding {
    Finding::Upward { from: format!("house/src/{from}"), to: format!("house/src/{to}") }
}

#[test]
fn the_workspace_keeps_its_layers() {
    let found = findings(&workspace_root(), RULES).unwrap();
    let lines: String = found.iter().map(|finding| format!("{finding}\n")).collect();
    assert!(found.is_empty(), "\n{lines}");
}

#[test]
fn imports_of_lower_layers_are_fine() {
    assert_eq!(found(house(&[]).path()), []);
}

#[test]
fn an_upward_import_is_found_however_it_is_written() {
    for import in [
        "use crate::http::serve;",
        "use crate::{http::{serve as run}};",
        "use super::http;",
        "fn run() { crate::http::serve() }",
        "fn run() { println!(\"{:?}\", crate::http::serve()); }",
        "impl crate::http::Handler for () {}",
    ] {
        let folder = house(&[("log.rs", import)]);
        let to = if import.contains("serve") { "http/router.rs" } else { "http.rs" };
        assert!(found(folder.path()).contains(&upward("log.rs", to)), "{import}: {:?}", found(folder.path()));
    }
}

#[test]
fn an_import_of_a_neighbor_in_the_same_layer_is_found() {
    let folder = house(&[("log.rs", "use crate::presence::Index;\n")]);
    assert_eq!(found(folder.path()), [upward("log.rs", "presence.rs")]);
}

#[test]
fn a_name_that_is_exported_again_counts_where_it_is_defined() {
    let folder = house(&[("presence.rs", "use crate::Store;\n")]);
    let circle = circle(&["presence.rs", "store.rs"]);
    assert_eq!(found(folder.path()), [circle, upward("presence.rs", "store.rs")]);
}

#[test]
fn a_circle_within_a_layer_is_found_also_of_parent_and_child() {
    for (child, parent) in [
        ("use super::Log;", "mod file;\nuse file::File;\npub struct Log;"),
        ("pub fn open() -> super::Log { todo!() }", "mod file;\npub struct Log;\nfn log() { file::open(); }"),
    ] {
        let folder = house(&[("log/file.rs", child), ("log.rs", parent)]);
        assert_eq!(found(folder.path()), [circle(&["log.rs", "log/file.rs"])], "{child}");
    }
}

#[test]
fn a_file_named_by_a_path_attribute_is_read() {
    let lib = "#[path = \"made/log.snap.rs\"]\nmod log;\nmod http;\nmod presence;\nmod store;\n";
    let folder = house(&[("lib.rs", lib), ("made/log.snap.rs", "use crate::http::serve;\n")]);
    fs::remove_file(folder.path().join("house/src/log.rs")).unwrap();
    assert!(found(folder.path()).contains(&upward("made/log.snap.rs", "http/router.rs")), "{:?}", found(folder.path()));
}

#[test]
fn tests_may_import_anything() {
    let tests = "pub struct Log;\n#[cfg(test)]\nmod tests { use crate::http::serve; }\n#[cfg(test)]\nuse crate::store::Store;\n";
    assert_eq!(found(house(&[("log.rs", tests)]).path()), []);
}

#[test]
fn a_module_outside_of_all_layers_is_found() {
    let lib = "mod clock;\nmod http;\nmod log;\nmod presence;\nmod store;\n";
    let folder = house(&[("lib.rs", lib), ("clock.rs", "")]);
    assert_eq!(found(folder.path()), [Finding::NoLayer("house/src/clock.rs".to_owned())]);
}
