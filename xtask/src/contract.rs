//! The contracts, `openapi/group-dispatch.yaml` and `openapi/ingest.yaml`, read.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use openapiv3::OpenAPI;
use serde_json::{Map, Value};

/// Where the workspace's contract stands, from the workspace's root.
pub const PATH: &str = "openapi/group-dispatch.yaml";

/// Where the contract of feeding events stands.
pub const INGEST_PATH: &str = "openapi/ingest.yaml";

/// Lines of JSON: what a request may be written in beside JSON itself.
pub const NDJSON: &str = "application/x-ndjson";

/// What a path can be asked by.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The contract as JSON and as progenitor's model of an OpenAPI document.
pub struct Contract {
    /// The document as it is written, members in the order of the file.
    pub json: Value,
    /// The same, typed, as progenitor reads it best.
    pub spec: OpenAPI,
}

impl Contract {
    /// Reads the workspace's contract.
    ///
    /// # Errors
    /// When the file is missing, is not YAML, or is not an OpenAPI 3.0 document.
    pub fn load() -> Result<Self> {
        Self::read(&workspace_root().join(PATH))
    }

    /// Reads the workspace's contract of feeding events.
    ///
    /// # Errors
    /// As [`Contract::load`].
    pub fn load_ingest() -> Result<Self> {
        Self::read(&workspace_root().join(INGEST_PATH))
    }

    /// Reads a contract from a file.
    ///
    /// # Errors
    /// As [`Contract::load`].
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let json: Value = serde_saphyr::from_str(text).context("not YAML")?;
        let mut readable = with_nullable(json.clone());
        drop_lines(&mut readable);
        let spec = serde_json::from_value(readable).context("not an OpenAPI 3.0 document")?;
        Ok(Self { json, spec })
    }

    /// The component schemas by name, in the order of the file.
    ///
    /// # Errors
    /// When the contract has none.
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
    /// When the contract has no schemas.
    pub fn scalars(&self) -> Result<impl Iterator<Item = &str>> {
        Ok(self
            .schemas()?
            .iter()
            .filter(|(_, schema)| schema.get("properties").is_none())
            .map(|(name, _)| name.as_str()))
    }
}

/// The component that is null and nothing else.
pub const NO_DATA: &str = "#/components/schemas/NoData";

/// The reference to what a member is when it is not null: `oneOf` a component and `NoData` (D6).
#[must_use]
pub fn component_or_null(schema: &Value) -> Option<&Value> {
    schema.as_object().and_then(component_beside_no_data)
}

fn component_beside_no_data(schema: &Map<String, Value>) -> Option<&Value> {
    match schema.get("oneOf")?.as_array()?.as_slice() {
        [component, null] if null["$ref"] == NO_DATA => Some(component),
        _ => None,
    }
}

/// Says `oneOf` a component and `NoData` by `nullable`, as was the custom.
pub(crate) fn one_of_to_nullable(schema: &mut Map<String, Value>) {
    if let Some(component) = component_beside_no_data(schema).cloned() {
        schema.remove("oneOf");
        schema.insert("nullable".to_owned(), Value::Bool(true));
        schema.insert("allOf".to_owned(), Value::Array(vec![component]));
    }
}

/// With `nullable`, or progenitor makes an enum of it.
fn with_nullable(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            one_of_to_nullable(members);
            members.values_mut().for_each(|member| *member = with_nullable(member.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = with_nullable(item.take())),
        _ => {}
    }
    value
}

/// Of a request that may be written in two ways, progenitor knows only one.
fn drop_lines(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(Map::values_mut) {
        if let Some(content) = item.pointer_mut("/post/requestBody/content").and_then(Value::as_object_mut) {
            content.remove(NDJSON);
        }
    }
}

/// The folder that holds the workspace's `Cargo.toml`.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}
