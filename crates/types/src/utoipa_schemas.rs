//! The schemas that utoipa derives from the models are the contracts' components, whole.
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::{collections::BTreeMap, fs};

use serde_json::{Map, Value, json};
use similar::TextDiff;
use utoipa::{PartialSchema, ToSchema};

/// A contract, and the schemas of the models that its components have.
struct Subject {
    file: &'static str,
    schemas: BTreeMap<String, Value>,
}

macro_rules! schemas {
    ($($type:ty),* $(,)?) => {
        [$((<$type as ToSchema>::name().into_owned(), serde_json::to_value(<$type as PartialSchema>::schema()).unwrap())),*]
            .into_iter()
            .map(|(name, mut schema)| {
                schema_to_3_0(&mut schema);
                (name, with_sorted_sets(schema))
            })
            .collect()
    };
}

macro_rules! subjects {
    (all: $($file:literal: $($type:path),*;)*) => { [$(Subject { file: $file, schemas: schemas![$($type),*] }),*] };
}

/// All contracts.
fn subjects() -> [Subject; 3] {
    for_every_component!(subjects, all)
}

impl Subject {
    fn contract_text(&self) -> String {
        fs::read_to_string(test_support::workspace_root().join("openapi").join(self.file)).unwrap()
    }
}

fn components_of(text: &str) -> BTreeMap<String, Value> {
    let document: Value = serde_saphyr::from_str(text).unwrap();
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object).unwrap().clone();
    schemas.into_iter().map(|(name, schema)| (name, with_sorted_sets(schema))).collect()
}

#[test]
fn the_models_have_the_schemas_of_the_contracts() {
    for subject in subjects() {
        let (contract, models) = (components_of(&subject.contract_text()), subject.schemas);
        if contract != models {
            let text = |schemas: &BTreeMap<String, Value>| {
                let schemas: BTreeMap<_, _> = schemas.iter().map(|(name, schema)| (name, sorted(schema))).collect();
                serde_json::to_string_pretty(&schemas).unwrap()
            };
            let (contract, models) = (text(&contract), text(&models));
            let diff = TextDiff::from_lines(&contract, &models);
            println!("{}", diff.unified_diff().context_radius(4).header(subject.file, "utoipa's schemas"));
            panic!("the contract and the models differ");
        }
    }
}

/// Each of these words could be changed by mistake; the comparison has to notice every one.
#[test]
fn a_change_of_one_word_is_noticed() {
    let [queries, ingest, history] = subjects();
    changes_are_noticed(
        &queries,
        &[
            ("required: [source]", "required: [source, userId]"),
            ("maxItems: 50", "maxItems: 51"),
            ("maximum: 9007199254740991", "maximum: 9007199254740990"),
            ("pattern: \"^[1-9][0-9]{0,14}$\"", "pattern: \"^[1-9][0-9]{0,15}$\""),
            ("enum: [10, 20, 30, 40]", "enum: [10, 20, 30]"),
            ("- Banned on PC", "- Barred on PC"),
            ("nullable: true, enum: [null]", "nullable: false, enum: [null]"),
            (", { type: string, nullable: true, enum: [null] }]", "]"),
            ("{ type: object }, {", "{ type: array }, {"),
            ("x-personal-data: true", "x-personal-data: false"),
            ("format: int64", "format: int32"),
            ("example: jack", "example: jill"),
            ("$ref: \"#/components/schemas/NamedOnlineAgent\"", "$ref: \"#/components/schemas/OnlineAgent\""),
        ],
    );
    changes_are_noticed(
        &ingest,
        &[
            ("maxItems: 10000", "maxItems: 1000"),
            ("maxLength: 128", "maxLength: 129"),
            ("required: [userId, agentAccount,", "required: [userId,"),
            ("minimum: 100000000000", "minimum: 0"),
            ("maximum: 10000\n", "maximum: 9999\n"),
            ("/Receipt\" }, {", "/Refusal\" }, {"),
            ("x-personal-data: true", "x-personal-data: false"),
        ],
    );
    changes_are_noticed(
        &history,
        &[
            ("enum: [fed, logged, observed]", "enum: [fed, logged]"),
            ("enum: [came, gone]", "enum: [come, gone]"),
            ("{1,256}", "{1,255}"),
            ("maximum: 1000\n", "maximum: 999\n"),
            ("minimum: -9007199254740991", "minimum: 0"),
            ("required: [provenance, userId,", "required: [userId,"),
            ("required: [gaps]", "required: [gaps, next]"),
            ("x-personal-data: true", "x-personal-data: false"),
        ],
    );
}

fn changes_are_noticed(subject: &Subject, changes: &[(&str, &str)]) {
    let text = subject.contract_text();
    assert!(components_of(&text) == subject.schemas, "they differ before any change");
    for (from, to) in changes {
        assert!(text.contains(from), "the contract no longer has {from:?}");
        let changed = components_of(&text.replacen(from, to, 1));
        assert!(changed != subject.schemas, "{from:?} -> {to:?} goes unnoticed");
    }
}

/// utoipa writes OpenAPI 3.1; the contract is 3.0.3, the newest that progenitor reads.
fn schema_to_3_0(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(schema_to_3_0);
    }
    if let Some(items) = members.get_mut("items") {
        schema_to_3_0(items);
    }
    null_type_to_nullable(members);
    description_to_inline(members);
    null_variant_to_null_scalar(members);
    if let Some(variants) = members.get_mut("oneOf").and_then(Value::as_array_mut) {
        variants.iter_mut().for_each(schema_to_3_0);
    }
    only_example(members);
    reference_with_siblings_to_all_of(members);
}

/// `type: [T, "null"]` is `type: T` with `nullable`.
fn null_type_to_nullable(schema: &mut Map<String, Value>) {
    let Some(types) = schema.get("type").and_then(Value::as_array) else { return };
    let others: Vec<_> = types.iter().filter(|t| *t != "null").cloned().collect();
    if let ([only], true) = (others.as_slice(), others.len() < types.len()) {
        schema.insert("type".to_owned(), only.clone());
        schema.insert("nullable".to_owned(), json!(true));
    }
}

/// A schema that is written in place has its description beside it, as the second part of an `allOf`.
fn description_to_inline(schema: &mut Map<String, Value>) {
    let Some([Value::Object(inline), beside]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) else {
        return;
    };
    let (mut inline, description) = (inline.clone(), beside["description"].clone());
    if *beside == json!({ "description": description, "type": "object" }) {
        inline.insert("description".to_owned(), description);
        *schema = inline;
    }
}

/// utoipa's variant `null` is the null scalar of the contract (D6).
fn null_variant_to_null_scalar(schema: &mut Map<String, Value>) {
    let Some(variants) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else { return };
    variants.sort_by_key(|variant| *variant == json!({ "type": "null" }));
    for variant in variants.iter_mut().filter(|variant| **variant == json!({ "type": "null" })) {
        *variant = json!({ "type": "string", "nullable": true, "enum": [null] });
    }
    if let Some(members) =
        variants.first().and_then(Value::as_object).filter(|members| members.contains_key("$ref")).cloned()
    {
        let others = members.into_iter().filter(|(name, _)| name != "$ref");
        schema.extend(others.collect::<Vec<_>>());
        if let Some(Value::Object(first)) = schema.get_mut("oneOf").and_then(|variants| variants.get_mut(0)) {
            first.retain(|name, _| name == "$ref");
        }
    }
}

/// `examples: [x]` is `example: x`.
fn only_example(schema: &mut Map<String, Value>) {
    if let Some([only]) = schema.get("examples").and_then(Value::as_array).map(Vec::as_slice) {
        let only = only.clone();
        schema.remove("examples");
        schema.insert("example".to_owned(), only);
    }
}

/// In 3.0 a `$ref` stands alone; what else is said stands beside an `allOf` of it.
fn reference_with_siblings_to_all_of(schema: &mut Map<String, Value>) {
    if schema.len() > 1
        && let Some(reference) = schema.remove("$ref")
    {
        schema.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}

/// `required` of a schema is a set: its order says nothing.
fn with_sorted_sets(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if let (true, Some(set)) = (name == "required", member.as_array_mut()) {
                    set.sort_by_key(ToString::to_string);
                }
                *member = with_sorted_sets(member.take());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = with_sorted_sets(item.take())),
        _ => {}
    }
    value
}

/// With the members of every object in order, so that a diff of texts shows only what differs.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(name, member)| (name.clone(), sorted(member))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            members.into_iter().collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
