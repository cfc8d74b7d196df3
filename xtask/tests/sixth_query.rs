//! A sixth query, made up: what a person has to write for it, and that everything else follows from the contract.
//!
//! `EDITS` are all edits by hand, but for the changelogs. CONTRIBUTING.md lists their files. With `--nocapture` the tests print
//! them. Two copies of the workspace are edited: in the one the code is compiled, and in the other tests run as well, which
//! takes minutes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{copy_workspace, workspace_root};
use xtask::{codegen::generate, contract::read_all};

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
const CHANGELOG: &str = "openapi/CHANGELOG.md";

const EDITS: &[Edit] = &[
    edit(CONTRACT, Some("paths:"), include_str!("sixth_query/path.yaml")),
    edit(CONTRACT, Some("  schemas:"), include_str!("sixth_query/schemas.yaml")),
    edit(
        "crates/server/src/http/handlers/operations.rs",
        Some("impl Operations for Caller<'_> {"),
        include_str!("sixth_query/handlers_operations.rs.txt"),
    ),
    edit(
        "crates/server/src/store/tenant.rs",
        Some("impl KnownTenant {"),
        include_str!("sixth_query/store_tenant.rs.txt"),
    ),
    edit(
        "crates/server/src/presence/queries.rs",
        Some("impl TenantIndex {"),
        include_str!("sixth_query/presence_queries.rs.txt"),
    ),
    edit("crates/cli/src/commands/tally_made_up.rs", None, include_str!("sixth_query/tally_made_up.rs.txt")),
    edit("crates/cli/src/commands.rs", Some("mod serve;"), "mod tally_made_up;\n"),
    edit(
        "crates/cli/src/commands.rs",
        Some("    Recent(recent::Recent),"),
        "    TallyMadeUp(tally_made_up::TallyMadeUp),\n",
    ),
    edit(
        "crates/cli/src/commands.rs",
        Some("            Self::Recent(recent) => return query::run(&recent).await,"),
        "            Self::TallyMadeUp(tally) => return query::run(&tally).await,\n",
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

/// Applies the edits of the contract, gives it the next minor version, and describes that in its changelog.
fn edit_contract(workspace: &Path) {
    EDITS.iter().filter(|edit| edit.file == CONTRACT).for_each(|edit| edit.apply(workspace));
    let text = fs::read_to_string(workspace.join(CONTRACT)).unwrap();
    let line = text.lines().find(|line| line.starts_with("  version: ")).unwrap();
    let version: semver::Version = line.trim_start_matches("  version: ").parse().unwrap();
    let next = semver::Version::new(version.major, version.minor + 1, 0);
    fs::write(workspace.join(CONTRACT), text.replacen(line, &format!("  version: {next}"), 1)).unwrap();
    let changelog = fs::read_to_string(workspace.join(CHANGELOG)).unwrap();
    let (head, released) = changelog.split_once("\n## ").unwrap();
    let changelog = format!("{head}\n## {next} - 2026-12-01\n\n- The query tallyMadeUpAccounts.\n\n## {released}");
    fs::write(workspace.join(CHANGELOG), changelog).unwrap();
}

fn edit_code(workspace: &Path) {
    EDITS.iter().filter(|edit| edit.file != CONTRACT).for_each(|edit| edit.apply(workspace));
}

/// Writes the generated files of a workspace, as `cargo xtask codegen` does.
fn regenerate(workspace: &Path) {
    for file in generate(&read_all(workspace).unwrap()).unwrap() {
        let (stem, extension) = file.name.split_once('.').unwrap();
        let path = workspace.join(file.folder).join(format!("{stem}.snap.{extension}"));
        fs::write(path, file.text).unwrap();
    }
}

/// Runs a command in a workspace; returns what it printed, as an error if it failed.
fn run(command: &mut Command, workspace: &Path) -> Result<String, String> {
    // cargo sets the variable to this workspace for this program, and it would be the place of the copy's snapshots.
    let output = command.current_dir(workspace).env("CARGO_MANIFEST_DIR", workspace).env_remove("INSTA_WORKSPACE_ROOT");
    let output = output.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// Runs a task that checks the contracts.
fn task(name: &str, workspace: &Path) {
    let said = run(Command::new(env!("CARGO_BIN_EXE_xtask")).arg(name), workspace);
    said.unwrap_or_else(|said| panic!("cargo xtask {name}:\n{said}"));
}

/// Returns the folder of what cargo builds, to which this program belongs.
fn target() -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

/// Returns a new copy of the workspace. Its path is the same each time, so that cargo replaces what it built there.
fn copy(name: &str) -> PathBuf {
    let workspace = target().join("sixth_query").join(name);
    if workspace.exists() {
        fs::remove_dir_all(&workspace).unwrap();
    }
    copy_workspace(&workspace).unwrap();
    workspace
}

/// Gives the crates of a copy another version. Without it cargo would take what it built of the workspace for that of the
/// copy, and the other way round, because both are in one folder.
fn rename_version(workspace: &Path) {
    for file in ["Cargo.toml", "xtask/Cargo.toml", "crates/test-support/Cargo.toml", "crates/end-to-end/Cargo.toml"] {
        let path = workspace.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once("\nversion = \"").unwrap();
        let (version, rest) = rest.split_once('"').unwrap();
        fs::write(&path, format!("{head}\nversion = \"{version}+sixth\"{rest}")).unwrap();
    }
}

fn cargo(arguments: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap());
    cargo.args(arguments.split(' ')).args(["--quiet", "--offline"]);
    cargo
}

/// Runs `cargo check` on the crates that follow from the contract.
fn check(workspace: &Path) -> Result<String, String> {
    let mut check = cargo("check");
    check
        .args(["types", "client", "httpmock", "server", "docs"].map(|name| format!("--package=group-dispatch-{name}")));
    check.arg("--package=group-dispatch").env("CARGO_TARGET_DIR", target().join("sixth_query/target"));
    run(&mut check, workspace)
}

#[test]
fn a_sixth_query_needs_few_edits_by_hand() {
    // The line of the version is the first.
    let mut lines_by_file = BTreeMap::from([(CONTRACT, 1)]);
    for edit in EDITS {
        *lines_by_file.entry(edit.file).or_default() += edit.text.lines().count();
    }
    for (file, lines) in &lines_by_file {
        println!("{lines:>4}  {file}");
    }
    let (files, lines) = (lines_by_file.len(), lines_by_file.values().sum::<usize>());
    println!("{lines:>4}  lines in {files} files");
    assert!(files <= MAX_FILES && lines <= MAX_LINES, "{files} files, {lines} lines");
    let contributing = fs::read_to_string(workspace_root().join("CONTRIBUTING.md")).unwrap();
    for file in lines_by_file.keys() {
        let listed = file.replace("tally_made_up.rs", "NAME.rs");
        assert!(contributing.contains(&format!("`{listed}`")), "CONTRIBUTING.md doesn't list {listed}");
    }

    let workspace = copy("checked");
    edit_contract(&workspace);
    task("lint", &workspace);
    task("compat", &workspace);
    regenerate(&workspace);
    // The compiler names what is missing.
    let missing = check(&workspace).unwrap_err();
    assert!(missing.contains("missing: `tally_made_up_accounts`"), "{missing}");
    edit_code(&workspace);
    check(&workspace).unwrap_or_else(|errors| panic!("{errors}"));
}

/// The tests that a query can break: those that go through all operations or commands. The samples of the docs also send
/// the query to a server.
const TESTS: &[&str] = &[
    "agreement_with_contract::",
    "page_examples::",
    "decisions::",
    "checks::",
    "scenarios::",
    "guides::",
    "names::",
    "samples::",
    "schemas::",
    "site::",
    "lists::",
    "output::",
    "reader_edition::",
    "contract::",
    "authentication::",
];

/// Runs tests in the folder of what is built of this workspace, so that only the workspace's own crates are compiled again.
/// Returns how many passed.
fn test(workspace: &Path, tests: &[&str], update: &str) -> usize {
    let mut test = cargo("test --lib --test it");
    test.args(["types", "httpmock", "docs", "server"].map(|name| format!("--package=group-dispatch-{name}")));
    test.args(["--package=group-dispatch", "--package=xtask", "--no-fail-fast", "--"]).args(tests);
    // The Rust samples are those of the workspace, and their programs take minutes to build.
    test.args(["--skip", "browser::", "--skip", "samples::rust", "--skip", "samples::the_first_program"])
        .env("CARGO_TARGET_DIR", target())
        .env("INSTA_UPDATE", update);
    let said = run(&mut test, workspace).unwrap_or_else(|said| panic!("{said}"));
    let results = said.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    results.map(|passed| passed.parse::<usize>().unwrap()).sum()
}

#[test]
#[ignore = "it builds and tests a copy of the workspace; .ci/run has a step for it"]
fn the_tests_of_a_workspace_with_a_sixth_query_are_green() {
    let workspace = copy("tested");
    rename_version(&workspace);
    edit_contract(&workspace);
    regenerate(&workspace);
    edit_code(&workspace);
    // The help and the output of the command become snapshots, which a person reviews.
    test(&workspace, &["output::"], "always");
    let passed = test(&workspace, TESTS, "no");
    println!("{passed} tests passed");
    assert!(passed > 100, "{passed} tests");
}
