//! The JSON Schemas that can be downloaded say what the contract says.

use group_dispatch_docs::{Place, contract, site};
use serde_json::{Map, Value, json};

/// The downloads by model.
fn schemas() -> Vec<(String, Value)> {
    let files = site(Place::Published).unwrap().into_iter();
    let schemas = files.filter_map(|file| {
        let name = file.path.strip_prefix("schemas/")?.strip_suffix(".json")?.to_owned();
        Some((name, serde_json::from_slice(&file.bytes).unwrap()))
    });
    schemas.collect()
}

/// A schema of either side in one form. OpenAPI 3.0 and JSON Schema 2020-12 differ in how they write a reference beside
/// a description, what may be null, and examples.
fn normal(schema: &Value) -> Value {
    let Value::Object(members) = schema else {
        return match schema {
            Value::Array(items) => items.iter().map(normal).collect(),
            plain => plain.clone(),
        };
    };
    let mut normal = Map::new();
    for (name, member) in members {
        match name.as_str() {
            // What a reader takes for an absent member is no rule of what is sent.
            "$schema" | "$defs" | "title" | "default" => {}
            "properties" => {
                let fields =
                    member.as_object().unwrap().iter().map(|(name, field)| (name.clone(), self::normal(field)));
                normal.insert("properties".to_owned(), Value::Object(fields.collect()));
            }
            "$ref" => {
                let name = member.as_str().unwrap().rsplit('/').next().unwrap();
                normal.insert("$ref".to_owned(), name.into());
            }
            "allOf" => normal.extend(self::normal(&member[0]).as_object().unwrap().clone()),
            "anyOf" => {
                assert_eq!(member[1], json!({ "type": "null" }));
                normal.extend(self::normal(&member[0]).as_object().unwrap().clone());
                normal.insert("nullable".to_owned(), true.into());
            }
            "oneOf" => {
                assert_eq!(member[1], json!({ "type": "string", "nullable": true, "enum": [null] }));
                // Of an error's data, null alone is sent (D7).
                if member[0] == json!({ "type": "object" }) {
                    normal.insert("type".to_owned(), "null".into());
                    continue;
                }
                normal.extend(self::normal(&member[0]).as_object().unwrap().clone());
                normal.insert("nullable".to_owned(), true.into());
            }
            "type" if member.is_array() => {
                assert_eq!(member[1], "null");
                normal.insert("type".to_owned(), member[0].clone());
                normal.insert("nullable".to_owned(), true.into());
            }
            "examples" => {
                normal.insert("example".to_owned(), member[0].clone());
            }
            "required" => {
                let mut names: Vec<&str> =
                    member.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
                names.sort_unstable();
                normal.insert("required".to_owned(), names.into());
            }
            _ => {
                normal.insert(name.clone(), self::normal(member));
            }
        }
    }
    Value::Object(normal)
}

#[test]
fn every_download_equals_the_contract() {
    let components = contract::QUERIES.document()["components"]["schemas"].as_object().unwrap();
    let schemas = schemas();
    assert!(schemas.iter().map(|(name, _)| name).eq(components.keys()), "one for each, in the contract's order");
    for (model, schema) in schemas {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{model}");
        let parts = schema["$defs"].as_object().into_iter().flatten();
        for (name, part) in parts.chain([(&model, &schema)]) {
            assert_eq!(normal(part), normal(&components[name]), "{name} in {model}");
        }
    }
}

#[test]
fn the_contracts_examples_fit() {
    let schemas = schemas();
    let fits = |content: &Value| -> usize {
        let reference = content["schema"]["$ref"].as_str().unwrap();
        let (_, schema) = schemas.iter().find(|(name, _)| reference.ends_with(&format!("/{name}"))).unwrap();
        let validator = jsonschema::draft202012::new(schema).unwrap();
        let examples: Vec<&Value> =
            content["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]).collect();
        for example in &examples {
            validator.validate(example).map_err(|error| format!("{reference}: {example}: {error}")).unwrap();
        }
        examples.len()
    };
    for methods in contract::QUERIES.document()["paths"].as_object().unwrap().values() {
        let operation = &methods["post"];
        let request = &operation["requestBody"]["content"]["application/json"];
        let has_parameters = request["schema"]["$ref"] != "#/components/schemas/NoParameters";
        assert_eq!(fits(request) > 0, has_parameters, "the request of {}", operation["operationId"]);
        let answers = fits(&operation["responses"]["200"]["content"]["application/json"]);
        assert!(answers > 0, "the answer of {}", operation["operationId"]);
    }
    let mut errors = 0;
    for response in contract::QUERIES.document()["components"]["responses"].as_object().unwrap().values() {
        errors += fits(&response["content"]["application/json"]);
    }
    assert_eq!(errors, 3);
}
