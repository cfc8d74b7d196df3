//! The contracts as a server or the published site offers them.
//!
//! A server replaces the contract's `servers` with its own address. It leaves out the vendor's addresses, so that a
//! client made from its contract does not send requests to the vendor by accident. It never uses the Host header,
//! because a caller can write anything into it. The published site offers the contracts as they were written. The
//! edition for readers of the vendor is the same in both places.

use std::{borrow::Cow, fmt::Write};

use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use crate::contract::{self, Contract};

/// A contract's text as it is offered, as YAML and as JSON.
pub struct Served {
    /// The contract.
    pub contract: &'static Contract,
    /// As it was written, with its comments.
    pub yaml: Cow<'static, str>,
    /// As JSON.
    pub json: Cow<'static, str>,
}

impl Served {
    /// Returns the contracts as they were written, with the addresses of all services.
    #[must_use]
    pub fn published() -> Vec<Self> {
        let served =
            |contract: &'static Contract| Self { contract, yaml: contract.yaml.into(), json: contract.json.into() };
        contract::ALL.into_iter().map(served).collect()
    }

    /// Returns the contracts of a server. They list `public_url`, if it is set, and then `/`.
    #[must_use]
    pub fn of_server(public_url: Option<&str>) -> Vec<Self> {
        let servers = servers(public_url);
        let served = |contract: &'static Contract| Self {
            contract,
            yaml: in_yaml(contract.yaml, &servers).into(),
            json: in_json(contract.json, &servers).into(),
        };
        contract::ALL.into_iter().map(served).collect()
    }
}

/// Returns the member `servers` of the contracts of a server.
pub fn servers(public_url: Option<&str>) -> Vec<Value> {
    let public = public_url.map(|url| json!({ "url": url, "description": "This server" }));
    let here = json!({ "url": "/", "description": "This server, at the host that this document came from" });
    public.into_iter().chain([here]).collect()
}

/// Replaces the lines of the member `servers`, up to the next member or blank line.
fn in_yaml(contract: &str, servers: &[Value]) -> String {
    let mut text = String::with_capacity(contract.len() + 200);
    let mut is_within = false;
    for line in contract.split_inclusive('\n') {
        let starts_servers = line.starts_with("servers:");
        is_within = starts_servers || is_within && line.starts_with([' ', '-', '#']);
        if starts_servers {
            text.push_str("servers:\n");
            for server in servers {
                // A JSON string is a YAML string as well.
                let _ = writeln!(text, "  - url: {}\n    description: {}", server["url"], server["description"]);
            }
        }
        if !is_within {
            text.push_str(line);
        }
    }
    text
}

/// Replaces the value of the member `servers`, and nothing else.
fn in_json(contract: &str, servers: &[Value]) -> String {
    #[derive(Deserialize)]
    struct Document<'a> {
        #[serde(borrow)]
        servers: &'a RawValue,
    }
    match serde_json::from_str::<Document<'_>>(contract) {
        Ok(document) => contract.replacen(document.servers.get(), &Value::from(servers).to_string(), 1),
        // A contract always has servers; tests read what is served.
        Err(_) => contract.to_owned(),
    }
}
