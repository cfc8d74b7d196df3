//! What the checks find, said as soon as it is found.

use anstyle::{AnsiColor, Style};
use anyhow::bail;

use serde_json::{Map, Value, json};

use crate::{
    arguments::ReportForm,
    json,
    terminal::{self, plain},
};

/// What a check found that did not fail, and what the next ones need of it.
pub struct Found<T> {
    pub value: T,
    pub text: String,
    pub is_warning: bool,
}

impl<T> Found<T> {
    pub fn fine(value: T, text: impl Into<String>) -> Self {
        Self { value, text: text.into(), is_warning: false }
    }

    pub fn warning(value: T, text: impl Into<String>) -> Self {
        Self { is_warning: true, ..Self::fine(value, text) }
    }
}

pub struct Report {
    /// Those that are still to come.
    checks: Vec<&'static str>,
    failed: Vec<&'static str>,
    written: anyhow::Result<()>,
    /// What is printed at the end, as JSON.
    lines: Option<Vec<Value>>,
    members: Map<String, Value>,
}

impl Report {
    pub fn new(checks: &[&'static str], form: ReportForm) -> Self {
        let lines = (form == ReportForm::Json).then(Vec::new);
        Self { checks: checks.into(), failed: Vec::new(), written: Ok(()), lines, members: Map::new() }
    }

    /// Adds a member to the JSON, which text leaves out.
    pub fn add_member(&mut self, member: &str, value: Value) {
        self.members.insert(member.to_owned(), value);
    }

    /// Prints what a check found, and returns its value; `None` where it failed.
    pub fn add<T>(&mut self, check: &'static str, found: anyhow::Result<Found<T>>) -> Option<T> {
        self.checks.retain(|other| *other != check);
        match found {
            Ok(Found { value, text, is_warning: false }) => {
                self.line("ok", AnsiColor::Green.on_default(), check, &text);
                Some(value)
            }
            Ok(Found { value, text, is_warning: true }) => {
                self.line("warning", AnsiColor::Yellow.on_default(), check, &text);
                Some(value)
            }
            Err(error) => {
                self.failed.push(check);
                self.line("failed", AnsiColor::Red.on_default(), check, &format!("{error:#}"));
                None
            }
        }
    }

    /// Says which checks were not made because of the one that failed last. A check that failed is an error, whoever
    /// reads of it.
    pub fn conclude(mut self) -> anyhow::Result<()> {
        if let Some(last) = self.failed.last()
            && !self.checks.is_empty()
        {
            let because = format!("because the {last} failed");
            self.line("skipped", Style::new().dimmed(), &self.checks.join(", "), &because);
        }
        if let Some(lines) = self.lines.take() {
            self.members.insert("checks".to_owned(), lines.into());
            self.written = json::pretty(&self.members).and_then(terminal::print);
        }
        if self.failed.is_empty() { self.written } else { bail!("failed checks: {}", self.failed.join(", ")) }
    }

    /// Nothing more is said where that could not be done before.
    fn line(&mut self, mark: &str, style: Style, check: &str, text: &str) {
        if let Some(lines) = &mut self.lines {
            lines.push(json!({ "check": check, "result": mark, "text": text }));
        } else if self.written.is_ok() {
            self.written = terminal::show(format_args!("{style}{mark:7}{style:#}  {check}: {}", plain(text)));
        }
    }
}
