//! All flags, variables and endpoints of the code are in the docs and the changelog.
//! A unit test in `cli.rs` compares flags with `--help`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::common::{command, helps, run};
use group_dispatch_docs::contract;
use group_dispatch_types::Operation;
use regex::Regex;
use test_support::workspace_root;

fn text(path: &str) -> String {
    fs::read_to_string(workspace_root().join(path)).unwrap()
}

/// Returns the changelogs of the workspace and of the crates as one text.
fn changelogs() -> String {
    let crates = fs::read_dir(workspace_root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let crates: String = crates.filter_map(|path| fs::read_to_string(path.join("CHANGELOG.md")).ok()).collect();
    text("CHANGELOG.md") + &crates
}

fn matches(pattern: &str, text: &str) -> BTreeSet<String> {
    Regex::new(pattern).unwrap().find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// Reads all source files in a folder into one text.
fn sources(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all += &fs::read_to_string(path).unwrap();
        }
    }
    all
}

const VARIABLE: &str = r"\bGROUP_DISPATCH_[A-Z_]*[A-Z]\b";

#[test]
fn each_variable_is_documented() {
    let mut variables = BTreeSet::new();
    for folder in ["crates/cli/src", "crates/client/src", "crates/server/src"] {
        variables.extend(matches(VARIABLE, &sources(&workspace_root().join(folder))));
    }
    variables.retain(|variable| !variable.contains("_TEST_"));
    assert!(variables.len() > 20, "{variables:?}");
    let docs = text("README.md") + &text("crates/server/docs/operating.md");
    let documented = matches(VARIABLE, &docs);
    let missing: Vec<_> = variables.difference(&documented).collect();
    assert!(missing.is_empty(), "neither README.md nor operating.md has {missing:?}");
    let unknown: Vec<_> = documented.difference(&variables).filter(|variable| !variable.contains("_TEST_")).collect();
    assert!(unknown.is_empty(), "the docs have variables that nothing reads: {unknown:?}");
}

#[test]
fn each_flag_and_variable_of_serve_is_in_operating_md() {
    let help = run(command().args(["serve", "--help"])).out;
    let flags = matches(r"(?m)^ +(-\w, )?--[a-z-]+", &help);
    let flags: BTreeSet<_> =
        flags.iter().map(|line| line.rsplit(' ').next().unwrap()).filter(|flag| *flag != "--help").collect();
    assert!(flags.len() > 15, "{flags:?}");
    let operating = text("crates/server/docs/operating.md");
    let documented = matches(r"--[a-z][a-z-]*", &operating);
    let missing: Vec<_> = flags.iter().filter(|flag| !documented.contains(**flag)).collect();
    assert!(missing.is_empty(), "operating.md does not have {missing:?}");
    let missing: Vec<_> = matches(VARIABLE, &help).difference(&matches(VARIABLE, &operating)).cloned().collect();
    assert!(missing.is_empty(), "operating.md does not have {missing:?}");
}

#[test]
fn each_flag_of_repair_order_is_in_operating_md() {
    let help = run(command().args(["repair-order", "--help"])).out;
    let flags = matches(r"(?m)^ +--[a-z-]+", &help);
    let flags: BTreeSet<_> = flags.iter().map(|line| line.trim()).filter(|flag| *flag != "--help").collect();
    assert!(flags.len() > 2, "{flags:?}");
    let operating = text("crates/server/docs/operating.md");
    let documented = matches(r"--[a-z][a-z-]*", &operating);
    let missing: Vec<_> = flags.iter().filter(|flag| !documented.contains(**flag)).collect();
    assert!(missing.is_empty() && operating.contains("`group-dispatch repair-order"), "operating.md: {missing:?}");
}

/// Returns the default of each flag that `serve --help` documents, if it has one.
fn defaults_of_help(help: &str) -> BTreeMap<&str, Option<&str>> {
    let flag = Regex::new(r"^ +(?:-\w, )?(--[a-z-]+)").unwrap();
    let default = Regex::new(r"^ +\[default: (.+)\]$").unwrap();
    let mut defaults = BTreeMap::new();
    let mut current = None;
    for line in help.lines() {
        if let Some(found) = flag.captures(line) {
            current = found.get(1).map(|name| name.as_str());
            defaults.extend(current.map(|name| (name, None)));
        } else if let (Some(found), Some(name)) = (default.captures(line), current) {
            defaults.insert(name, found.get(1).map(|value| value.as_str()));
        }
    }
    defaults.remove("--help");
    defaults
}

#[test]
fn the_defaults_in_operating_md_equal_those_in_help() {
    let help = run(command().args(["serve", "--help"])).out;
    let defaults = defaults_of_help(&help);
    let operating = text("crates/server/docs/operating.md");
    let row = Regex::new(r"(?m)^\| `(--[a-z-]+)` \| (?:`([A-Z_]+)`)? ?\| (.+) \|$").unwrap();
    let rows: Vec<_> = row.captures_iter(&operating).collect();
    let documented: BTreeSet<_> = rows.iter().map(|row| row.get(1).unwrap().as_str()).collect();
    assert_eq!(documented, defaults.keys().copied().collect(), "the table has each flag of serve");
    assert_eq!(documented.len(), rows.len(), "the table has a flag twice");
    for row in rows {
        let (flag, cell) = (row.get(1).unwrap().as_str(), row.get(3).unwrap().as_str());
        // The unit is the name of the flag's value.
        let value = cell.trim_end_matches(" seconds").trim_end_matches(" bytes");
        match defaults[flag] {
            Some(default) => assert_eq!(value, default, "{flag}"),
            None => assert!(cell.starts_with("not set: "), "{flag} has no default, but operating.md says {cell}"),
        }
        // Not `contains`: the name of a variable can be a prefix of another.
        let variable = row.get(2).map(|name| name.as_str());
        let expected = variable.is_none_or(|name| matches(VARIABLE, &help).contains(name));
        assert!(expected, "{flag}: --help does not have {variable:?}");
    }
}

fn flags_of(help: &str) -> BTreeSet<String> {
    let lines = matches(r"(?m)^ +(-\w, )?--[a-z-]+", help);
    let flags = lines.iter().map(|line| line.rsplit(' ').next().unwrap().to_owned());
    flags.filter(|flag| !["--help", "--version"].contains(&flag.as_str())).collect()
}

/// There is no release yet, so that the changelog lists all of them.
#[test]
fn each_flag_and_variable_is_in_the_docs_and_the_changelog() {
    const FLAG: &str = r"--[a-z][a-z-]*";
    let helps: Vec<_> = helps().into_iter().map(|help| help.text).collect();
    assert!(helps.len() > 20, "{}", helps.len());
    let flags: BTreeSet<String> = helps.iter().flat_map(|help| flags_of(help)).collect();
    assert!(flags.len() > 50, "{flags:?}");
    let docs = text("README.md") + &text("crates/server/docs/operating.md");
    let changelog = changelogs();
    for (name, documented) in [
        ("README.md and operating.md", matches(FLAG, &docs)),
        ("CHANGELOG.md and crates/*/CHANGELOG.md", matches(FLAG, &changelog)),
    ] {
        let missing: Vec<_> = flags.difference(&documented).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
    // The changelog has a rule for variables that are named like their flag.
    let by_rule = |variable: &String| {
        let flag = variable.trim_start_matches("GROUP_DISPATCH_").to_ascii_lowercase().replace('_', "-");
        flags.contains(&format!("--{flag}"))
    };
    let variables: BTreeSet<String> = helps.iter().flat_map(|help| matches(VARIABLE, help)).collect();
    let listed = matches(VARIABLE, &changelog);
    let missing: Vec<_> = variables.difference(&listed).filter(|variable| !by_rule(variable)).collect();
    assert!(variables.len() > 20 && missing.is_empty(), "CHANGELOG.md and crates/*/CHANGELOG.md: {missing:?}");
    let unknown: Vec<_> = listed.difference(&variables).collect();
    assert!(unknown.is_empty(), "the changelogs have variables that no command reads: {unknown:?}");
}

#[test]
fn each_endpoint_is_in_the_docs_and_the_changelog() {
    let endpoint = Regex::new(r#"\("(/[^"]+)", Endpoint::"#).unwrap();
    let source = text("crates/server/src/http/endpoint.rs");
    let mut endpoints: BTreeSet<String> = endpoint.captures_iter(&source).map(|found| found[1].to_owned()).collect();
    endpoints.extend(contract::ALL.iter().flat_map(|contract| contract.paths).map(str::to_owned));
    // The queries are those of the vendor.
    let ours = Operation::ALL.into_iter().filter(|operation| !operation.is_query());
    endpoints.extend(ours.map(|operation| operation.path().to_owned()));
    assert!(endpoints.len() > 8, "{endpoints:?}");
    let paths = |text: &str| -> BTreeSet<String> {
        let found = matches(r"/[a-z][a-z0-9/._-]*", text);
        found.iter().map(|path| path.trim_end_matches(['.', '/']).to_owned()).collect()
    };
    let docs = text("README.md") + &text("crates/server/docs/operating.md");
    for (name, text) in [("README.md and operating.md", docs), ("CHANGELOG.md and crates/*/CHANGELOG.md", changelogs())]
    {
        let missing: Vec<_> = endpoints.difference(&paths(&text)).cloned().collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}
