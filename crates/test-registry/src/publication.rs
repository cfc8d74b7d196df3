//! What `cargo publish` sends, and what the index has of it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use semver::Version;
use serde::{Deserialize, Serialize};

/// A crate as it is sent: its metadata, and the file.
pub struct Publication {
    pub metadata: Metadata,
    pub package: Vec<u8>,
}

/// The members of the metadata that the index has. The others are for the site of a registry.
#[derive(Deserialize)]
pub struct Metadata {
    pub name: String,
    #[serde(rename = "vers")]
    pub version: Version,
    #[serde(rename = "deps")]
    pub dependencies: Vec<Dependency>,
    pub features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub links: Option<String>,
    #[serde(default)]
    pub rust_version: Option<String>,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    pub version_req: String,
    pub features: Vec<String>,
    pub optional: bool,
    pub default_features: bool,
    pub target: Option<String>,
    pub kind: String,
    /// The index that has the dependency; `None`: this registry.
    pub registry: Option<String>,
    /// The name in the manifest, if the crate is renamed there.
    #[serde(default)]
    pub explicit_name_in_toml: Option<String>,
}

/// A line of the index.
#[derive(Serialize)]
pub struct IndexLine<'a> {
    name: &'a str,
    vers: &'a Version,
    deps: Vec<IndexDependency<'a>>,
    cksum: &'a str,
    features: BTreeMap<&'a str, &'a [String]>,
    /// Features that name dependencies by `dep:` or `?`, which older versions of cargo can't read.
    features2: BTreeMap<&'a str, &'a [String]>,
    yanked: bool,
    links: Option<&'a str>,
    rust_version: Option<&'a str>,
    v: u32,
}

#[derive(Serialize)]
struct IndexDependency<'a> {
    name: &'a str,
    req: &'a str,
    features: &'a [String],
    optional: bool,
    default_features: bool,
    target: Option<&'a str>,
    kind: &'a str,
    registry: Option<&'a str>,
    package: Option<&'a str>,
}

impl Publication {
    /// Parses the body of a request: twice a length, as 32 bits with the lowest byte first, and as many bytes. The first are
    /// JSON, the second the file.
    pub fn parse(body: &[u8]) -> Result<Self> {
        let (metadata, rest) = split(body).context("the metadata")?;
        let (package, rest) = split(rest).context("the crate")?;
        ensure!(rest.is_empty(), "{} bytes follow the crate", rest.len());
        let metadata: Metadata = serde_json::from_slice(metadata).context("the metadata")?;
        let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        ensure!(!metadata.name.is_empty() && metadata.name.chars().all(is_valid), "invalid name of a crate");
        Ok(Self { metadata, package: package.to_vec() })
    }
}

/// Splits off as many bytes as the first four say.
fn split(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>().context("its length is missing")?;
    let length = usize::try_from(u32::from_le_bytes(*length))?;
    rest.split_at_checked(length).with_context(|| format!("expected {length} bytes, found {}", rest.len()))
}

impl Metadata {
    /// Returns the line of the index for a package with this checksum.
    pub fn index_line<'a>(&'a self, cksum: &'a str) -> IndexLine<'a> {
        let is_new = |values: &[String]| values.iter().any(|value| value.starts_with("dep:") || value.contains("?/"));
        let features = self.features.iter().map(|(name, values)| (name.as_str(), values.as_slice()));
        let (features2, features) = features.partition(|(_, values)| is_new(values));
        IndexLine {
            name: &self.name,
            vers: &self.version,
            deps: self.dependencies.iter().map(Dependency::in_index).collect(),
            cksum,
            features,
            features2,
            yanked: false,
            links: self.links.as_deref(),
            rust_version: self.rust_version.as_deref(),
            v: 2,
        }
    }
}

impl Dependency {
    fn in_index(&self) -> IndexDependency<'_> {
        let renamed = self.explicit_name_in_toml.as_deref();
        IndexDependency {
            name: renamed.unwrap_or(&self.name),
            req: &self.version_req,
            features: &self.features,
            optional: self.optional,
            default_features: self.default_features,
            target: self.target.as_deref(),
            kind: &self.kind,
            registry: self.registry.as_deref(),
            package: renamed.is_some().then_some(self.name.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn body(metadata: &Value, package: &[u8]) -> Vec<u8> {
        let metadata = metadata.to_string();
        let length = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
        [&length(metadata.len()), metadata.as_bytes(), &length(package.len()), package].concat()
    }

    #[test]
    fn a_dependency_has_its_name_in_the_manifest_and_new_features_are_apart() {
        let dependency = json!({ "name": "serde", "version_req": "^1", "features": ["derive"], "optional": true,
            "default_features": true, "target": null, "kind": "normal", "registry": "https://example.com/index",
            "explicit_name_in_toml": "serde1" });
        let metadata = json!({ "name": "a", "vers": "0.1.0", "deps": [dependency],
            "features": { "default": ["std"], "std": [], "serde": ["dep:serde1"] } });
        let publication = Publication::parse(&body(&metadata, b"package")).unwrap();
        assert_eq!(publication.package, b"package");
        let expected = json!({ "name": "a", "vers": "0.1.0", "cksum": "00", "yanked": false, "links": null,
            "rust_version": null, "v": 2, "features": { "default": ["std"], "std": [] },
            "features2": { "serde": ["dep:serde1"] },
            "deps": [{ "name": "serde1", "req": "^1", "features": ["derive"], "optional": true, "default_features": true,
                "target": null, "kind": "normal", "registry": "https://example.com/index", "package": "serde" }] });
        assert_eq!(serde_json::to_value(publication.metadata.index_line("00")).unwrap(), expected);
    }

    #[test]
    fn a_body_of_another_length_is_rejected() {
        let whole = body(&json!({ "name": "a", "vers": "0.1.0", "deps": [], "features": {} }), b"package");
        assert!(Publication::parse(&whole).is_ok());
        assert!(Publication::parse(&whole[..whole.len() - 1]).is_err());
        assert!(Publication::parse(&[whole.as_slice(), b"!"].concat()).is_err());
        assert!(Publication::parse(&whole[..3]).is_err());
    }
}
