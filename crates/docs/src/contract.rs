//! The contracts as this crate ships them: `openapi/group-dispatch.yaml` of the queries, and in [`ingest`] that of
//! feeding events, `openapi/ingest.yaml`. The pages are made from them, and a server shows them.

use std::sync::LazyLock;

use serde_json::Value;

/// The contract as it was written.
pub const YAML: &str = include_str!("../openapi/group-dispatch.yaml");
/// The contract as JSON.
pub const JSON: &str = include_str!("generated/openapi.snap.json");

/// The edition for readers of the vendor, as JSON: derived from the contract, it allows what a client must accept
/// (D45).
pub const READER_JSON: &str = include_str!("generated/reader.snap.json");

/// The parsed contract. Members have the order of the file.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(JSON).unwrap_or_default());

/// Returns the part of the contract at a JSON pointer, or null if there is none.
#[must_use]
pub fn part(pointer: &str) -> Value {
    DOCUMENT.pointer(pointer).cloned().unwrap_or_default()
}

/// Returns the example of the request to a path: the vendor's (`page`), or else the first.
#[must_use]
pub fn request_example(path: &str) -> Value {
    example(&format!("/paths/{}/post/requestBody", escaped(path)))
}

/// Returns the example of the response of a path: the vendor's (`page`), or else the first.
#[must_use]
pub fn response_example(path: &str) -> Value {
    example(&format!("/paths/{}/post/responses/200", escaped(path)))
}

fn example(body: &str) -> Value {
    let examples = part(&format!("{body}/content/application~1json/examples"));
    let chosen = examples.get("page").or_else(|| examples.as_object()?.values().next());
    chosen.map_or(Value::Null, |example| example["value"].clone())
}

fn escaped(path: &str) -> String {
    path.replace('/', "~1")
}

/// The contract of feeding events into a group-dispatch-server.
pub mod ingest {
    use std::sync::LazyLock;

    use serde_json::Value;

    /// The contract as it was written.
    pub const YAML: &str = include_str!("../openapi/ingest.yaml");
    /// The contract as JSON.
    pub const JSON: &str = include_str!("generated/ingest.snap.json");

    /// The path of its only operation.
    pub const PATH: &str = "/ingest/v1/status-events";

    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(JSON).unwrap_or_default());

    /// Returns the part of the contract at a JSON pointer, or null if there is none.
    #[must_use]
    pub fn part(pointer: &str) -> Value {
        DOCUMENT.pointer(pointer).cloned().unwrap_or_default()
    }

    /// Returns an example of its only operation, by the place of the example in that operation.
    #[must_use]
    pub fn example(place: &str) -> Value {
        part(&format!("/paths/~1ingest~1v1~1status-events/post/{place}/value"))
    }
}
