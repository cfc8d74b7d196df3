//! Renders rows as an Excel workbook. Unlike CSV, a workbook marks cells as text: phone numbers keep all digits, no
//! text runs as a formula, and the reader's settings don't matter for encoding and separator.

use anyhow::{Context, bail};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::Value;

use super::rows::{Cell, Rows};
use crate::terminal::sanitize;

/// Larger numbers are written as text: spreadsheets show numbers with more than 11 digits as 8.6E+12, and round numbers
/// with more than 15 digits.
const LARGEST_NUMBER: u64 = 99_999_999_999;
/// The row limit of a worksheet, header included.
const MAX_ROWS: usize = 1_048_576;
/// The limit of a cell, in characters.
const MAX_CELL_CHARS: usize = 32_767;

/// Returns the bytes of a workbook with all columns in one worksheet.
///
/// # Errors
/// If there are more rows than a worksheet can have.
pub fn render(rows: &Rows) -> anyhow::Result<Vec<u8>> {
    check_length(rows)?;
    render_workbook(rows).context("cannot create the workbook")
}

/// Checks that a worksheet can have these rows.
///
/// # Errors
/// If there are too many.
pub fn check_length(rows: &Rows) -> anyhow::Result<()> {
    let count = rows.iter().count();
    if count >= MAX_ROWS {
        bail!("a worksheet has at most {MAX_ROWS} rows, but the response has {count}; use --output csv");
    }
    Ok(())
}

fn render_workbook(rows: &Rows) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let heading = Format::new().set_bold();
    // Keeps a cell text after somebody edits it.
    let text = Format::new().set_num_format("@");
    let worksheet = workbook.add_worksheet();
    for (index, column) in (0_u16..).zip(rows.columns()) {
        worksheet.write_string_with_format(0, index, column.member, &heading)?;
    }
    for (line, row) in (1_u32..).zip(rows.iter()) {
        for (index, cell) in (0_u16..).zip(row.cells) {
            match CellContent::of(cell) {
                CellContent::Empty => {}
                CellContent::Number(number) => {
                    worksheet.write_number(line, index, number)?;
                }
                CellContent::Text(value) => {
                    worksheet.write_string_with_format(line, index, value, &text)?;
                }
            }
        }
    }
    worksheet.set_freeze_panes(1, 0)?;
    worksheet.autofit();
    workbook.save_to_buffer()
}

enum CellContent {
    Empty,
    Number(f64),
    Text(String),
}

impl CellContent {
    fn of(cell: &Cell) -> Self {
        match &cell.value {
            Value::Null => Self::Empty,
            Value::String(text) => Self::Text(sanitize(text).chars().take(MAX_CELL_CHARS).collect()),
            Value::Number(number) => match number.as_f64() {
                Some(float) if number.as_u64().is_none_or(|number| number <= LARGEST_NUMBER) => Self::Number(float),
                _ => Self::Text(number.to_string()),
            },
            other => Self::Text(other.to_string()),
        }
    }
}
