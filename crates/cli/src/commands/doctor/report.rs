//! The report of `doctor`: prints the result of each check at once, or all of them as JSON at the end.

use anstyle::{AnsiColor, Style};
use anyhow::bail;
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::{
    output::json,
    terminal::{self, sanitize},
};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// A line of text for each check.
    Text,
    /// One JSON object, after all checks.
    Json,
}

/// The result of a check that did not fail, with a value for the next checks.
pub struct CheckResult<T> {
    pub value: T,
    pub text: String,
    pub is_warning: bool,
}

impl<T> CheckResult<T> {
    pub fn ok(value: T, text: impl Into<String>) -> Self {
        Self { value, text: text.into(), is_warning: false }
    }

    pub fn warning(value: T, text: impl Into<String>) -> Self {
        Self { is_warning: true, ..Self::ok(value, text) }
    }
}

pub struct Report {
    /// The checks that have not run yet.
    pending: Vec<&'static str>,
    failed: Vec<&'static str>,
    written: anyhow::Result<()>,
    /// The results so far, if they are printed as JSON.
    results: Option<Vec<Value>>,
    members: Map<String, Value>,
}

impl Report {
    pub fn new(checks: &[&'static str], format: ReportFormat) -> Self {
        let results = (format == ReportFormat::Json).then(Vec::new);
        Self { pending: checks.into(), failed: Vec::new(), written: Ok(()), results, members: Map::new() }
    }

    /// Adds a member to the JSON. Text leaves it out.
    pub fn add_member(&mut self, member: &str, value: Value) {
        self.members.insert(member.to_owned(), value);
    }

    /// Adds the result of a check, and returns its value, or `None` if it failed.
    pub fn add<T>(&mut self, check: &'static str, result: anyhow::Result<CheckResult<T>>) -> Option<T> {
        self.pending.retain(|other| *other != check);
        match result {
            Ok(CheckResult { value, text, is_warning: false }) => {
                self.add_line("ok", AnsiColor::Green.on_default(), check, &text);
                Some(value)
            }
            Ok(CheckResult { value, text, is_warning: true }) => {
                self.add_line("warning", AnsiColor::Yellow.on_default(), check, &text);
                Some(value)
            }
            Err(error) => {
                self.failed.push(check);
                self.add_line("failed", AnsiColor::Red.on_default(), check, &format!("{error:#}"));
                None
            }
        }
    }

    /// Skips checks that do not apply.
    pub fn skip(&mut self, checks: &[&'static str], because: &str) {
        self.pending.retain(|other| !checks.contains(other));
        self.add_line("skipped", Style::new().dimmed(), &checks.join(", "), because);
    }

    /// Reports the checks that were skipped because of the last failure.
    ///
    /// # Errors
    /// If a check failed, or the report could not be printed.
    pub fn conclude(mut self) -> anyhow::Result<()> {
        if let Some(last) = self.failed.last()
            && !self.pending.is_empty()
        {
            let because = format!("because the {last} failed");
            self.add_line("skipped", Style::new().dimmed(), &self.pending.join(", "), &because);
        }
        if let Some(results) = self.results.take() {
            self.members.insert("checks".to_owned(), results.into());
            self.written = json::to_pretty(&self.members).and_then(terminal::print_line);
        }
        if self.failed.is_empty() { self.written } else { bail!("failed checks: {}", self.failed.join(", ")) }
    }

    /// Prints a line, unless a line before could not be printed.
    fn add_line(&mut self, mark: &str, style: Style, check: &str, text: &str) {
        if let Some(results) = &mut self.results {
            results.push(json!({ "check": check, "result": mark, "text": text }));
        } else if self.written.is_ok() {
            self.written =
                terminal::print_styled_line(format_args!("{style}{mark:7}{style:#}  {check}: {}", sanitize(text)));
        }
    }
}
