//! What each question is called: by the contract, in Rust, by the command and by the mocks.

use serde::Serialize;
use serde_json::Value;

use crate::{contract, samples::capitalized};

/// The names of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Names {
    /// What it does, in a sentence: the contract's summary.
    pub summary: String,
    /// Its operation id.
    pub operation: String,
    /// Its path.
    pub path: String,
    /// The method of `group_dispatch_client::Client`.
    pub method: &'static str,
    /// The subcommand of `group-dispatch` that asks it; `None` for the operation that feeds events.
    pub command: Option<&'static str>,
    /// The type of its request in `group_dispatch_types`.
    pub request: String,
    /// What mocks it in `group_dispatch_httpmock`: the operation's type, or a method.
    pub mock: String,
}

/// For each operation the names that do not follow from the contract: the method and the command.
const CHOSEN: [(&str, &str, Option<&str>); 6] = [
    ("queryUserStatus", "online_agents", Some("online")),
    ("queryAllOlWhatsAppInfo", "all_online", Some("all")),
    ("queryWhatsAppInfo", "account_location", Some("account")),
    ("queryUserStatusLog", "status_log", Some("log")),
    ("getLatestOnlineWhatsAccount", "recent_accounts", Some("recent")),
    ("statusEvents", "feed", None),
];

/// The names of all operations, in the order of the contracts; the one that feeds events is the last.
#[must_use]
pub fn names() -> Vec<Names> {
    [("", contract::part("/paths")), ("ingest::", contract::ingest::part("/paths"))]
        .iter()
        .flat_map(|(module, paths)| {
            paths.as_object().into_iter().flatten().filter_map(|(path, item)| of(path, &item["post"], module))
        })
        .collect()
}

fn of(path: &str, operation: &Value, module: &str) -> Option<Names> {
    let id = operation["operationId"].as_str()?;
    let (_, method, command) = CHOSEN.iter().find(|(chosen, ..)| *chosen == id)?;
    let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref")?.as_str()?;
    Some(Names {
        summary: operation["summary"].as_str()?.to_owned(),
        operation: id.to_owned(),
        path: path.to_owned(),
        method,
        command: *command,
        request: format!("{module}{}", schema.rsplit('/').next()?),
        // Answers one after another, by a type of the operation, are for the queries alone.
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
