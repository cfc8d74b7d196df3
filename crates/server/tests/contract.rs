//! The loop is closed: what utoipa reads off the types and the handlers are the contracts, whole.
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::fs;

use serde_json::{Map, Value, json};
use similar::TextDiff;

/// A contract and what the code says of it.
struct Subject {
    file: &'static str,
    described: fn() -> utoipa::openapi::OpenApi,
}

const QUERIES: Subject = Subject { file: "group-dispatch.yaml", described: group_dispatch_server::described };
const INGEST: Subject = Subject { file: "ingest.yaml", described: group_dispatch_server::described_ingest };

impl Subject {
    fn contract_text(&self) -> String {
        let path = format!("{}/../../openapi/{}", env!("CARGO_MANIFEST_DIR"), self.file);
        fs::read_to_string(path).unwrap()
    }

    fn described(&self) -> Value {
        with_sorted_sets(to_3_0(serde_json::to_value((self.described)()).unwrap()))
    }
}

fn contract_of(text: &str) -> Value {
    with_sorted_sets(serde_saphyr::from_str(text).unwrap())
}

#[test]
fn types_and_handlers_say_what_the_contracts_say() {
    for subject in [QUERIES, INGEST] {
        let (contract, described) = (contract_of(&subject.contract_text()), subject.described());
        if contract != described {
            let text = |value: &Value| serde_json::to_string_pretty(&sorted(value)).unwrap();
            let (contract, described) = (text(&contract), text(&described));
            let diff = TextDiff::from_lines(&contract, &described);
            println!("{}", diff.unified_diff().context_radius(4).header(subject.file, "types and handlers"));
            panic!("the contract and the code differ");
        }
    }
}

/// Each of these words could be changed by mistake; the comparison has to notice every one.
#[test]
fn a_change_of_one_word_is_noticed() {
    changes_are_noticed(
        &QUERIES,
        &[
            ("operationId: queryUserStatusLog", "operationId: queryUserStatusLogs"),
            ("/group-dispatch-api/user/queryWhatsAppInfo:", "/group-dispatch-api/user/queryWhatsappInfo:"),
            ("tags: [history]", "tags: [presence]"),
            ("summary: Where one WhatsApp account is online.", "summary: Where a WhatsApp account is online."),
            ("required: [source]", "required: [source, userId]"),
            ("required: true", "required: false"),
            ("maxItems: 50", "maxItems: 51"),
            ("maximum: 9007199254740991", "maximum: 9007199254740990"),
            ("pattern: \"^[1-9][0-9]{0,14}$\"", "pattern: \"^[1-9][0-9]{0,15}$\""),
            ("enum: [10, 20, 30, 40]", "enum: [10, 20, 30]"),
            ("- Banned on PC", "- Barred on PC"),
            ("nullable: true, enum: [null]", "nullable: false, enum: [null]"),
            (", { type: string, nullable: true, enum: [null] }]", "]"),
            ("{ type: object }, {", "{ type: array }, {"),
            ("x-personal-data: true", "x-personal-data: false"),
            ("x-idempotent: true", "x-idempotent: false"),
            ("x-requests-per-second: 50", "x-requests-per-second: 500"),
            (
                "{ \"userId\": 12, \"source\": 2, \"userName\": \"\" }",
                "{ \"userId\": 13, \"source\": 2, \"userName\": \"\" }",
            ),
            ("\"createTime\": \"2024-07-08 19:25:31\"", "\"createTime\": \"2024-07-08 19:25:32\""),
            ("name: tenant_id", "name: tenant-id"),
            ("token: []", "tokens: []"),
            ("format: int64", "format: int32"),
            ("example: jack", "example: jill"),
            (
                "\"4XX\": { $ref: \"#/components/responses/ClientError\" }",
                "\"4XX\": { $ref: \"#/components/responses/ServerError\" }",
            ),
            ("$ref: \"#/components/schemas/NamedOnlineAgent\"", "$ref: \"#/components/schemas/OnlineAgent\""),
        ],
    );
    changes_are_noticed(
        &INGEST,
        &[
            ("/ingest/v1/status-events:", "/ingest/v1/events:"),
            ("summary: Feed status events.", "summary: Feed events."),
            ("application/x-ndjson:", "application/ndjson:"),
            ("The least that an event has", "All that an event has"),
            ("maxItems: 10000", "maxItems: 1000"),
            ("required: [userId, agentAccount,", "required: [userId,"),
            ("minimum: 100000000000", "minimum: 0"),
            ("maximum: 10000\n", "maximum: 9999\n"),
            ("/Receipt\" }, {", "/Refusal\" }, {"),
            ("{ \"stored\": 2,", "{ \"stored\": 3,"),
            ("{ \"index\": 3,", "{ \"index\": 2,"),
            ("x-personal-data: true", "x-personal-data: false"),
            ("token: []", "tokens: []"),
        ],
    );
}

fn changes_are_noticed(subject: &Subject, changes: &[(&str, &str)]) {
    let text = subject.contract_text();
    let described = subject.described();
    assert!(contract_of(&text) == described, "they differ before any change");
    for (from, to) in changes {
        assert!(text.contains(from), "the contract no longer has {from:?}");
        let changed = contract_of(&text.replacen(from, to, 1));
        assert!(changed != described, "{from:?} -> {to:?} goes unnoticed");
    }
}

/// utoipa writes OpenAPI 3.1; the contract is 3.0.3, the newest that progenitor reads.
fn to_3_0(mut document: Value) -> Value {
    document["openapi"] = json!("3.0.3");
    for schema in document.pointer_mut("/components/schemas").unwrap().as_object_mut().unwrap().values_mut() {
        schema_to_3_0(schema);
    }
    for path in document["paths"].as_object_mut().unwrap().values_mut() {
        if let Some(body) = path.pointer_mut("/post/requestBody/content/application~1json/schema") {
            optional_body_to_3_0(body);
        }
    }
    document
}

/// utoipa writes a body that may be left out as one that may be null as well.
fn optional_body_to_3_0(schema: &mut Value) {
    schema_to_3_0(schema);
    if let Some(body) = schema.pointer("/oneOf/0") {
        *schema = body.clone();
    }
}

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
