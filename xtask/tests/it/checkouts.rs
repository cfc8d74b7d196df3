//! A task reads the checkout that it is run in, also where several checkouts share one target folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

use test_support::{copy_workspace, workspace_root};

/// Runs `cargo xtask lint` in a checkout, with the target folder of this test.
fn lint(checkout: &Path) -> Output {
    Command::new(env::var_os("CARGO").unwrap())
        .args(["run", "--quiet", "--offline", "--locked", "--package", "xtask", "--", "lint"])
        .current_dir(checkout)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .unwrap()
}

fn target() -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

fn program_built_at() -> SystemTime {
    fs::metadata(target().join("debug/xtask").with_extension(env::consts::EXE_EXTENSION)).unwrap().modified().unwrap()
}

#[test]
fn a_broken_contract_is_found_by_a_program_that_was_built_in_another_checkout() {
    let here = lint(&workspace_root());
    assert!(here.status.success(), "{}", text(&here));
    let built_at = program_built_at();

    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    copy_workspace(&other).unwrap();
    let contract = other.join("openapi/group-dispatch.yaml");
    let broken =
        fs::read_to_string(&contract).unwrap().replacen("operationId: queryUserStatus", "operationId: Query", 1);
    fs::write(&contract, broken).unwrap();

    let there = lint(&other);
    assert_eq!(program_built_at(), built_at, "cargo built the program again, so that this test shows nothing");
    assert!(!there.status.success() && text(&there).contains("/post"), "{}", text(&there));
    assert!(lint(&workspace_root()).status.success());
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn no_program_has_the_path_of_its_checkout_compiled_in() {
    // In two parts, so that this file isn't found.
    let compiled_in = ["env!(\"CARGO_", "MANIFEST_DIR\")"].concat();
    let mut found = Vec::new();
    for folder in ["crates", "xtask"] {
        sources(&workspace_root().join(folder), &mut |file, code| {
            let is_comment = |line: &str| line.trim_start().starts_with("//");
            if code.lines().any(|line| line.contains(&compiled_in) && !is_comment(line)) {
                found.push(file.to_owned());
            }
        });
    }
    assert!(found.is_empty(), "test_support::workspace_root finds it at run time: {found:?}");
}

#[test]
fn crates_share_code_through_test_support_alone() {
    let root = workspace_root();
    let mut found = Vec::new();
    for entry in
        fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path()).chain([root.join("xtask")])
    {
        sources(&entry, &mut |file, code| {
            for path in code.split("#[path = \"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let named = fs::canonicalize(file.parent().unwrap().join(path));
                if named.is_ok_and(|named| !named.starts_with(fs::canonicalize(&entry).unwrap())) {
                    found.push(format!("{}: {path}", file.display()));
                }
            }
        });
    }
    assert!(found.is_empty(), "{found:?}");
}

fn sources(folder: &Path, each: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            sources(&path, each);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            each(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
