//! Checks of forms, and the objects that they vary.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// A row of the table of accepted forms: its name, and its error if it fails.
pub type Row = (&'static str, Result<(), String>);

/// Deserializes `odd` and `contract` as `T` and compares them.
pub fn reads_as<T: DeserializeOwned + Serialize + PartialEq + fmt::Debug>(
    odd: Value,
    contract: Value,
) -> Result<(), String> {
    let expected: T =
        serde_json::from_value(contract.clone()).map_err(|error| format!("the contract's form: {error}"))?;
    let text = odd.to_string();
    // Text in memory, a stream and a tree take different ways through a deserializer.
    let reads: [(&str, Result<T, _>); 3] = [
        ("text", serde_json::from_str(&text)),
        ("stream", serde_json::from_reader(text.as_bytes())),
        ("tree", serde_json::from_value(odd)),
    ];
    for (way, read) in reads {
        let read = read.map_err(|error| format!("{way}: {error}"))?;
        if read != expected {
            return Err(format!("{way}: read as {read:?} and not as {expected:?}"));
        }
        let written = serde_json::to_value(&read).map_err(|error| error.to_string())?;
        if written != contract {
            return Err(format!("{way}: written as {written}"));
        }
    }
    Ok(())
}

pub fn all_pass(rows: impl IntoIterator<Item = Row>) {
    let failed: Vec<String> =
        rows.into_iter().filter_map(|(name, outcome)| outcome.err().map(|error| format!("{name}: {error}"))).collect();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// Returns an object with a member replaced or removed.
pub fn with(mut object: Value, member: &str, value: impl Into<Option<Value>>) -> Value {
    if let Some(members) = object.as_object_mut() {
        match value.into() {
            Some(value) => members.insert(member.to_owned(), value),
            None => members.remove(member),
        };
    }
    object
}

pub fn record() -> Value {
    json!({
        "whatsApp": "573125704139", "name": "", "status": 10, "source": 2, "countryCode": "Colombia",
        "detailStatus": 13, "createTime": "2024-07-08 19:25:31",
    })
}

pub fn location() -> Value {
    json!({ "userId": "868024", "agentAccount": "202503101", "whatsApp": "8618217331411", "source": 1 })
}

pub fn located(data: impl Into<Option<Value>>) -> Value {
    with(json!({ "code": 200, "message": "Success " }), "data", data)
}

pub fn failed(data: impl Into<Option<Value>>) -> Value {
    with(json!({ "code": 522, "message": "accessToken is error" }), "data", data)
}

pub fn listed(data: impl Into<Option<Value>>) -> Value {
    with(json!({ "code": 200, "message": "success" }), "data", data)
}

/// Checks that the error of a rejected value contains `expected` and does not repeat `value`.
pub fn refuses<T: DeserializeOwned>(json: &Value, value: &Value, expected: &str) -> Result<(), String> {
    let errors = [serde_json::from_value::<T>(json.clone()).err(), serde_json::from_str::<T>(&json.to_string()).err()];
    for error in errors {
        let message = error.ok_or("is accepted")?.to_string();
        // The line and column of the error might equal numbers of the value.
        let message = message.split(" at line ").next().unwrap_or_default();
        if !message.contains(expected) {
            return Err(format!("{message:?} does not say {expected:?}"));
        }
        let mut secrets = vec![value.to_string()];
        secrets.extend(texts_of(value));
        for secret in secrets {
            let secret = secret.trim_matches('"');
            if !secret.is_empty() && message.contains(secret) {
                return Err(format!("{message:?} repeats {secret}"));
            }
        }
    }
    Ok(())
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.is_empty() => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts_of).collect(),
        Value::Object(members) => members.values().flat_map(texts_of).collect(),
        _ => Vec::new(),
    }
}
