//! Prints a long response part by part, so that it is never in memory as a whole. Only a workbook is written at the end.
//! Used by `history`.

use std::mem;

use serde::Serialize;

use super::{OutputFormat, csv, excel, json, render_ndjson, rows::Rows, table};
use crate::terminal;

/// Prints the list of a response: [`print`](Self::print) for each part, then [`finish`](Self::finish).
pub struct PartPrinter {
    format: OutputFormat,
    /// The member of the response's data that has the list.
    member: &'static str,
    has_begun: bool,
    /// The rows of a workbook.
    workbook: Option<Rows>,
}

impl PartPrinter {
    pub const fn new(format: OutputFormat, member: &'static str) -> Self {
        Self { format, member, has_begun: false, workbook: None }
    }

    /// Prints a part: its items, and the rows that were made from them. Of a table, each part has a heading of its own.
    ///
    /// # Errors
    /// If it can't be printed, or has more rows than a worksheet can have.
    pub fn print<T: Serialize>(&mut self, items: &[T], rows: Rows) -> anyhow::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let is_first = !mem::replace(&mut self.has_begun, true);
        match self.format {
            OutputFormat::Table => terminal::print_styled_line(table::render(&rows, terminal::width())),
            OutputFormat::Json => terminal::print(&self.render_json(items, is_first)?),
            OutputFormat::Ndjson => terminal::print(&render_ndjson(&rows)?),
            OutputFormat::Csv if is_first => terminal::print(&csv::render(&rows)),
            OutputFormat::Csv => terminal::print(&csv::render_records(&rows)),
            OutputFormat::Excel => match &mut self.workbook {
                Some(all) => {
                    all.append(rows);
                    excel::check_length(all)
                }
                None => {
                    self.workbook = Some(rows);
                    Ok(())
                }
            },
        }
    }

    /// Prints the end, and of a response without items what `empty` shows, which has columns and no rows.
    ///
    /// # Errors
    /// If it can't be printed.
    pub fn finish(self, empty: &Rows) -> anyhow::Result<()> {
        match self.format {
            OutputFormat::Json if self.has_begun => terminal::print_line("\n  ]\n}"),
            OutputFormat::Json => terminal::print_line(format_args!("{{\n  \"{}\": []\n}}", self.member)),
            OutputFormat::Table if !self.has_begun => terminal::print_styled_line(table::render(empty, None)),
            OutputFormat::Csv if !self.has_begun => terminal::print(&csv::render(empty)),
            OutputFormat::Excel => terminal::print_bytes(&excel::render(self.workbook.as_ref().unwrap_or(empty))?),
            OutputFormat::Table | OutputFormat::Csv | OutputFormat::Ndjson => Ok(()),
        }
    }

    /// Renders items as elements of the list, indented like those of other responses.
    fn render_json<T: Serialize>(&self, items: &[T], is_first: bool) -> anyhow::Result<String> {
        let items = items.iter().map(|item| Ok(json::to_pretty(item)?.replace('\n', "\n    ")));
        let items: Vec<_> = items.collect::<anyhow::Result<_>>()?;
        let before = if is_first { format!("{{\n  \"{}\": [", self.member) } else { ",".to_owned() };
        Ok(format!("{before}\n    {}", items.join(",\n    ")))
    }
}
