//! JSON, which is for programs, and looked at in terminals.

use anyhow::Context;
use serde::Serialize;

use crate::terminal;

/// On one line.
pub fn line(data: &impl Serialize) -> anyhow::Result<String> {
    plain(serde_json::to_string(data))
}

/// On as many lines as make it easy to read.
pub fn pretty(data: &impl Serialize) -> anyhow::Result<String> {
    plain(serde_json::to_string_pretty(data))
}

/// The same for programs, with nothing in its texts that steers the terminal: of that, serde_json leaves some as it is.
fn plain(json: serde_json::Result<String>) -> anyhow::Result<String> {
    let json = json.context("cannot write JSON")?;
    let mut plain = String::with_capacity(json.len());
    for c in json.chars() {
        // The ends of lines are between its texts; in them they are escaped already.
        if terminal::steers(c) && c != '\n' {
            plain += &format!("\\u{:04x}", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    Ok(plain)
}
