//! Clients that other generators make of the contract: what works with them and what does not.
//!
//! The rows are in `clients.json`, which the tests of the server compare with their own results.

use serde::{Deserialize, Serialize};

/// The rows as JSON: an array of objects with the members of the table's columns.
pub const JSON: &str = include_str!("../clients.json");

/// A generator with the flags that it was run with.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    language: String,
    generator: String,
    version: String,
    /// The file below `crates/server/tests/consumers` that pins the version.
    #[serde(skip_serializing)]
    #[expect(dead_code, reason = "the tests of the server read it from the JSON")]
    pin: String,
    flags: String,
    /// The client compiles, or passes its type checker. `None` means that nobody tried.
    compiles: Option<bool>,
    /// All five questions are answered with typed data.
    five_calls: Option<bool>,
    /// An account that is not online gives null, not an error and not an empty account.
    not_online: Option<bool>,
    /// An error gives its code and message.
    error: Option<bool>,
    /// A code that the contract does not list gives an answer all the same.
    unknown_code: Option<bool>,
    note: String,
}

/// All rows, by language and then by generator.
///
/// # Errors
/// When `clients.json` is not an array of such rows.
pub fn rows() -> Result<Vec<Row>, serde_json::Error> {
    let mut rows: Vec<Row> = serde_json::from_str(JSON)?;
    rows.sort_by_key(|row| (row.language.to_lowercase(), row.generator.to_lowercase()));
    Ok(rows)
}
