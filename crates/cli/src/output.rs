//! Answers in the form that was asked for.

use serde::Serialize;
use serde_json::Value;

use crate::{
    arguments::Output,
    json,
    rows::{Cell, Rows},
    table,
    terminal::{self, plain},
};

/// An answer, ready for each form.
pub struct Answer {
    json: String,
    pub rows: Rows,
}

impl Answer {
    pub fn new(data: &impl Serialize, rows: Rows) -> anyhow::Result<Self> {
        Ok(Self { json: json::pretty(data)?, rows })
    }

    pub fn print(&self, output: Output) -> anyhow::Result<()> {
        match output {
            Output::Table => terminal::show(table::render(&self.rows, terminal::width())),
            Output::Json => terminal::print(&self.json),
            Output::Ndjson => terminal::write(&ndjson(&self.rows)?),
            Output::Csv => terminal::write(&csv(&self.rows)?),
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

fn csv(rows: &Rows) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(rows.columns().iter().map(|column| column.member))?;
    for row in rows.iter() {
        writer.write_record(row.cells.iter().map(field))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// CSV is looked at in terminals, which text must not steer, and in spreadsheets, which take text that begins like a
/// formula for one unless an apostrophe is put in front of it.
fn field(cell: &Cell) -> String {
    match &cell.value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@']) => format!("'{}", plain(text)),
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}
