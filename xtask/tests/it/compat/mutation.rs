//! Nothing passes unseen: every place of the contract is taken out, and every value changed, and each time it is said.

use serde_json::{Value, json};

use super::{compare, contract};

/// The pointers of all values below one.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), member)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        pointers(child, &pointer, found);
        found.push(pointer);
    }
}

fn places() -> Vec<String> {
    let mut found = Vec::new();
    pointers(contract(), "", &mut found);
    // The version is judged by itself.
    found.retain(|pointer| !["/info", "/info/version"].contains(&pointer.as_str()));
    assert!(found.len() > 900, "only {} places", found.len());
    found
}

fn without(pointer: &str) -> Value {
    let mut contract = contract().clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    match contract.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.shift_remove(&name)),
        Value::Array(list) => drop(list.remove(name.parse().unwrap())),
        _ => unreachable!(),
    }
    contract
}

fn with_another_value(pointer: &str) -> Value {
    let mut contract = contract().clone();
    let value = contract.pointer_mut(pointer).unwrap();
    *value = match value {
        Value::Bool(flag) => json!(!*flag),
        Value::Number(number) => json!(number.as_i64().unwrap() + 1),
        Value::String(text) => json!(format!("{text}~")),
        Value::Null => json!("something"),
        Value::Array(_) | Value::Object(_) => json!("something else"),
    };
    contract
}

/// The places whose mutation nothing is said of.
fn unseen(mutate: fn(&str) -> Value) -> Vec<String> {
    places().into_iter().filter(|pointer| compare(contract(), &mutate(pointer)).changes.is_empty()).collect()
}

#[test]
fn whatever_is_taken_out_is_seen() {
    assert_eq!(unseen(without), Vec::<String>::new());
}

#[test]
fn whatever_has_another_value_is_seen() {
    assert_eq!(unseen(with_another_value), Vec::<String>::new());
}

#[test]
fn what_means_the_same_is_no_change() {
    fn reversed(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.values_mut().for_each(reversed);
                if let Some(Value::Array(names)) = members.get_mut("required") {
                    names.reverse();
                }
                *members = std::mem::take(members).into_iter().rev().collect();
            }
            Value::Array(list) => list.iter_mut().for_each(reversed),
            _ => {}
        }
    }
    let mut after = contract().clone();
    reversed(&mut after);
    let changes = compare(contract(), &after).changes;
    assert!(changes.is_empty(), "{changes:?}");
}
