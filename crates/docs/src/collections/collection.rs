//! A collection before it has a format, read from a contract.

use serde_json::{Value, json};

/// A collection before it has a format.
pub struct Collection {
    /// The name of its files.
    pub name: &'static str,
    pub title: String,
    pub version: Value,
    pub description: String,
    pub services: Vec<Service>,
    pub requests: Vec<Request>,
}

/// A service that speaks the contract.
pub struct Service {
    pub url: String,
    pub description: String,
}

pub struct Request {
    pub id: String,
    pub path: String,
    pub description: String,
    pub body: Value,
    /// What each example of a successful answer is about, and its body.
    pub answers: Vec<(String, Value)>,
}

impl Service {
    /// Its host, as a name for files.
    pub fn host(&self) -> String {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or(rest).to_owned()
    }
}

/// Reads the collection of a contract.
pub fn read(name: &'static str, document: &Value) -> Collection {
    let info = &document["info"];
    let paths = document["paths"].as_object().into_iter().flatten();
    let services = document["servers"].as_array().into_iter().flatten();
    Collection {
        name,
        title: text(&info["title"]),
        version: info["version"].clone(),
        description: text(&info["description"]),
        services: services
            .map(|server| Service { url: text(&server["url"]), description: text(&server["description"]) })
            .filter(|service| service.url.contains("://"))
            .collect(),
        requests: paths.map(|(path, item)| request(path, &item["post"])).collect(),
    }
}

fn request(path: &str, operation: &Value) -> Request {
    let asked = &operation["requestBody"]["content"]["application/json"]["examples"];
    let answered = &operation["responses"]["200"]["content"]["application/json"]["examples"];
    let answers = answered.as_object().into_iter().flatten();
    Request {
        id: text(&operation["operationId"]),
        path: path.to_owned(),
        description: format!("{}\n\n{}", text(&operation["summary"]), text(&operation["description"])),
        // The request without parameters has no example.
        body: asked
            .as_object()
            .and_then(|all| all.values().next())
            .map_or_else(|| json!({}), |one| one["value"].clone()),
        answers: answers.map(|(_, example)| (text(&example["summary"]), example["value"].clone())).collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
