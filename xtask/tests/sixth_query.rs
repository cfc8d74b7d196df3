//! A sixth query, made up: what a person has to write for it, and that everything else follows from the contract.
//!
//! `EDITS` are all edits by hand. CONTRIBUTING.md lists their files.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{copy_workspace, workspace_root};
use xtask::{codegen::generate, contract::Contract};

const MAX_FILES: usize = 6;
const MAX_LINES: usize = 150;

/// A text that is added to a file: after the first line that is `after`, or as a new file.
struct Edit {
    file: &'static str,
    after: Option<&'static str>,
    text: &'static str,
}

const fn edit(file: &'static str, after: Option<&'static str>, text: &'static str) -> Edit {
    Edit { file, after, text }
}

const CONTRACT: &str = "openapi/group-dispatch.yaml";

const EDITS: &[Edit] = &[
    edit(CONTRACT, Some("paths:"), include_str!("sixth_query/path.yaml")),
    edit(CONTRACT, Some("  schemas:"), include_str!("sixth_query/schemas.yaml")),
    edit(
        "crates/server/src/presence/queries.rs",
        Some("impl TenantIndex {"),
        include_str!("sixth_query/presence_queries.rs.txt"),
    ),
    edit(
        "crates/server/src/store/tenant.rs",
        Some("impl KnownTenant {"),
        include_str!("sixth_query/store_tenant.rs.txt"),
    ),
    edit(
        "crates/server/src/http/handlers/operations.rs",
        Some("impl Operations for Caller<'_> {"),
        include_str!("sixth_query/handlers_operations.rs.txt"),
    ),
    edit("crates/cli/src/commands/count.rs", None, include_str!("sixth_query/count.rs.txt")),
    edit("crates/cli/src/commands.rs", Some("pub mod completions;"), "mod count;\n"),
    edit("crates/cli/src/commands.rs", Some("    Recent(recent::Recent),"), "    Count(count::Count),\n"),
    edit(
        "crates/cli/src/commands.rs",
        Some("            Self::Recent(recent) => return query::run(&recent).await,"),
        "            Self::Count(count) => return query::run(&count).await,\n",
    ),
];

impl Edit {
    fn apply(&self, workspace: &Path) {
        let path = workspace.join(self.file);
        let Some(after) = self.after else { return fs::write(path, self.text).unwrap() };
        let before = fs::read_to_string(&path).unwrap();
        let line = format!("{after}\n");
        let place = before.find(&line).unwrap_or_else(|| panic!("{}: no line {after:?}", self.file)) + line.len();
        let (head, tail) = before.split_at(place);
        fs::write(path, [head, self.text, tail].concat()).unwrap();
    }
}

/// Writes the generated files of a workspace, as `cargo xtask codegen` does.
fn regenerate(workspace: &Path) {
    let contract = |file: &str| Contract::read(&workspace.join(file)).unwrap();
    for file in generate(&contract(CONTRACT), &contract("openapi/ingest.yaml")).unwrap() {
        let (stem, extension) = file.name.split_once('.').unwrap();
        let path = workspace.join(file.folder).join(format!("{stem}.snap.{extension}"));
        fs::write(path, file.text).unwrap();
    }
}

/// Runs `cargo check` on the crates that follow from the contract; returns what it printed if it failed.
fn check(workspace: &Path) -> Result<(), String> {
    let target = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("sixth_query");
    let output = Command::new(env::var_os("CARGO").unwrap())
        .args(["check", "--quiet", "--offline", "--locked"])
        .args(["types", "client", "httpmock", "server", "docs"].map(|name| format!("--package=group-dispatch-{name}")))
        .arg("--package=group-dispatch")
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[test]
fn a_sixth_query_needs_few_edits_by_hand() {
    let files: BTreeSet<_> = EDITS.iter().map(|edit| edit.file).collect();
    let lines: usize = EDITS.iter().map(|edit| edit.text.lines().count()).sum();
    assert!(files.len() <= MAX_FILES && lines <= MAX_LINES, "{} files, {lines} lines", files.len());
    let contributing = fs::read_to_string(workspace_root().join("CONTRIBUTING.md")).unwrap();
    for file in &files {
        let listed = file.replace("count.rs", "NAME.rs");
        assert!(contributing.contains(&format!("`{listed}`")), "CONTRIBUTING.md doesn't list {listed}");
    }

    let folder = tempfile::tempdir().unwrap();
    let workspace: PathBuf = folder.path().join("workspace");
    copy_workspace(&workspace).unwrap();
    let (contract, code): (Vec<_>, Vec<_>) = EDITS.iter().partition(|edit| edit.file == CONTRACT);
    contract.iter().for_each(|edit| edit.apply(&workspace));
    regenerate(&workspace);
    // The compiler names what is missing.
    let missing = check(&workspace).unwrap_err();
    assert!(missing.contains("missing: `count_online_accounts`"), "{missing}");
    code.iter().for_each(|edit| edit.apply(&workspace));
    check(&workspace).unwrap_or_else(|errors| panic!("{errors}"));
}
