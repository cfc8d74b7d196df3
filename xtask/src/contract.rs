//! The list of the contracts, [`CONTRACTS`]; reads them, and the parts of their grammar that more than one task needs.

use std::path::Path;

use anyhow::{Context, Result};
use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};
use test_support::workspace_root;

/// A contract of the workspace, and what belongs to it. Paths are from the workspace's root.
#[derive(Debug)]
pub struct Entry {
    /// Its name: of its tags (`openapi-2.1.0`), and of its JSON in the docs crate.
    pub name: &'static str,
    /// The contract.
    pub path: &'static str,
    /// The folder of its releases.
    pub released: &'static str,
    /// The changelog.
    pub changelog: &'static str,
    /// The module of its types in the types crate, and of its mocks; `None` for the contract of the vendor, whose types are
    /// at the root.
    pub module: Option<&'static str>,
}

/// The contract of the queries.
pub static QUERIES: Entry = Entry {
    name: "openapi",
    path: "openapi/group-dispatch.yaml",
    released: "openapi/released",
    changelog: "openapi/CHANGELOG.md",
    module: None,
};

/// The contract of feeding events.
pub static INGEST: Entry = Entry {
    name: "ingest",
    path: "openapi/ingest.yaml",
    released: "openapi/released/ingest",
    changelog: "openapi/CHANGELOG-ingest.md",
    module: Some("ingest"),
};

/// The contract of the history.
pub static HISTORY: Entry = Entry {
    name: "history",
    path: "openapi/history.yaml",
    released: "openapi/released/history",
    changelog: "openapi/CHANGELOG-history.md",
    module: Some("history"),
};

/// All contracts. That of the vendor is the first.
pub static CONTRACTS: [&Entry; 3] = [&QUERIES, &INGEST, &HISTORY];

impl Entry {
    /// Reads the contract of a checkout.
    ///
    /// # Errors
    /// The same as of [`Contract::read`].
    pub fn read(&self, root: &Path) -> Result<Contract> {
        Contract::read(&root.join(self.path))
    }

    /// Returns whether it is the contract of the vendor's endpoints.
    #[must_use]
    pub fn is_vendors(&self) -> bool {
        self.module.is_none()
    }

    /// Returns the name of its file, without the folder.
    #[must_use]
    pub fn file_name(&self) -> &'static str {
        self.path.trim_start_matches("openapi/")
    }

    /// Returns the path of its types, where `root` is that of the types crate.
    #[must_use]
    pub fn types(&self, root: &str) -> String {
        self.module.map_or_else(|| root.to_owned(), |module| format!("{root}::{module}"))
    }
}

/// Reads all contracts of a checkout, in the order of [`CONTRACTS`].
///
/// # Errors
/// The same as of [`Contract::read`].
pub fn read_all(root: &Path) -> Result<Vec<Contract>> {
    CONTRACTS.iter().map(|entry| entry.read(root)).collect()
}

/// The content type of newline-delimited JSON, in which a request or a response may be written as well.
pub const NDJSON: &str = "application/x-ndjson";

/// The content type of Server-Sent Events, in which a response may be written as well.
pub const EVENT_STREAM: &str = "text/event-stream";

/// The HTTP methods of a path.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The contract as JSON and as progenitor's model of an OpenAPI document.
pub struct Contract {
    /// The document as it is written, with members in the order of the file.
    pub json: Value,
    /// The same as a typed document, prepared for progenitor.
    pub spec: OpenAPI,
}

impl Contract {
    /// Reads the workspace's contract of the queries.
    ///
    /// # Errors
    /// The same as of [`Contract::read`].
    pub fn load() -> Result<Self> {
        QUERIES.read(&workspace_root())
    }

    /// Reads a contract from a file.
    ///
    /// # Errors
    /// If the file is missing, is not YAML, or is not an OpenAPI 3.0 document.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let json: Value = serde_saphyr::from_str(text).context("not YAML")?;
        let mut readable = for_progenitor(json.clone());
        drop_lines(&mut readable);
        let spec = serde_json::from_value(readable).context("not an OpenAPI 3.0 document")?;
        Ok(Self { json, spec })
    }

    /// The component schemas by name, in the order of the file.
    ///
    /// # Errors
    /// If the contract has none.
    pub fn schemas(&self) -> Result<&Map<String, Value>> {
        self.json
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .context("the contract has no components.schemas")
    }

    /// The names of the scalars: every component that is not an object with properties. They are written by hand in
    /// the types crate.
    ///
    /// # Errors
    /// If the contract has no schemas.
    pub fn scalars(&self) -> Result<impl Iterator<Item = &str>> {
        Ok(self
            .schemas()?
            .iter()
            .filter(|(_, schema)| schema.get("properties").is_none())
            .map(|(name, _)| name.as_str()))
    }
}

/// The type of a member that is null and nothing else. It is a type of ours and no component: a component that is only
/// null breaks the Python and Rust clients of openapi-generator 7.26 (D6).
pub const NO_DATA: &str = "NoData";

/// Returns the schema of what a member is when it is not null: `oneOf` that schema and the null scalar (D6).
#[must_use]
pub fn schema_or_null(schema: &Value) -> Option<&Value> {
    schema.as_object().and_then(schema_beside_null)
}

fn schema_beside_null(schema: &Map<String, Value>) -> Option<&Value> {
    match schema.get("oneOf")?.as_array()?.as_slice() {
        [one, null] if *null == json!({ "type": "string", "nullable": true, "enum": [null] }) => Some(one),
        _ => None,
    }
}

/// Returns whether a member is never anything but null: `oneOf` any object and the null scalar.
#[must_use]
pub fn is_nothing(schema: &Value) -> bool {
    schema_or_null(schema).is_some_and(|one| *one == json!({ "type": "object" }))
}

/// Writes `oneOf` a schema and the null scalar as `nullable`.
pub(crate) fn one_of_to_nullable(schema: &mut Map<String, Value>) {
    if let Some(one) = schema_beside_null(schema).cloned() {
        schema.remove("oneOf");
        schema.insert("nullable".to_owned(), Value::Bool(true));
        schema.insert("allOf".to_owned(), Value::Array(vec![one]));
    }
}

/// Prepares the contract for progenitor, which makes an enum of every `oneOf`: what may be null is written as `nullable`,
/// and a member that is only null refers to a component of its own, which codegen replaces. It also makes a type of every
/// text with a length, which readers of ours would have to keep to (`models` writes a check instead).
fn for_progenitor(mut document: Value) -> Value {
    simplify(&mut document);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.insert(NO_DATA.to_owned(), json!({ "type": "object" }));
    }
    document
}

fn simplify(value: &mut Value) {
    if is_nothing(value) {
        let no_data = json!([{ "$ref": format!("#/components/schemas/{NO_DATA}") }]);
        if let Some(members) = value.as_object_mut() {
            members.remove("oneOf");
            members.insert("allOf".to_owned(), no_data);
        }
    }
    match value {
        Value::Object(members) => {
            one_of_to_nullable(members);
            members.remove("maxLength");
            members.values_mut().for_each(simplify);
        }
        Value::Array(items) => items.iter_mut().for_each(simplify),
        _ => {}
    }
}

/// Removes all content types but JSON: progenitor supports only one.
fn drop_lines(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(Map::values_mut) {
        for content in ["/post/requestBody/content", "/post/responses/200/content"] {
            if let Some(content) = item.pointer_mut(content).and_then(Value::as_object_mut) {
                content.retain(|name, _| ![NDJSON, EVENT_STREAM].contains(&name.as_str()));
            }
        }
    }
}
