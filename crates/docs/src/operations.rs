//! The operations as the pages show them: references are resolved, and every field has all that the contract says about
//! it.
//!
//! `pages` gives those of the queries to the templates `operation.html` and `index.html`, and those of the history to
//! `history.html`.

use serde::Serialize;
use serde_json::Value;

use crate::{
    contract::Contract,
    samples::{self, Sample},
    tables,
};

/// What the page of an operation shows.
#[derive(Debug, Serialize)]
pub struct OperationPage {
    pub id: String,
    pub path: String,
    pub method: String,
    pub tag: Value,
    pub summary: String,
    pub description: String,
    pub idempotent: bool,
    pub requests_per_second: Value,
    /// The query parameters, as the contract has them.
    pub parameters: Value,
    pub request: Content,
    pub responses: Vec<Response>,
    pub samples: Vec<Sample>,
}

/// A response with an HTTP status, or a range of them.
#[derive(Debug, Serialize)]
pub struct Response {
    pub status: String,
    pub content: Content,
}

/// A JSON body.
#[derive(Debug, Serialize)]
pub struct Content {
    pub description: Value,
    pub fields: Vec<Field>,
    pub examples: Vec<Example>,
}

#[derive(Debug, Serialize)]
pub struct Example {
    pub summary: Value,
    pub json: String,
}

/// A member of a JSON object.
#[derive(Debug, Serialize)]
pub struct Field {
    pub name: String,
    /// Its type, for people.
    pub kind: String,
    pub required: bool,
    /// What it means in this object.
    pub meaning: Value,
    /// The description of its type: the form, and what is accepted.
    pub form: Value,
    /// All other keywords of the contract, with their values.
    pub rules: Vec<(String, String)>,
    pub example: Option<String>,
    pub codes: Vec<Value>,
    pub fields: Vec<Self>,
}

/// Reads all operations of a contract, in its order.
///
/// # Errors
/// If a sample can't be rendered.
pub fn of(contract: &Contract) -> Result<Vec<OperationPage>, minijinja::Error> {
    let paths = contract.document()["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    let operations = operations.filter(|(_, _, operation)| operation.get("operationId").is_some());
    operations.map(|(path, method, operation)| read(contract, path, method, operation)).collect()
}

fn read(contract: &Contract, path: &str, method: &str, operation: &Value) -> Result<OperationPage, minijinja::Error> {
    let id = text(&operation["operationId"]);
    let samples = samples::of(&id)?;
    let responses = operation["responses"].as_object().into_iter().flatten();
    Ok(OperationPage {
        path: path.to_owned(),
        method: method.to_uppercase(),
        tag: operation["tags"][0].clone(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        idempotent: operation["x-idempotent"] == true,
        requests_per_second: operation["x-requests-per-second"].clone(),
        parameters: operation["parameters"].clone(),
        request: content(contract, &operation["requestBody"]),
        responses: responses
            .map(|(status, response)| Response { status: status.clone(), content: content(contract, response) })
            .collect(),
        samples,
        id,
    })
}

fn content(contract: &Contract, body: &Value) -> Content {
    let body = resolve(contract, body).1;
    let json = &body["content"]["application/json"];
    let schema = resolve(contract, &json["schema"]).1;
    let examples = json["examples"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, example)| Example { summary: example["summary"].clone(), json: pretty(&example["value"]) });
    Content {
        description: body["description"].clone(),
        fields: fields(contract, &schema),
        examples: examples.collect(),
    }
}

fn fields(contract: &Contract, schema: &Value) -> Vec<Field> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let members = schema["properties"].as_object().into_iter().flatten();
    members.map(|(name, member)| field(contract, name, member, required.contains(&name.as_str().into()))).collect()
}

fn field(contract: &Contract, name: &str, member: &Value, required: bool) -> Field {
    let (model, target) = resolve(contract, member);
    let (items_model, items) = resolve(contract, &target["items"]);
    let kind = match (text(&target["type"]).as_str(), items_model) {
        ("array", Some(model)) => format!("array of {model}"),
        ("object", _) => model.clone().unwrap_or_else(|| "object".to_owned()),
        (plain, _) => match target["format"].as_str() {
            Some(format) => format!("{plain}, {format}"),
            None => plain.to_owned(),
        },
    };
    Field {
        name: name.to_owned(),
        kind: if member.get("oneOf").is_some() { format!("{kind} or null") } else { kind },
        required,
        meaning: member["description"].clone(),
        form: if model.is_some() { target["description"].clone() } else { Value::Null },
        rules: rules(member, &target),
        example: [member, &target].into_iter().find_map(|schema| schema.get("example")).map(ToString::to_string),
        codes: tables::rows(&target),
        fields: fields(contract, if target["type"] == "array" { &items } else { &target }),
    }
}

/// The keywords that a field shows in another way than as a rule.
const SHOWN_ELSEWHERE: [&str; 12] = [
    "$ref",
    "allOf",
    "description",
    "enum",
    "example",
    "format",
    "items",
    "oneOf",
    "properties",
    "required",
    "title",
    "type",
];

/// Returns every other keyword of a field, so that a new one is shown as well.
fn rules(member: &Value, target: &Value) -> Vec<(String, String)> {
    let mut rules = Vec::new();
    for (word, value) in [member, target].into_iter().filter_map(Value::as_object).flatten() {
        if SHOWN_ELSEWHERE.contains(&word.as_str())
            || word.starts_with("x-enum-")
            || rules.iter().any(|(known, _)| known == word)
        {
            continue;
        }
        rules.push((word.clone(), shown(value)));
    }
    rules
}

fn shown(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Resolves the reference of a schema, body or response, and returns its name and target. Without a reference, it
/// returns the part itself.
fn resolve(contract: &Contract, part: &Value) -> (Option<String>, Value) {
    let reference = ["/$ref", "/allOf/0/$ref", "/oneOf/0/$ref"].iter().find_map(|place| part.pointer(place)?.as_str());
    match reference.and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => (pointer.rsplit('/').next().map(str::to_owned), contract.part(pointer)),
        None => (None, part.clone()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
