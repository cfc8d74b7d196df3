//! `cargo xtask lint`: checks the contracts against our style guide.
//!
//! The style guide is the rules themselves. Each has a name, what it asks and why, and is defined beside the code that finds
//! breaches of it. `cargo xtask lint --rules` prints them.

mod descriptions;
mod document;
mod errors;
mod examples;
mod fault;
mod generator;
mod names;
mod personal_data;
mod references;
mod rule;
mod walk;

use std::fmt;

use anyhow::{Context, Result};
pub use document::Document;
use fault::Fault;
pub use rule::Rule;
use test_support::workspace_root;

use crate::contract::CONTRACTS;

/// A breach of a rule.
#[derive(Debug)]
pub struct Finding {
    /// The file of the contract, from the workspace's root.
    pub file: &'static str,
    /// The rule's name.
    pub rule: &'static str,
    /// The place, as a JSON pointer.
    pub at: String,
    /// The line of the contract.
    pub line: u64,
    /// What is wrong.
    pub wrong: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, rule, at, line, wrong, remedy } = self;
        let at = if at.is_empty() { "the top" } else { at };
        write!(f, "{file}:{line}: {rule}: {wrong} at {at}; {remedy}")
    }
}

/// Returns the rules of the style guide.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        descriptions::RULES,
        examples::RULES,
        errors::RULES,
        names::RULES,
        references::RULES,
        generator::RULES,
        personal_data::RULES,
    ]
    .into_iter()
    .flatten()
}

/// Returns every breach of every rule, in the order of the file.
#[must_use]
pub fn findings(document: &Document) -> Vec<Finding> {
    let mut findings: Vec<_> = rules()
        .flat_map(|rule| (rule.breaches)(document).into_iter().map(|fault| (rule.name, fault)))
        .map(|(rule, Fault { at, line, wrong, remedy })| {
            let line = line.unwrap_or_else(|| document.line(&at));
            Finding { file: document.file(), rule, at, line, wrong, remedy }
        })
        .collect();
    findings.sort_by_key(|finding| finding.line);
    findings
}

/// Reads the workspace's contracts, and the decisions that they refer to.
///
/// # Errors
/// If one of the files is missing, or a contract is not YAML.
pub fn load() -> Result<Vec<Document>> {
    let read = |file: &str| {
        let path = workspace_root().join(file);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let decisions = read("openapi/DECISIONS.md")?;
    let document = |file| Document::parse(file, &read(file)?, &decisions).with_context(|| format!("in {file}"));
    CONTRACTS.iter().map(|entry| document(entry.path)).collect()
}
