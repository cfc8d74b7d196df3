//! The operations as the pages show them: every reference followed, every field with all that the contract says of it.

use serde::Serialize;
use serde_json::Value;

use crate::{
    contract,
    samples::{self, Sample},
    tables,
};

/// An operation.
#[derive(Debug, Serialize)]
pub struct Operation {
    pub id: String,
    pub path: String,
    pub method: String,
    pub tag: Value,
    pub summary: String,
    pub description: String,
    pub idempotent: bool,
    pub requests_per_second: Value,
    /// As they are in the contract.
    pub parameters: Value,
    pub request: Content,
    pub answers: Vec<Answer>,
    pub samples: Vec<Sample>,
}

/// What an operation answers with an HTTP status, or a range of them.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub status: String,
    pub content: Content,
}

/// A body in JSON.
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

/// A member of an object.
#[derive(Debug, Serialize)]
pub struct Field {
    pub name: String,
    /// Its type in words.
    pub kind: String,
    pub required: bool,
    /// What it means here.
    pub meaning: Value,
    /// What its type says wherever it is used: its form, and what is accepted.
    pub form: Value,
    /// All other rules, by the contract's own names for them.
    pub rules: Vec<(String, String)>,
    pub example: Option<String>,
    pub codes: Vec<Value>,
    pub fields: Vec<Self>,
}

/// All operations, in the contract's order.
///
/// # Errors
/// When a sample can't be made.
pub fn all() -> Result<Vec<Operation>, minijinja::Error> {
    let paths = contract::DOCUMENT["paths"].as_object().into_iter().flatten();
    let calls = paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    let calls = calls.filter(|(_, _, operation)| operation.get("operationId").is_some());
    calls.map(|(path, method, operation)| read(path, method, operation)).collect()
}

fn read(path: &str, method: &str, operation: &Value) -> Result<Operation, minijinja::Error> {
    let id = text(&operation["operationId"]);
    let samples = samples::of(&id)?;
    let answers = operation["responses"].as_object().into_iter().flatten();
    Ok(Operation {
        path: path.to_owned(),
        method: method.to_uppercase(),
        tag: operation["tags"][0].clone(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        idempotent: operation["x-idempotent"] == true,
        requests_per_second: operation["x-requests-per-second"].clone(),
        parameters: operation["parameters"].clone(),
        request: content(&operation["requestBody"]),
        answers: answers.map(|(status, answer)| Answer { status: status.clone(), content: content(answer) }).collect(),
        samples,
        id,
    })
}

fn content(body: &Value) -> Content {
    let body = followed(body).1;
    let json = &body["content"]["application/json"];
    let schema = followed(&json["schema"]).1;
    let examples = json["examples"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, example)| Example { summary: example["summary"].clone(), json: pretty(&example["value"]) });
    Content { description: body["description"].clone(), fields: fields(&schema), examples: examples.collect() }
}

fn fields(schema: &Value) -> Vec<Field> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let members = schema["properties"].as_object().into_iter().flatten();
    members.map(|(name, member)| field(name, member, required.contains(&name.as_str().into()))).collect()
}

fn field(name: &str, member: &Value, required: bool) -> Field {
    let (model, target) = followed(member);
    let (items_model, items) = followed(&target["items"]);
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
        fields: fields(if target["type"] == "array" { &items } else { &target }),
    }
}

/// What a field shows in another way than as a rule.
const SHOWN: [&str; 12] = [
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

/// Every other word that the contract has for a field, so that a new one is shown as well.
fn rules(member: &Value, target: &Value) -> Vec<(String, String)> {
    let mut rules = Vec::new();
    for (word, value) in [member, target].into_iter().filter_map(Value::as_object).flatten() {
        if SHOWN.contains(&word.as_str()) || word.starts_with("x-enum-") || rules.iter().any(|(known, _)| known == word)
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

/// What a schema, body or answer refers to, with the name that has; itself, if it refers to nothing.
fn followed(part: &Value) -> (Option<String>, Value) {
    let reference = ["/$ref", "/allOf/0/$ref", "/oneOf/0/$ref"].iter().find_map(|place| part.pointer(place)?.as_str());
    match reference.and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => (pointer.rsplit('/').next().map(str::to_owned), contract::part(pointer)),
        None => (None, part.clone()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
