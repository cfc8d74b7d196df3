//! The contracts as this server shows them: their own text, with the server itself in the place of `servers`.
//!
//! The vendor's addresses are left out, so that nobody who takes the contract from here asks the vendor by accident. The
//! Host header has no part in it: it is whatever a caller says.

use std::fmt::Write;

use axum::body::Bytes;
use group_dispatch_docs::contract::{self, ingest};
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use crate::public_url::PublicUrl;

/// Both contracts, in both forms. A clone shares them.
pub struct ServedContracts {
    pub queries: Forms,
    pub ingest: Forms,
}

pub struct Forms {
    pub yaml: Bytes,
    pub json: Bytes,
}

/// A server as the contract lists it.
struct Listed<'a> {
    url: &'a str,
    description: &'static str,
}

impl ServedContracts {
    pub fn new(public_url: Option<&PublicUrl>) -> Self {
        let public = public_url.map(|url| Listed { url: url.as_str(), description: "This server" });
        let here = Listed { url: "/", description: "This server, at the host that this document came from" };
        let servers: Vec<_> = public.into_iter().chain([here]).collect();
        let forms = |yaml, json| Forms { yaml: in_yaml(yaml, &servers).into(), json: in_json(json, &servers).into() };
        Self { queries: forms(contract::YAML, contract::JSON), ingest: forms(ingest::YAML, ingest::JSON) }
    }
}

/// Replaces the lines of the member `servers`, up to the next member or blank line.
fn in_yaml(contract: &str, servers: &[Listed<'_>]) -> String {
    let mut text = String::with_capacity(contract.len() + 200);
    let mut is_within = false;
    for line in contract.split_inclusive('\n') {
        let is_of_servers = line.starts_with("servers:");
        is_within = is_of_servers || is_within && line.starts_with([' ', '-', '#']);
        if is_of_servers {
            text.push_str("servers:\n");
            for Listed { url, description } in servers {
                // JSON's strings are YAML's as well.
                let _ = writeln!(text, "  - url: {}\n    description: {}", json!(url), json!(description));
            }
        }
        if !is_within {
            text.push_str(line);
        }
    }
    text
}

/// Replaces the value of the member `servers`; all else stays as it is written.
fn in_json(contract: &str, servers: &[Listed<'_>]) -> String {
    #[derive(Deserialize)]
    struct Document<'a> {
        #[serde(borrow)]
        servers: &'a RawValue,
    }
    let listed = servers.iter().map(|Listed { url, description }| json!({ "url": url, "description": description }));
    let listed = serde_json::Value::from_iter(listed).to_string();
    match serde_json::from_str::<Document<'_>>(contract) {
        Ok(document) => contract.replacen(document.servers.get(), &listed, 1),
        // A contract always has servers; tests read what is served.
        Err(_) => contract.to_owned(),
    }
}
