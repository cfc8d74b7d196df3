//! The codes of a component, as a table: its `enum`, and beside it whatever the `x-enum-...` lists say of each code.

use serde_json::{Map, Value};

use crate::contract;

/// The codes of a component of the contract; none if it lists none.
pub fn codes(component: &str) -> Vec<Value> {
    rows(&contract::part(&format!("/components/schemas/{component}")))
}

/// The codes of a schema: each its `code`, and what each `x-enum-<name>` says of it under `<name>`.
pub fn rows(schema: &Value) -> Vec<Value> {
    let (Some(codes), Some(schema)) = (schema.get("enum").and_then(Value::as_array), schema.as_object()) else {
        return Vec::new();
    };
    let row = |at: usize, code: &Value| {
        let mut row = Map::from_iter([("code".to_owned(), code.clone())]);
        for (key, list) in schema {
            if let (Some(name), Some(value)) = (key.strip_prefix("x-enum-"), list.get(at)) {
                row.insert(name.replace('-', "_"), value.clone());
            }
        }
        Value::Object(row)
    };
    let is_list_of_codes = codes.iter().all(Value::is_number);
    if is_list_of_codes { codes.iter().enumerate().map(|(at, code)| row(at, code)).collect() } else { Vec::new() }
}

/// What happened to an account, and the status it leads to: the one with the same first digit (D10).
pub fn behaviors() -> Vec<Value> {
    let statuses = codes("AccountStatus");
    let tens = |row: &Value| row["code"].as_i64().map(|code| code / 10);
    let mut behaviors = codes("StatusDetail");
    for behavior in &mut behaviors {
        let status = statuses.iter().find(|status| tens(status) == tens(behavior)).cloned();
        behavior["status"] = status.unwrap_or_default();
    }
    behaviors
}
