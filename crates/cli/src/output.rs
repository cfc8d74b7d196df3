//! Answers in the form that was asked for.

use std::io::{self, IsTerminal};

use serde::Serialize;
use serde_json::Value;

use crate::{
    arguments::{Output, UsageError},
    json,
    rows::{Cell, Rows},
    spreadsheet, table,
    terminal::{self, plain},
};

/// Rejects a workbook on a terminal, which is no text for people.
pub fn check(output: Output) -> Result<(), UsageError> {
    match output {
        Output::Excel if io::stdout().is_terminal() => Err(UsageError::new(
            "a workbook is no text for a terminal; send it to a file: --output excel > answer.xlsx",
        )),
        _ => Ok(()),
    }
}

/// An answer, ready for each form.
pub struct Answer {
    json: String,
    pub rows: Rows,
    /// What is said on standard error before the answer.
    remark: Option<String>,
}

impl Answer {
    pub fn new(data: &impl Serialize, rows: Rows) -> anyhow::Result<Self> {
        Ok(Self { json: json::pretty(data)?, rows, remark: None })
    }

    pub fn with_remark(self, remark: Option<&str>) -> Self {
        Self { remark: remark.map(str::to_owned), ..self }
    }

    pub fn print(&self, output: Output) -> anyhow::Result<()> {
        if let Some(remark) = &self.remark {
            terminal::remark(remark);
        }
        match output {
            Output::Table => terminal::show(table::render(&self.rows, terminal::width())),
            Output::Json => terminal::print(&self.json),
            Output::Ndjson => terminal::write(&ndjson(&self.rows)?),
            Output::Csv => terminal::write(&csv(&self.rows)),
            Output::Excel => terminal::write_bytes(&spreadsheet::workbook(&self.rows)?),
        }
    }
}

fn ndjson(rows: &Rows) -> anyhow::Result<String> {
    let mut text = String::new();
    for row in rows.iter() {
        text += &json::line(&row)?;
        text.push('\n');
    }
    Ok(text)
}

/// Returns the rows as CSV. An empty text is `""`, so that a reader can distinguish it from a value that is absent.
fn csv(rows: &Rows) -> String {
    let header: Vec<_> = rows.columns().iter().map(|column| column.member).collect();
    let mut text = header.join(",") + "\n";
    for row in rows.iter() {
        let fields: Vec<_> = row.cells.iter().map(field).collect();
        text += &fields.join(",");
        text.push('\n');
    }
    text
}

/// What a formula begins with. Spreadsheets take the full-width forms for it as well; a tab or a carriage return, after which
/// they look for one, is replaced before.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// CSV is looked at in terminals, which text must not steer, and in spreadsheets, which take text that begins like a
/// formula for one unless an apostrophe is put in front of it.
fn field(cell: &Cell) -> String {
    match &cell.value {
        Value::Null => String::new(),
        Value::String(text) => quoted(escape_formula(text)),
        other => other.to_string(),
    }
}

fn quoted(text: String) -> String {
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// Puts an apostrophe before text that spreadsheets take for a formula, and before text that begins with an apostrophe, so
/// that [`unescape_formula`] returns the same text.
fn escape_formula(text: &str) -> String {
    let shown = plain(text);
    if is_escaped(text) { format!("'{shown}") } else { shown }
}

/// Removes the apostrophe that `escape_formula` puts before a text. Other text stays.
pub fn unescape_formula(field: &str) -> &str {
    field.strip_prefix('\'').filter(|text| is_escaped(text)).unwrap_or(field)
}

fn is_escaped(text: &str) -> bool {
    text.starts_with('\'') || text.trim_start().starts_with(FORMULA_SIGNS)
}
