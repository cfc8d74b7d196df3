//! Which version a contract has to have after its changes, and releasing it.

use std::{fs, path::Path};

use serde_json::{Value, json};
use xtask::{
    compat::{judge, release},
    contract::QUERIES,
};

use super::{CHANGELOG, changed, set};

type Change = fn(&mut Value);

fn nothing(_: &mut Value) {}
fn words(contract: &mut Value) {
    set(contract, "/info", "title", json!("Queries"));
}
fn addition(contract: &mut Value) {
    set(contract, "/components/schemas", "Unused", json!({"type": "string"}));
}
fn breaking(contract: &mut Value) {
    set(contract, "/components/schemas/UserId", "maximum", json!(99));
}

fn versioned(version: &str, change: Change) -> Value {
    changed(|contract| {
        set(contract, "/info", "version", json!(version));
        change(contract);
    })
}

/// What is wrong with a contract after 1.0.0.
fn errors(version: &str, change: Change) -> Vec<String> {
    judge(&QUERIES, &versioned("1.0.0", nothing), &versioned(version, change), CHANGELOG).unwrap().errors
}

#[test]
fn each_gravity_needs_its_version_at_least() {
    let changes: [(Change, &str); 3] = [(words, "1.0.1"), (addition, "1.1.0"), (breaking, "2.0.0")];
    for (change, lowest) in changes {
        for version in ["1.0.0", "1.0.1", "1.1.0", "2.0.0"] {
            let expected: &[String] = if version < lowest {
                &[format!("this needs version {lowest}: set info.version in openapi/group-dispatch.yaml to it")]
            } else {
                &[]
            };
            assert_eq!(errors(version, change), expected, "{version} where {lowest} is needed");
        }
    }
    assert!(errors("1.0.0", nothing).is_empty());
}

#[test]
fn versions_never_go_down() {
    for change in [nothing, breaking] {
        assert_eq!(
            errors("0.9.0", change),
            ["version 0.9.0 is below 1.0.0, which is released; versions never go down"]
        );
    }
}

#[test]
fn a_version_needs_its_heading() {
    let missing = "openapi/CHANGELOG.md has no heading \"## 3.0.0 - <date>\": add it, and say what is new";
    assert_eq!(errors("3.0.0", breaking), [missing]);
    // The heading of another version that begins alike is none.
    assert_eq!(errors("2.0.0-rc.1", words).len(), 1);
}

#[test]
fn a_contract_without_a_version_can_t_be_judged() {
    for (version, complaint) in [(json!("soon"), "\"soon\" is not a semantic version"), (json!(1), "no info.version")] {
        let contract = changed(|contract| set(contract, "/info", "version", version));
        let error = judge(&QUERIES, &contract, &contract, CHANGELOG).unwrap_err();
        assert!(error.to_string().contains(complaint), "{error}");
    }
}

#[test]
fn the_report_ends_with_the_outcome() {
    let verdict = judge(&QUERIES, &versioned("1.0.0", nothing), &versioned("1.0.0", breaking), CHANGELOG).unwrap();
    assert_eq!(
        verdict.to_string(),
        "\
breaking    caller                request-limit-narrowed              UserId: maximum 9007199254740991 -> 99; requests \
may be rejected (getLatestOnlineWhatsAccount, queryUserStatus)
breaking    server                response-limit-narrowed             UserId: maximum 9007199254740991 -> 99; responses \
of servers may be invalid (getLatestOnlineWhatsAccount, queryAllOlWhatsAppInfo, queryUserStatus, queryUserStatusLog)
1.0.0 -> 1.0.0: 2 breaking; this needs version 2.0.0: set info.version in openapi/group-dispatch.yaml to it
"
    );
}

/// A workspace with a contract and a changelog alone.
fn workspace(contract: &Value) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("openapi")).unwrap();
    fs::write(root.path().join("openapi/CHANGELOG.md"), CHANGELOG).unwrap();
    write_contract(root.path(), contract);
    root
}

fn write_contract(root: &Path, contract: &Value) {
    // JSON is YAML.
    fs::write(root.join("openapi/group-dispatch.yaml"), contract.to_string()).unwrap();
}

#[test]
fn a_contract_is_released_once() {
    let root = workspace(&versioned("1.0.0", nothing));
    let root = root.path();
    let released = release(&QUERIES, root).unwrap();
    assert_eq!(released, root.join("openapi/released/1.0.0.yaml"));
    assert_eq!(release(&QUERIES, root).unwrap(), released, "releasing the same again changes nothing");

    write_contract(root, &versioned("1.0.0", breaking));
    let error = release(&QUERIES, root).unwrap_err().to_string();
    assert!(error.contains("this needs version 2.0.0"), "{error}");

    write_contract(root, &versioned("2.0.0", breaking));
    assert_eq!(release(&QUERIES, root).unwrap(), root.join("openapi/released/2.0.0.yaml"));

    // What was released stays as it is, byte for byte.
    fs::write(root.join("openapi/group-dispatch.yaml"), versioned("2.0.0", breaking).to_string() + "\n").unwrap();
    let error = release(&QUERIES, root).unwrap_err().to_string();
    assert!(error.contains("is released and stays as it is"), "{error}");
}
