//! `cargo xtask compat` on the real contract, changed in every way that has a rule, and at every place.

mod mutation;
mod table;
mod version;

use std::sync::LazyLock;

use serde_json::{Value, json};
use test_support::workspace_root;
use xtask::{
    compat::{Change, Verdict, judge},
    contract::{CONTRACTS, Contract, QUERIES},
};

/// The workspace's contract, and two closed enums, of which it has none: `Order` in a request, `Mood` in an answer.
fn contract() -> &'static Value {
    static CONTRACT: LazyLock<Value> = LazyLock::new(|| {
        let mut contract = Contract::load().unwrap().json;
        let schemas = &mut contract["components"]["schemas"];
        schemas["Order"] = json!({ "type": "integer", "enum": [1, 2], "x-enum-varnames": ["Up", "Down"] });
        schemas["Mood"] = json!({ "type": "string", "enum": ["good"] });
        for (model, member, component) in
            [("QueryUserStatusRequest", "order", "Order"), ("OnlineAgent", "mood", "Mood")]
        {
            let reference = json!({ "allOf": [{ "$ref": format!("#/components/schemas/{component}") }] });
            schemas[model]["properties"][member] = reference;
        }
        contract
    });
    &CONTRACT
}

fn changed(change: impl FnOnce(&mut Value)) -> Value {
    let mut contract = contract().clone();
    change(&mut contract);
    contract
}

/// A changelog that has a heading for every version used here.
const CHANGELOG: &str = "## 1.0.0 - 2026-11-23\n## 1.0.1\n## 1.1.0 - 2026-12-01\n## 2.0.0 - unreleased\n## 0.9.0\n";

fn compare(before: &Value, after: &Value) -> Verdict {
    judge(&QUERIES, before, after, CHANGELOG).unwrap()
}

/// Returns a change as the tables here write it: the programs that it breaks, its rule, and what changed.
fn line(change: &Change) -> String {
    let parties: Vec<String> = change.rule.effect.breaks.iter().map(ToString::to_string).collect();
    let parties = if parties.is_empty() { change.rule.effect.severity.to_string() } else { parties.join(",") };
    format!("{parties} {} {}", change.rule.id, change.what)
}

fn at<'a>(contract: &'a mut Value, pointer: &str) -> &'a mut Value {
    contract.pointer_mut(pointer).unwrap_or_else(|| panic!("the contract has no {pointer}"))
}

/// Sets a member of the object at a pointer.
fn set(contract: &mut Value, pointer: &str, name: &str, value: Value) {
    at(contract, pointer).as_object_mut().unwrap().insert(name.to_owned(), value);
}

/// Takes a member out of the object at a pointer.
fn take(contract: &mut Value, pointer: &str, name: &str) -> Value {
    at(contract, pointer).as_object_mut().unwrap().shift_remove(name).unwrap_or_else(|| panic!("no {pointer}/{name}"))
}

#[test]
fn what_is_released_is_a_contract_and_the_contract_may_follow_it() {
    for entry in CONTRACTS {
        let verdict = xtask::compat::of_workspace(entry, None).unwrap();
        assert!(verdict.errors.is_empty(), "{}\n{verdict}", entry.path);
    }
}

#[test]
fn the_released_folders_hold_files_named_by_version() {
    let files: Vec<_> =
        CONTRACTS.iter().flat_map(|contract| contract.released_files(&workspace_root()).unwrap()).collect();
    // A contract may not be released yet.
    assert!(!files.is_empty());
    for path in files {
        let version = Contract::read(&path).unwrap().json["info"]["version"].clone();
        assert_eq!(path.file_stem().unwrap().to_str(), version.as_str(), "{}", path.display());
    }
}
