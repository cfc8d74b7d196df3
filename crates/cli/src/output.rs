//! Prints the response of a query in the format that `--output` selects. Used by the queries and `demo`.

pub mod clock;
pub mod csv;
mod excel;
pub mod json;
pub mod parts;
pub mod rows;
pub mod table;

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use serde::Serialize;

use self::rows::Rows;
use crate::{terminal, usage_error::UsageError};

#[derive(Clone, Copy, Default, ValueEnum)]
pub enum OutputFormat {
    /// A table that fits the terminal.
    #[default]
    Table,
    /// The data of the response as JSON, in the form of the contract; members that the contract does not have are left
    /// out.
    Json,
    /// A flat JSON object per line, one for each account or event.
    Ndjson,
    /// The same as CSV with a header line, for programs. Text that begins like a formula gets an apostrophe.
    Csv,
    /// The same as an Excel workbook (.xlsx), which keeps all digits of phone numbers. Redirect it to a file.
    #[value(alias = "xlsx")]
    Excel,
}

/// Rejects a workbook on a terminal.
pub fn check_format(format: OutputFormat) -> Result<(), UsageError> {
    match format {
        OutputFormat::Excel if io::stdout().is_terminal() => Err(UsageError::new(
            "a workbook can't be printed on a terminal; redirect it to a file: --output excel > response.xlsx",
        )),
        _ => Ok(()),
    }
}

/// The response of a query, ready to be printed in each format.
pub struct Response {
    json: String,
    pub rows: Rows,
    /// Printed on standard error before the response.
    note: Option<String>,
}

impl Response {
    pub fn new(data: &impl Serialize, rows: Rows) -> anyhow::Result<Self> {
        Ok(Self { json: json::to_pretty(data)?, rows, note: None })
    }

    pub fn with_note(self, note: Option<&str>) -> Self {
        Self { note: note.map(str::to_owned), ..self }
    }

    pub fn print(&self, format: OutputFormat) -> anyhow::Result<()> {
        if let Some(note) = &self.note {
            terminal::print_error_line(note);
        }
        match format {
            OutputFormat::Table => terminal::print_styled_line(table::render(&self.rows, terminal::width())),
            OutputFormat::Json => terminal::print_line(&self.json),
            OutputFormat::Ndjson => terminal::print(&render_ndjson(&self.rows)?),
            OutputFormat::Csv => terminal::print(&csv::render(&self.rows)),
            OutputFormat::Excel => terminal::print_bytes(&excel::render(&self.rows)?),
        }
    }
}

/// Returns a number with its noun, such as "1 tie" or "2 ties".
pub fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn render_ndjson(rows: &Rows) -> anyhow::Result<String> {
    let mut text = String::new();
    for row in rows.iter() {
        text += &json::to_line(&row)?;
        text.push('\n');
    }
    Ok(text)
}
