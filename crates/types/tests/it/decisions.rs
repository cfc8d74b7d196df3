//! Checks that `openapi/DECISIONS.md` is complete: its numbers, its five parts, and the tests that it names.

use std::{error::Error, fs};

use test_support::workspace_root;

const PARTS: [&str; 5] = ["Page", "Wire", "We send", "We accept", "Pinned by"];

/// Returns the number and text of each decision.
fn decisions() -> Result<Vec<(usize, String)>, Box<dyn Error>> {
    let text = fs::read_to_string(workspace_root().join("openapi/DECISIONS.md"))?;
    let entries = text.split("\n### D").skip(1).map(|entry| {
        let (number, rest) = entry.split_once(". ").ok_or_else(|| format!("no title: {entry}"))?;
        let rest = rest.split("\n## ").next().unwrap_or_default();
        Ok((number.parse()?, rest.to_owned()))
    });
    entries.collect()
}

#[test]
fn decisions_are_numbered_from_1() -> Result<(), Box<dyn Error>> {
    let numbers: Vec<usize> = decisions()?.into_iter().map(|(number, _)| number).collect();
    assert!(numbers.len() >= 24, "{numbers:?}");
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn every_decision_has_the_same_parts() -> Result<(), Box<dyn Error>> {
    for (number, text) in decisions()? {
        let parts: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("- **"))
            .filter_map(|line| line.split_once(":**"))
            .map(|(part, _)| part)
            .collect();
        assert_eq!(parts, PARTS, "D{number}");
    }
    Ok(())
}

#[test]
fn every_decision_is_pinned_by_a_test_that_exists() -> Result<(), Box<dyn Error>> {
    for (number, text) in decisions()? {
        let (_, pinned) = text.split_once("**Pinned by:**").ok_or_else(|| format!("D{number} is not pinned"))?;
        let tests: Vec<(&str, &str)> =
            pinned.split('`').skip(1).step_by(2).filter_map(|name| name.split_once("::")).collect();
        assert!(!tests.is_empty(), "D{number} names no test");
        for (file, test) in tests {
            let source = fs::read_to_string(workspace_root().join(file))
                .map_err(|error| format!("D{number}: {file}: {error}"))?;
            assert!(source.contains(&format!("fn {test}(")), "D{number}: no {test} in {file}");
        }
    }
    Ok(())
}
