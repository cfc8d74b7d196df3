//! Answers as an Excel workbook. Unlike CSV it says which cells are text: phone numbers keep all their digits, nothing is
//! taken for a formula, and neither the encoding nor the separator depends on the reader's settings.

use anyhow::{Context, bail};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::Value;

use crate::{
    rows::{Cell, Rows},
    terminal::plain,
};

/// Numbers from here on are written as text: spreadsheets show those with more than 11 digits as 8.6E+12, and round those
/// with more than 15.
const LARGEST_NUMBER: u64 = 99_999_999_999;
/// The most rows of a worksheet, its heading included.
const MOST_ROWS: usize = 1_048_576;
/// The most characters of a cell.
const LONGEST_TEXT: usize = 32_767;

/// Returns the bytes of the workbook, with a worksheet of all columns.
///
/// # Errors
/// When there are more rows than a worksheet may have.
pub fn workbook(rows: &Rows) -> anyhow::Result<Vec<u8>> {
    let count = rows.iter().count();
    if count >= MOST_ROWS {
        bail!("a worksheet has {MOST_ROWS} rows at most, and the answer has {count}; use --output csv");
    }
    filled(rows).context("cannot make the workbook")
}

fn filled(rows: &Rows) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let heading = Format::new().set_bold();
    // Text also after somebody edited the cell.
    let text = Format::new().set_num_format("@");
    let worksheet = workbook.add_worksheet();
    for (at, column) in (0_u16..).zip(rows.columns()) {
        worksheet.write_string_with_format(0, at, column.member, &heading)?;
    }
    for (line, row) in (1_u32..).zip(rows.iter()) {
        for (at, cell) in (0_u16..).zip(row.cells) {
            match written(cell) {
                Written::Nothing => {}
                Written::Number(number) => {
                    worksheet.write_number(line, at, number)?;
                }
                Written::Text(value) => {
                    worksheet.write_string_with_format(line, at, value, &text)?;
                }
            }
        }
    }
    worksheet.set_freeze_panes(1, 0)?;
    worksheet.autofit();
    workbook.save_to_buffer()
}

enum Written {
    Nothing,
    Number(f64),
    Text(String),
}

fn written(cell: &Cell) -> Written {
    match &cell.value {
        Value::Null => Written::Nothing,
        Value::String(text) => Written::Text(plain(text).chars().take(LONGEST_TEXT).collect()),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.as_u64().is_none_or(|number| number <= LARGEST_NUMBER) => Written::Number(float),
            _ => Written::Text(number.to_string()),
        },
        other => Written::Text(other.to_string()),
    }
}
