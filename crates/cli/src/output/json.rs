//! JSON for programs that is also safe to print on a terminal.

use anyhow::Context;
use serde::Serialize;

use crate::terminal;

/// Serializes data on one line.
pub fn to_line(data: &impl Serialize) -> anyhow::Result<String> {
    escape_control(serde_json::to_string(data))
}

/// Serializes data on several lines, indented.
pub fn to_pretty(data: &impl Serialize) -> anyhow::Result<String> {
    escape_control(serde_json::to_string_pretty(data))
}

/// Escapes the characters that control a terminal; `serde_json` escapes only some of them.
fn escape_control(json: serde_json::Result<String>) -> anyhow::Result<String> {
    let json = json.context("cannot serialize JSON")?;
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        // A newline is never within a text, where it is escaped already.
        if terminal::is_control(c) && c != '\n' {
            escaped += &format!("\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    Ok(escaped)
}
