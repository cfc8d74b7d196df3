//! Reshapes a contract so that it can be compared: lists that are tables become objects, so that a code, a server or a
//! required member is identified by its name and not by its position. Nothing is dropped.

use serde_json::{Map, Value, json};

use crate::contract::one_of_to_nullable;

/// Marks a property that the object must have.
pub const REQUIRED: &str = "(required)";
/// The prefix of a parameter among the members of an operation.
pub const PARAMETER: &str = "parameter ";
/// The entry of a table for the values that have no code.
pub const BEYOND: &str = "(beyond the codes)";

/// Reshapes a contract, or any part of it.
pub fn reshape(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // First, because it recognizes the parts as they are written.
            one_of_to_nullable(members);
            members.iter_mut().filter(|(name, member)| !is_data(name, member)).for_each(|(_, member)| reshape(member));
            required_to_properties(members);
            enum_to_table(members);
            single_all_of_to_reference(members);
            parameters_to_members(members);
            for (name, key) in [("servers", "url"), ("tags", "name")] {
                replace(members, name, |list| by_key(list, key));
            }
            for name in ["security", "allOf"] {
                replace(members, name, |list| Some(set(list)));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(reshape),
        _ => {}
    }
}

/// Returns whether a member is an example or a default. In those, `required` or `tags` are ordinary names.
fn is_data(name: &str, member: &Value) -> bool {
    match name {
        "example" | "default" => !is_schema(member),
        "examples" => member.as_object().is_none_or(|members| !is_schema(member) && !members.values().any(is_schema)),
        _ => false,
    }
}

fn is_schema(value: &Value) -> bool {
    ["type", "$ref", "allOf"].iter().any(|keyword| value.get(keyword).is_some())
}

fn replace(members: &mut Map<String, Value>, name: &str, reshaped: impl Fn(&[Value]) -> Option<Map<String, Value>>) {
    if let Some(slot) = members.get_mut(name)
        && let Some(table) = slot.as_array().and_then(|list| reshaped(list))
    {
        *slot = Value::Object(table);
    }
}

/// Writes `[{url: a, …}]` and `[a]` as `{a: {…}}`.
fn by_key(list: &[Value], key: &str) -> Option<Map<String, Value>> {
    list.iter()
        .map(|item| match item {
            Value::String(name) => Some((name.clone(), json!({}))),
            Value::Object(members) => {
                let mut members = members.clone();
                let name = members.shift_remove(key)?;
                Some((text(&name), Value::Object(members)))
            }
            _ => None,
        })
        .collect()
}

/// Writes `parameters: [{name: a, …}]` of an operation as `parameter a: {…}`.
fn parameters_to_members(members: &mut Map<String, Value>) {
    if !members.contains_key("operationId") {
        return;
    }
    if let Some(parameters) = members.get("parameters").and_then(Value::as_array).and_then(|list| by_key(list, "name"))
    {
        members.shift_remove("parameters");
        members.extend(parameters.into_iter().map(|(name, parameter)| (format!("{PARAMETER}{name}"), parameter)));
    }
}

fn set(list: &[Value]) -> Map<String, Value> {
    list.iter().map(|item| (sorted(item).to_string(), item.clone())).collect()
}

/// Returns a value with its members sorted by name, so that their order doesn't matter.
fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    value.sort_all_objects();
    value
}

/// Moves each name in `required` to a mark on its property. A name without a property stays.
fn required_to_properties(members: &mut Map<String, Value>) {
    let Some(Value::Array(names)) = members.get("required").cloned() else { return };
    let Some(Value::Object(properties)) = members.get_mut("properties") else { return };
    let mut strays = Vec::new();
    for name in names {
        match name.as_str().and_then(|name| properties.get_mut(name)).and_then(Value::as_object_mut) {
            Some(property) => {
                property.insert(REQUIRED.to_owned(), Value::Bool(true));
            }
            None => strays.push(name),
        }
    }
    if strays.is_empty() {
        members.shift_remove("required");
    } else {
        members.insert("required".to_owned(), Value::Array(strays));
    }
}

/// Writes `enum: [1, 2]` with `x-enum-varnames: [A, B]` as `enum: {1: {}, 2: {}}` with `x-enum-varnames: {1: A, 2: B}`.
fn enum_to_table(members: &mut Map<String, Value>) {
    let Some(Value::Array(codes)) = members.get("enum").cloned() else { return };
    for (name, member) in members.iter_mut() {
        if let (true, Value::Array(said)) = (name.starts_with("x-enum-"), &*member) {
            let beyond = said.iter().skip(codes.len()).map(|value| (BEYOND.to_owned(), value.clone()));
            let of_codes = codes.iter().zip(said).map(|(code, value)| (text(code), value.clone()));
            *member = Value::Object(of_codes.chain(beyond).collect());
        }
    }
    members.insert("enum".to_owned(), codes.iter().map(|code| (text(code), json!({}))).collect());
}

/// Writes `allOf: [{$ref: X}]` as `$ref: X`. They mean the same; the first allows a description beside it.
fn single_all_of_to_reference(members: &mut Map<String, Value>) {
    if let Some([Value::Object(only)]) = members.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
        && only.len() == 1
        && let Some(reference) = only.get("$ref").cloned()
        && !members.contains_key("$ref")
    {
        members.shift_remove("allOf");
        members.insert("$ref".to_owned(), reference);
    }
}

/// Returns a value as a name: text unchanged, other values as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
