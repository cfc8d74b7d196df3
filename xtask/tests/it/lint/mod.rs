//! The contracts keep to the style guide, and a planted breach of each rule is found at its place and line.

mod generators;
mod planted;

use std::{collections::BTreeSet, fs};

use planted::{Fault, PLANTED};
use test_support::workspace_root;
use xtask::{
    contract::{CONTRACTS, Contract, QUERIES},
    lint::{Document, Finding, findings, load, rules},
    reader_edition::reader_edition,
};

fn contract() -> String {
    fs::read_to_string(workspace_root().join("openapi/group-dispatch.yaml")).unwrap()
}

fn findings_of(text: &str) -> Vec<Finding> {
    let decisions = fs::read_to_string(workspace_root().join("openapi/DECISIONS.md")).unwrap();
    findings(&Document::parse(QUERIES.path, text, &decisions).unwrap())
}

fn listed(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn the_contracts_keep_to_the_style_guide() {
    let contracts = load().unwrap();
    assert_eq!(contracts.iter().map(Document::file).collect::<Vec<_>>(), CONTRACTS.map(|entry| entry.path));
    let findings: Vec<_> = contracts.iter().flat_map(findings).collect();
    assert!(findings.is_empty(), "\n{}", listed(&findings));
}

#[test]
fn the_edition_for_readers_keeps_to_the_style_guide() {
    let edition = reader_edition(&Contract::load().unwrap()).unwrap();
    let mut findings = findings_of(&serde_json::to_string_pretty(&edition).unwrap());
    // What it has on purpose: `oneOf` an integer and a text, and the HTTP statuses of codes within `x-listed-codes`.
    let either = ["UserId", "UserIdText", "StatusTime"].map(|scalar| format!("/components/schemas/{scalar}/oneOf"));
    findings
        .retain(|finding| !either.iter().any(|at| finding.at.starts_with(at)) && finding.rule != "statuses-described");
    assert!(findings.is_empty(), "\n{}", listed(&findings));
}

#[test]
fn a_planted_fault_is_found_once_in_its_place_and_line() {
    let contract = contract();
    for planted @ Fault { rule, place, .. } in PLANTED {
        let text = planted.in_text(&contract);
        let found = findings_of(&text);
        let [finding] = found.as_slice() else {
            panic!("{rule} at {place}: {} findings\n{}", found.len(), listed(&found))
        };
        assert_eq!((finding.rule, finding.at.as_str()), (*rule, *place));
        let line = text.lines().nth(usize::try_from(finding.line).unwrap() - 1).unwrap();
        let name = place.rsplit('/').next().unwrap().replace("~1", "/");
        // A decision is looked for in the text; and an item of a list has no name to look for.
        if *rule == "decision-exists" {
            assert!(line.contains(planted.to), "{finding}\n{line}");
        } else if name.parse::<usize>().is_err() || name == "200" {
            assert!(line.contains(&name), "{finding}\n{line}");
        }
    }
}

#[test]
fn every_rule_is_broken_by_a_planted_fault() {
    let broken: BTreeSet<&str> = PLANTED.iter().map(|fault| fault.rule).collect();
    let names: Vec<&str> = rules().map(|rule| rule.name).collect();
    assert_eq!(names.iter().copied().collect::<BTreeSet<_>>(), broken);
    assert_eq!(names.len(), broken.len(), "two rules have one name");
}

#[test]
fn every_rule_says_what_it_asks_and_why() {
    for rule in rules() {
        assert!(rule.name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'), "{}", rule.name);
        assert!(rule.asks.ends_with('.') && rule.why.ends_with('.'), "{}", rule.name);
    }
}

#[test]
fn a_finding_is_one_line_that_editors_can_follow() {
    let text = contract().replacen("      tags: [history]\n", "", 1);
    let [finding] = &findings_of(&text)[..] else { panic!("not one finding") };
    let line = 1 + text.lines().position(|line| line.contains("/queryUserStatusLog:")).unwrap() + 1;
    assert_eq!(
        finding.to_string(),
        format!(
            "openapi/group-dispatch.yaml:{line}: operation-introduced: no tag at \
             /paths/~1group-dispatch-api~1user~1queryUserStatusLog/post; add the one that it belongs to"
        )
    );
}
