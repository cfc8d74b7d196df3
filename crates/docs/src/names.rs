//! The names of each operation: in the contract, in Rust, in the command and in the mocks. The page "Names" lists them,
//! and tests compare them with the real client, command and mocks.

use group_dispatch_types::Operation;
use serde::Serialize;

use crate::{
    by_hand::{ByHand, by_hand},
    contract,
    samples::capitalized,
};

/// The names of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Names {
    /// What it does, in a sentence: the contract's summary.
    pub summary: String,
    /// Its operation id.
    pub operation: String,
    /// Its path.
    pub path: String,
    /// The file of its page.
    pub page: String,
    /// The method of `group_dispatch_client::Client`.
    pub method: &'static str,
    /// The subcommand of `group-dispatch` that sends it; `None` if there is none, as for the operation
    /// that feeds events.
    pub command: Option<&'static str>,
    /// The type of its request in `group_dispatch_types`.
    pub request: String,
    /// What mocks it in `group_dispatch_httpmock`: the operation's type, or a method.
    pub mock: String,
}

/// Returns the names of all operations, in the order of the contracts.
#[must_use]
pub fn names() -> Vec<Names> {
    Operation::ALL.into_iter().filter_map(names_of).collect()
}

fn names_of(operation: Operation) -> Option<Names> {
    let ByHand { method, command, .. } = by_hand(operation);
    let (id, path) = (operation.id(), operation.path());
    let contract = contract::of_path(path)?;
    let (module, part) = (contract.module, &contract.document()["paths"][path]["post"]);
    let schema = part.pointer("/requestBody/content/application~1json/schema/$ref")?.as_str()?;
    Some(Names {
        summary: part["summary"].as_str()?.to_owned(),
        operation: id.to_owned(),
        path: path.to_owned(),
        page: contract.page.map_or_else(|| format!("{id}.html"), str::to_owned),
        method,
        command,
        request: format!("{module}{}", schema.rsplit('/').next()?),
        // Only the queries have a type that mocks them; the others have a method.
        mock: match module {
            "" => capitalized(id),
            _ => format!("{module}MockServerExt::{}", snake_case(id)),
        },
    })
}

fn snake_case(id: &str) -> String {
    let letter = |letter: char| {
        let underscore = letter.is_ascii_uppercase().then_some('_');
        underscore.into_iter().chain([letter.to_ascii_lowercase()])
    };
    id.chars().flat_map(letter).collect()
}
