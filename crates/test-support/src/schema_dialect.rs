//! The part of OpenAPI 3.0's schemas that the contract may use, and how it reads as JSON Schema: for the lint of xtask and
//! the tests of the types crate.

use serde_json::{Map, Value, json};

/// The keywords of a schema that are understood; the generators and the tests pass over any other in silence. Those that
/// begin with `x-` are ours.
pub const KEYWORDS: &[&str] = &[
    "$ref",
    "allOf",
    "description",
    "enum",
    "example",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minimum",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "type",
];

/// A schema of OpenAPI 3.0 as JSON Schema: only `nullable` differs.
#[must_use]
pub fn json_schema(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut plain: Map<String, Value> = members
                .iter()
                .filter(|(name, _)| *name != "nullable")
                .map(|(n, s)| (n.clone(), json_schema(s)))
                .collect();
            if schema["nullable"] != true {
                return plain.into();
            }
            match plain.get_mut("type") {
                Some(kind) => {
                    *kind = json!([kind, "null"]);
                    plain.into()
                }
                None => json!({ "anyOf": [{ "type": "null" }, plain] }),
            }
        }
        Value::Array(items) => items.iter().map(json_schema).collect(),
        other => other.clone(),
    }
}
