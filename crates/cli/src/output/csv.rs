//! CSV for programs, safe to open in spreadsheets and to print on terminals. `import` reverses the escaping of
//! formulas.

use serde_json::Value;

use super::rows::{Cell, Rows};
use crate::terminal::sanitize;

/// What a formula begins with. Spreadsheets accept the full-width forms as well. They also look for a formula after a
/// tab or a carriage return; `sanitize` replaces these.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Renders rows as CSV. An empty text is `""`, so that a reader can distinguish it from an absent value.
pub fn render(rows: &Rows) -> String {
    let header: Vec<_> = rows.columns().iter().map(|column| column.member).collect();
    header.join(",") + "\n" + &render_records(rows)
}

/// Renders rows as CSV without a header line, to follow other rows.
pub fn render_records(rows: &Rows) -> String {
    let mut text = String::new();
    for row in rows.iter() {
        let fields: Vec<_> = row.cells.iter().map(render_field).collect();
        text += &fields.join(",");
        text.push('\n');
    }
    text
}

fn render_field(cell: &Cell) -> String {
    match &cell.value {
        Value::Null => String::new(),
        Value::String(text) => quote(escape_formula(text)),
        other => other.to_string(),
    }
}

fn quote(text: String) -> String {
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// Puts an apostrophe before text that spreadsheets would run as a formula. Text that begins with an apostrophe gets
/// another one, so that [`unescape_formula`] returns the same text.
fn escape_formula(text: &str) -> String {
    let sanitized = sanitize(text);
    if is_escaped(text) { format!("'{sanitized}") } else { sanitized }
}

/// Removes the apostrophe that `escape_formula` puts before a text. Returns other text unchanged.
pub fn unescape_formula(field: &str) -> &str {
    field.strip_prefix('\'').filter(|text| is_escaped(text)).unwrap_or(field)
}

fn is_escaped(text: &str) -> bool {
    text.starts_with('\'') || text.trim_start().starts_with(FORMULA_SIGNS)
}
