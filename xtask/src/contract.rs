//! The contract, `openapi/group-dispatch.yaml`, read.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use openapiv3::OpenAPI;
use serde_json::{Map, Value};

/// Where the workspace's contract stands, from the workspace's root.
pub const PATH: &str = "openapi/group-dispatch.yaml";

/// The contract as JSON and as progenitor's model of an OpenAPI document.
pub struct Contract {
    /// The document as it is written, members in the order of the file.
    pub json: Value,
    /// The same, typed.
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
        let spec = serde_json::from_value(json.clone()).context("not an OpenAPI 3.0 document")?;
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

/// The folder that holds the workspace's `Cargo.toml`.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}
