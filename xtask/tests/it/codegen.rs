//! The generated files are up to date: generated again, they equal the snapshots that the crates include.

use std::fs;

use similar::TextDiff;
use test_support::workspace_root;
use xtask::{
    codegen::{GeneratedFile, generate},
    contract::{Contract, read_all},
};

fn generated() -> Vec<GeneratedFile> {
    generate(&read_all(&workspace_root()).unwrap()).unwrap()
}

#[test]
fn generated_files_are_up_to_date() {
    let files = generated();
    for file in &files {
        print_difference(file);
    }
    for file in files {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(workspace_root().join(file.folder));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_binary_snapshot!(&file.name, file.text.into_bytes()));
    }
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    let text = || -> Vec<String> { generated().into_iter().map(|file| file.text).collect() };
    assert!(text() == text(), "two runs on one contract differ");
}

/// Otherwise the generated code doesn't compile: a type would have two implementations of `Request`.
#[test]
fn two_operations_with_one_request_are_refused() {
    let text = fs::read_to_string(workspace_root().join("openapi/group-dispatch.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contract.yaml");
    let request = |name: &str| format!("              $ref: \"#/components/schemas/{name}\"\n");
    assert!(text.contains(&request("QueryUserStatusRequest")));
    fs::write(&path, text.replace(&request("QueryUserStatusRequest"), &request("NoParameters"))).unwrap();
    let mut contracts = read_all(&workspace_root()).unwrap();
    contracts[0] = Contract::read(&path).unwrap();
    let result = generate(&contracts);
    let error = result.err().unwrap().to_string();
    let expected =
        "NoParameters is the request of queryUserStatus and of queryAllOlWhatsAppInfo: see `cargo xtask lint`";
    assert_eq!(error, expected);
}

/// Prints where a file differs: insta reports for a binary snapshot only that it does.
fn print_difference(file: &GeneratedFile) {
    let (stem, extension) = file.name.split_once('.').unwrap();
    let path = format!("{}/{stem}.snap.{extension}", file.folder);
    let stands = fs::read_to_string(workspace_root().join(&path)).unwrap_or_default();
    if stands != file.text {
        println!("{path} is not up to date; run `cargo xtask codegen`:");
        let diff = TextDiff::from_lines(&stands, &file.text);
        println!("{}", diff.unified_diff().context_radius(3).header(&path, "generated"));
    }
}
