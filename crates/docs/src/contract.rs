//! The contract, `openapi/group-dispatch.yaml`; and that of feeding events, `openapi/ingest.yaml`.

use std::sync::LazyLock;

use serde_json::Value;

/// The contract as it was written.
pub const YAML: &str = include_str!("../openapi/group-dispatch.yaml");
/// The same as JSON.
pub const JSON: &str = include_str!("generated/openapi.snap.json");

/// The edition for readers of the vendor, as JSON: derived from the contract, it has what a client must accept.
pub const READER_JSON: &str = include_str!("generated/reader.snap.json");

/// The contract, read, members in the order of the file.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(JSON).unwrap_or_default());

/// A part of the contract by its JSON pointer; null if there is none, which the comparison with the contract shows.
#[must_use]
pub fn part(pointer: &str) -> Value {
    DOCUMENT.pointer(pointer).cloned().unwrap_or_default()
}

/// The page's example of an operation's request.
#[must_use]
pub fn request_example(path: &str) -> Value {
    part(&format!("/paths/{}/post/requestBody/content/application~1json/examples/page/value", escaped(path)))
}

/// The page's example of an operation's answer.
#[must_use]
pub fn answer_example(path: &str) -> Value {
    part(&format!("/paths/{}/post/responses/200/content/application~1json/examples/page/value", escaped(path)))
}

fn escaped(path: &str) -> String {
    path.replace('/', "~1")
}

/// How status events get into a server.
pub mod ingest {
    use std::sync::LazyLock;

    use serde_json::Value;

    /// The contract as it was written.
    pub const YAML: &str = include_str!("../openapi/ingest.yaml");
    /// The same as JSON.
    pub const JSON: &str = include_str!("generated/ingest.snap.json");

    /// The path of its one operation.
    pub const PATH: &str = "/ingest/v1/status-events";

    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(JSON).unwrap_or_default());

    /// A part of the contract by its JSON pointer; null if there is none.
    #[must_use]
    pub fn part(pointer: &str) -> Value {
        DOCUMENT.pointer(pointer).cloned().unwrap_or_default()
    }

    /// An example of its one operation, by where it stands there.
    #[must_use]
    pub fn example(place: &str) -> Value {
        part(&format!("/paths/~1ingest~1v1~1status-events/post/{place}/value"))
    }
}
