//! The contracts as this crate ships them, and what the site says of each. The pages are made from them, and a server shows
//! them. [`ALL`] lists them: everything that concerns each contract iterates over it.

use std::sync::LazyLock;

use serde_json::Value;

/// A contract.
pub struct Contract {
    /// Its name on the site: `openapi` of `openapi.yaml` and `openapi.json`.
    pub name: &'static str,
    /// Its file in the repository's folder `openapi`.
    pub file: &'static str,
    /// The contract as it was written.
    pub yaml: &'static str,
    /// The contract as JSON.
    pub json: &'static str,
    /// Where a server shows it: as YAML, and as JSON.
    pub paths: [&'static str; 2],
    /// What it is the contract of.
    pub(crate) subject: &'static str,
    /// The page about its operations, if they don't have pages of their own.
    pub(crate) page: Option<&'static str>,
    /// The path of its types and mocks in their crates, such as `ingest::`.
    pub(crate) module: &'static str,
    pub(crate) changelog: Changelog,
    pub(crate) collection: CollectionText,
    document: LazyLock<Value>,
}

/// The changelog of a contract, and its page.
pub(crate) struct Changelog {
    /// Its file in the repository's folder `openapi`.
    pub file: &'static str,
    pub text: &'static str,
    pub page: &'static str,
    pub title: &'static str,
}

/// The collection with the operations of a contract.
pub(crate) struct CollectionText {
    /// The beginning of its files' names.
    pub name: &'static str,
    /// What its requests do.
    pub summary: &'static str,
}

macro_rules! text {
    ($file:literal) => {
        include_str!(concat!("../openapi/", $file))
    };
}

/// The contract of the queries.
pub static QUERIES: Contract = Contract {
    name: "openapi",
    file: "group-dispatch.yaml",
    yaml: text!("group-dispatch.yaml"),
    json: include_str!("generated/openapi.snap.json"),
    paths: ["/openapi.yaml", "/openapi.json"],
    subject: "the queries",
    page: None,
    module: "",
    changelog: Changelog {
        file: "CHANGELOG.md",
        text: text!("CHANGELOG.md"),
        page: "changelog.html",
        title: "Changelog",
    },
    collection: CollectionText { name: "group-dispatch", summary: "The queries" },
    document: LazyLock::new(|| parsed(&QUERIES)),
};

/// The contract of feeding events into a group-dispatch-server.
pub static INGEST: Contract = Contract {
    name: "ingest",
    file: "ingest.yaml",
    yaml: text!("ingest.yaml"),
    json: include_str!("generated/ingest.snap.json"),
    paths: ["/ingest/v1/openapi.yaml", "/ingest/v1/openapi.json"],
    subject: "feeding events",
    page: Some("feeding.html"),
    module: "ingest::",
    changelog: Changelog {
        file: "CHANGELOG-ingest.md",
        text: text!("CHANGELOG-ingest.md"),
        page: "changelog-ingest.html",
        title: "Changelog of feeding",
    },
    collection: CollectionText {
        name: "group-dispatch-ingest",
        summary: "Feeding events, which changes the server's data",
    },
    document: LazyLock::new(|| parsed(&INGEST)),
};

/// The contract of the history of a group-dispatch-server.
pub static HISTORY: Contract = Contract {
    name: "history",
    file: "history.yaml",
    yaml: text!("history.yaml"),
    json: include_str!("generated/history.snap.json"),
    paths: ["/history/v1/openapi.yaml", "/history/v1/openapi.json"],
    subject: "the history",
    page: Some("history.html"),
    module: "history::",
    changelog: Changelog {
        file: "CHANGELOG-history.md",
        text: text!("CHANGELOG-history.md"),
        page: "changelog-history.html",
        title: "Changelog of the history",
    },
    collection: CollectionText { name: "group-dispatch-history", summary: "The history" },
    document: LazyLock::new(|| parsed(&HISTORY)),
};

/// All contracts. That of the queries is the first.
pub static ALL: [&Contract; 3] = [&QUERIES, &INGEST, &HISTORY];

/// The edition for readers of the vendor, as JSON: derived from the contract of the queries, it allows what a client must
/// accept (D45).
pub const READER_JSON: &str = include_str!("generated/reader.snap.json");

impl Contract {
    /// Returns the parsed contract. Members have the order of the file.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Returns the part of the contract at a JSON pointer, or null if there is none.
    #[must_use]
    pub fn part(&self, pointer: &str) -> Value {
        self.document.pointer(pointer).cloned().unwrap_or_default()
    }
}

/// Returns the contract with the operation at a path.
#[must_use]
pub fn of_path(path: &str) -> Option<&'static Contract> {
    ALL.into_iter().find(|contract| contract.document["paths"].get(path).is_some())
}

/// Returns the example of the request to a path: the vendor's (`page`), or else the first.
#[must_use]
pub fn request_example(path: &str) -> Value {
    example(path, "/requestBody")
}

/// Returns the example of the response of a path: the vendor's (`page`), or else the first.
#[must_use]
pub fn response_example(path: &str) -> Value {
    example(path, "/responses/200")
}

fn example(path: &str, body: &str) -> Value {
    let Some(contract) = of_path(path) else { return Value::Null };
    let body = contract.document["paths"][path]["post"].pointer(body);
    let examples = body.map_or(&Value::Null, |body| &body["content"]["application/json"]["examples"]);
    let chosen = examples.get("page").or_else(|| examples.as_object()?.values().next());
    chosen.map_or(Value::Null, |example| example["value"].clone())
}

fn parsed(contract: &Contract) -> Value {
    serde_json::from_str(contract.json).unwrap_or_default()
}
