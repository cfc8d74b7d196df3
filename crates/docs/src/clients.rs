//! The table of the page "Clients in other languages": which clients other generators make of the contract and of its
//! edition for readers of the vendor, and what does not work with them.
//!
//! The rows are in `clients.json`. The tests of the server run each client and compare the rows with the results.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A generator with the flags that it was run with.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The language of the client.
    pub language: String,
    /// The generator, with the library or style that it was set to.
    pub generator: String,
    /// The package that has the generator.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The file below `crates/server/tests/consumers` that pins the version.
    #[serde(skip_serializing)]
    pub pin: String,
    /// The flags that the generator needs.
    pub flags: String,
    /// What does not work with the client made of the contract itself.
    pub contract: Failures,
    /// What does not work with the client made of the edition for readers of the vendor.
    pub reader: Failures,
    /// Other remarks for users of the client, as Markdown.
    pub note: String,
}

/// What does not work, with the reason. If a client does not compile, nothing else is tested.
pub type Failures = BTreeMap<Ability, String>;

/// An ability that each client is tested for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Ability {
    /// The client is generated, and compiles or passes its type checker.
    #[serde(rename = "compiles")]
    Compiles,
    /// The queries are answered with typed data.
    #[serde(rename = "five queries")]
    FiveQueries,
    /// An account that is not online gives null, not an error and not an empty account.
    #[serde(rename = "not online")]
    NotOnline,
    /// A response with a code that the contract does not list is read.
    #[serde(rename = "unknown code")]
    UnknownCode,
    /// An error with an HTTP status of its own gives its code and message.
    #[serde(rename = "error")]
    Error,
    /// An error with HTTP status 200, as the vendor sends it, gives its code and message.
    #[serde(rename = "error with HTTP status 200")]
    ErrorWithStatus200,
}

/// Returns all rows, by language and then by generator.
///
/// # Errors
/// If `clients.json` is not an array of such rows.
pub fn rows() -> Result<Vec<Row>, serde_json::Error> {
    let mut rows: Vec<Row> = serde_json::from_str(include_str!("../clients.json"))?;
    rows.sort_by_key(|row| (row.language.to_lowercase(), row.generator.to_lowercase()));
    Ok(rows)
}
