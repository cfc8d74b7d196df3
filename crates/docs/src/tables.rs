//! Tables of codes: the `enum` of a component of a contract, with the `x-enum-...` lists that describe each code.

use serde_json::{Map, Value};

use crate::contract;

/// Returns the codes of a component of the contract. The list is empty if the component has none.
pub fn codes(component: &str) -> Vec<Value> {
    rows(&contract::QUERIES.part(&format!("/components/schemas/{component}")))
}

/// Returns a row for each code of a schema: `code`, and for each `x-enum-<name>` the member `<name>`.
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
    let is_table = codes.iter().all(|code| !code.is_null());
    if is_table { codes.iter().enumerate().map(|(at, code)| row(at, code)).collect() } else { Vec::new() }
}

/// Returns the codes of `detailStatus`, each with the status that it leads to: the one with the same first digit (D10).
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
