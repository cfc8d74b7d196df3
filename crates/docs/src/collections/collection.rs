//! A collection independent of its format, read from a contract. `bruno` and `postman` write it.

use serde_json::{Value, json};

use crate::contract::Contract;

/// The operations of a contract with what a collection shows of them.
pub struct Collection {
    /// The beginning of its files' names.
    pub name: &'static str,
    pub title: String,
    pub version: Value,
    pub description: String,
    pub services: Vec<Service>,
    /// Whether its requests are signed by an HMAC of the whole call.
    pub is_signed_by_hmac: bool,
    pub requests: Vec<Request>,
}

/// A service that speaks the contract.
pub struct Service {
    pub url: String,
    pub description: String,
}

/// A request of a collection, with the contract's first example as its body.
pub struct Request {
    pub id: String,
    pub path: String,
    pub description: String,
    pub body: Value,
    /// The examples of a successful response: summary and body.
    pub responses: Vec<(String, Value)>,
}

impl Service {
    /// Returns its host, for names of files.
    pub fn host(&self) -> String {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or(rest).to_owned()
    }
}

/// Reads the collection of a contract.
pub fn read(contract: &Contract) -> Collection {
    let document = contract.document();
    let info = &document["info"];
    let paths = document["paths"].as_object().into_iter().flatten();
    let services = document["servers"].as_array().into_iter().flatten();
    Collection {
        name: contract.collection.name,
        title: text(&info["title"]),
        version: info["version"].clone(),
        description: text(&info["description"]),
        services: services
            .map(|server| Service { url: text(&server["url"]), description: text(&server["description"]) })
            .filter(|service| service.url.contains("://"))
            .collect(),
        is_signed_by_hmac: document["security"][0].get("hmac").is_some(),
        requests: paths.map(|(path, item)| request(path, &item["post"])).collect(),
    }
}

fn request(path: &str, operation: &Value) -> Request {
    let request_examples = &operation["requestBody"]["content"]["application/json"]["examples"];
    let response_examples = &operation["responses"]["200"]["content"]["application/json"]["examples"];
    let responses = response_examples.as_object().into_iter().flatten();
    Request {
        id: text(&operation["operationId"]),
        path: path.to_owned(),
        description: format!("{}\n\n{}", text(&operation["summary"]), text(&operation["description"])),
        // The request without parameters has no example.
        body: request_examples
            .as_object()
            .and_then(|all| all.values().next())
            .map_or_else(|| json!({}), |one| one["value"].clone()),
        responses: responses.map(|(_, example)| (text(&example["summary"]), example["value"].clone())).collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
