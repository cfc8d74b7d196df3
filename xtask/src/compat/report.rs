//! The report of a comparison: a line for each change, and the outcome.

use std::{collections::BTreeSet, fmt};

use semver::Version;

use super::rules::{Party, Rule, Severity};

/// A change with the rule that judged it.
#[derive(Debug)]
pub struct Change {
    /// The row of the table that applies.
    pub rule: &'static Rule,
    /// The place and what happened there, in words.
    pub what: String,
    /// The operations that it is part of.
    pub operations: BTreeSet<String>,
}

/// The result of a comparison. `Display` prints the whole report.
#[derive(Debug)]
pub struct Verdict {
    /// The version of the released contract.
    pub released: Version,
    /// The version of the current contract.
    pub current: Version,
    /// The changes, the most severe first.
    pub changes: Vec<Change>,
    /// What is wrong and what to do about it. Empty if the contract can be released.
    pub errors: Vec<String>,
    /// The number of operations.
    pub operation_count: usize,
}

impl Verdict {
    /// Returns the outcome in a line.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { released, current, .. } = self;
        format!("{released} -> {current}: {}; {}", self.counts(), self.errors_or("the version is right"))
    }

    fn errors_or(&self, content: &str) -> String {
        if self.errors.is_empty() { content.to_owned() } else { self.errors.join("; ") }
    }

    /// `2 breaking changes, 1 of words`.
    fn counts(&self) -> String {
        let count = |severity| self.changes.iter().filter(|change| change.rule.effect.severity == severity).count();
        let counts: Vec<String> = [Severity::Breaking, Severity::Compatible, Severity::Words]
            .into_iter()
            .filter(|severity| count(*severity) > 0)
            .map(|severity| format!("{} {severity}", count(severity)))
            .collect();
        if counts.is_empty() { "no change".to_owned() } else { counts.join(", ") }
    }

    fn operations(&self, change: &Change) -> String {
        match change.operations.len() {
            0 => String::new(),
            count if count == self.operation_count => " (all operations)".to_owned(),
            _ => format!(" ({})", change.operations.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            let rule = change.rule;
            let parties: Vec<String> = rule.effect.breaks.iter().map(ToString::to_string).collect();
            let parties = if parties.is_empty() { "-".to_owned() } else { parties.join(", ") };
            let operations = self.operations(change);
            writeln!(
                f,
                "{:<10}  {parties:<20}  {:<34}  {}; {}{operations}",
                rule.effect.severity, rule.id, change.what, rule.says
            )?;
        }
        writeln!(f, "{}", self.summary())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Breaking => "breaking",
            Self::Compatible => "compatible",
            Self::Words => "words",
        })
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Caller => "caller",
            Self::Server => "server",
            Self::Rust => "rust",
        })
    }
}
