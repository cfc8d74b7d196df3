//! Reads a contract, and generates JSON from its schemas without using the types.

use std::error::Error;

use jsonschema::{Draft, Validator};
use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union, string::string_regex};
use serde_json::{Map, Value, json};
use test_support::{
    schema_dialect::{KEYWORDS, json_schema},
    workspace_root,
};

/// A contract, loaded from its file.
pub struct Contract {
    document: Value,
}

impl Contract {
    pub fn load(file: &str) -> Result<Self, Box<dyn Error>> {
        let path = workspace_root().join("openapi").join(file);
        let document = serde_saphyr::from_str(&std::fs::read_to_string(path)?)?;
        Ok(Self { document })
    }

    pub fn schemas(&self) -> Result<&Map<String, Value>, Box<dyn Error>> {
        Ok(self.document.pointer("/components/schemas").and_then(Value::as_object).ok_or("no schemas")?)
    }

    pub fn schema(&self, name: &str) -> Result<&Value, Box<dyn Error>> {
        Ok(self.schemas()?.get(name).ok_or_else(|| format!("no schema {name}"))?)
    }

    /// Returns the examples of the requests and successful responses that have this schema.
    pub fn examples(&self, name: &str) -> Vec<&Value> {
        let reference = format!("#/components/schemas/{name}");
        let paths = self.document["paths"].as_object().into_iter().flat_map(Map::values);
        paths
            .flat_map(|path| [&path["post"]["requestBody"], &path["post"]["responses"]["200"]])
            .map(|body| &body["content"]["application/json"])
            .filter(|content| content["schema"]["$ref"] == *reference)
            .flat_map(|content| content["examples"].as_object().into_iter().flat_map(Map::values))
            .map(|example| &example["value"])
            .collect()
    }

    pub fn validator(&self, name: &str) -> Result<Validator, Box<dyn Error>> {
        let mut document = reference(name);
        document["components"]["schemas"] = self.schemas()?.iter().map(|(n, s)| (n.clone(), json_schema(s))).collect();
        Ok(jsonschema::options().with_draft(Draft::Draft202012).build(&document)?)
    }

    /// Generates JSON from the schema of that name.
    pub fn component(&self, name: &str) -> Result<BoxedStrategy<Value>, Box<dyn Error>> {
        match name {
            // The pattern allows days that do not exist, such as 2023-02-30, because JSON Schema cannot exclude them. Fewer
            // than 1 in 300 texts that match are valid times: filtering them would take too long.
            "StatusTime" => Ok(valid_times().boxed()),
            _ => self.strategy(self.schema(name)?).map_err(|error| format!("in {name}: {error}").into()),
        }
    }

    fn strategy(&self, schema: &Value) -> Result<BoxedStrategy<Value>, Box<dyn Error>> {
        check_keywords(schema)?;
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            return Ok(select(choices.clone()).boxed());
        }
        let strategy = if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            self.component(component_name(reference))?
        } else if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let [part] = parts.as_slice() else { return Err("allOf of more than one".into()) };
            self.strategy(part)?
        } else if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
            // The schema of an error's data allows any object and null, but only null is sent (D7).
            let sent = choices.iter().filter(|choice| **choice != json!({ "type": "object" }));
            Union::new(sent.map(|choice| self.strategy(choice)).collect::<Result<Vec<_>, Box<dyn Error>>>()?).boxed()
        } else {
            match schema["type"].as_str() {
                Some("integer") => {
                    let end = |name: &str| schema[name].as_i64().ok_or_else(|| format!("an integer without {name}"));
                    let (least, most) = (end("minimum")?, end("maximum")?);
                    prop_oneof![1 => Just(least), 1 => Just(most), 6 => least..=most].prop_map(Value::from).boxed()
                }
                Some("string") => match schema.get("pattern").and_then(Value::as_str) {
                    // The generator does not support anchors; it always generates whole texts.
                    Some(pattern) => string_regex(pattern.trim_matches(['^', '$']))?.prop_map(Value::from).boxed(),
                    None => match schema["maxLength"].as_u64().map(usize::try_from).transpose()? {
                        Some(most) => prop_oneof![1 => Just("界".repeat(most)), 7 => any::<String>()]
                            .prop_map(Value::from)
                            .boxed(),
                        None => any::<String>().prop_map(Value::from).boxed(),
                    },
                },
                Some("array") => {
                    // Longer lists would take minutes without testing more.
                    let most = schema["maxItems"].as_u64().map_or(Ok(3), usize::try_from)?.min(50);
                    vec(self.strategy(&schema["items"])?, 0..=most).prop_map(Value::from).boxed()
                }
                Some("object") => self.object(schema)?,
                Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
                _ => return Err(format!("unsupported schema: {schema}").into()),
            }
        };
        let nullable = schema["nullable"] == true;
        Ok(if nullable { prop_oneof![1 => Just(Value::Null), 3 => strategy].boxed() } else { strategy })
    }

    fn object(&self, schema: &Value) -> Result<BoxedStrategy<Value>, Box<dyn Error>> {
        let mut members = Vec::new();
        match schema.get("properties").and_then(Value::as_object) {
            Some(properties) => {
                for (name, property) in properties {
                    let value = self.strategy(property)?;
                    let member = if is_required(schema, name) {
                        value.prop_map(Some).boxed()
                    } else {
                        option::of(value).boxed()
                    };
                    let name = name.clone();
                    members.push(member.prop_map(move |value| value.map(|value| (name.clone(), value))));
                }
            }
            None if schema["maxProperties"] == 0 => {}
            None => return Err("an object of unknown members".into()),
        }
        Ok(members.prop_map(|members| Value::Object(members.into_iter().flatten().collect())).boxed())
    }

    /// Generates JSON of a schema with all members and one element in each list. Adds its personal data to `secrets`.
    pub fn filled(&self, schema: &Value, member: &str, secrets: &mut Vec<String>) -> Result<Value, Box<dyn Error>> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let name = component_name(reference);
            let value = self.filled(self.schema(name)?, member, secrets)?;
            if name.starts_with("WhatsAppNumber") {
                secrets.push(value.to_string().trim_matches('"').to_owned());
            }
            return Ok(value);
        }
        if let Some(part) = schema.pointer("/allOf/0").or_else(|| schema.pointer("/oneOf/0")) {
            return self.filled(part, member, secrets);
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            return properties
                .iter()
                .map(|(name, property)| Ok((name.clone(), self.filled(property, name, secrets)?)))
                .collect();
        }
        let is_scalar = member.is_empty() || schema.get("pattern").is_some() || schema.get("enum").is_some();
        Ok(match schema["type"].as_str() {
            Some("array") => json!([self.filled(&schema["items"], member, secrets)?]),
            Some("string")
                if !is_scalar && !["message", "countryCode", "eventId", "reason", "timeZoneData"].contains(&member) =>
            {
                let secret = format!("secret of {member}");
                secrets.push(secret.clone());
                secret.into()
            }
            Some("object") if schema["maxProperties"] == 0 => json!({}),
            _ => schema.get("example").cloned().unwrap_or(Value::Null),
        })
    }
}

fn component_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|required| required == name))
}

/// Rejects keywords that this module does not know, because it would ignore them.
fn check_keywords(schema: &Value) -> Result<(), Box<dyn Error>> {
    let members = schema.as_object().ok_or("a schema that is not an object")?;
    match members.keys().find(|name| !KEYWORDS.contains(&name.as_str()) && !name.starts_with("x-")) {
        Some(keyword) => Err(format!("unknown keyword {keyword}").into()),
        None => Ok(()),
    }
}

/// Generates valid texts of StatusTime.
fn valid_times() -> impl Strategy<Value = Value> {
    (0..=9999_u32, 1..=12_u32, 0..31_u32, 0..24_u8, 0..60_u8, 0..60_u8).prop_map(|(year, month, day, h, m, s)| {
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        format!("{year:04}-{month:02}-{:02} {h:02}:{m:02}:{s:02}", day % days + 1).into()
    })
}

/// Returns a schema that refers to a component.
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
