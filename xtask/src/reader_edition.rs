//! The edition of the contract for readers of the vendor: it accepts more of what the vendor may answer.
//!
//! The contract says what is sent: codes of a table, data of one shape, numbers within bounds. The vendor promises less,
//! and other people's generators refuse what their schema doesn't have. This edition is derived from the contract, so that
//! nothing is written twice; it stands among the docs' downloads, and validators and generators are tested with it. What it
//! still refuses, because every generated client would be worse for it, is in D45 with the reasons.

use std::mem;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::contract::Contract;

const TITLE: &str = "SocialEpoch WA-SCRM account queries, edition for readers of the vendor";

const INTRODUCTION: &str = "\
**This edition** is for clients that read the vendor's answers. It is derived from the contract of the same version and \
describes the same five operations. It accepts codes that are not listed, `data` that is null or absent under HTTP 200 (a \
business error), `data` of any type under another HTTP status, agent ids and times as integer or text, an agent without \
`userId` in queryAllOlWhatsAppInfo, and numbers and lists beyond the bounds that the vendor's page doesn't promise. It does \
not accept everything that the vendor may send: `code` as text, `data` that is a list or an empty object in \
queryWhatsAppInfo, `data` that is empty text, or an object in the place of a list, under HTTP 200, and null in the place of \
other values. A schema with these would make every generated client worse (D45); a reader that has to accept them looks at the JSON before it decodes. \
Requests are best sent as the contract itself has them.";

/// Arrays whose greatest length the vendor's page promises: "max 50 entries" (page, queryUserStatusLog).
const PROMISED_LENGTHS: [&str; 1] = ["AgentStatusLog"];

/// Scalars that the vendor's page has as an integer in one place and as text in another (D3, D8).
const INTEGER_OR_TEXT: [&str; 3] = ["UserId", "UserIdText", "StatusTime"];

/// The answer under another HTTP status than 200.
const ERROR: &str = "ErrorResponse";

/// Members that the vendor's page does not have in its table: a component and its member (D1).
const NOT_IN_THE_TABLE: [(&str, &str); 1] = [("NamedOnlineAgent", "userId")];

/// Derives the edition from the contract of the queries.
///
/// # Errors
/// If the contract has no schemas.
pub fn reader_edition(contract: &Contract) -> Result<Value> {
    let mut edition = contract.json.clone();
    let info = edition["info"].as_object_mut().context("the contract has no info")?;
    let description = info.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{INTRODUCTION}\n\n{description}");
    info.insert("title".to_owned(), TITLE.into());
    info.insert("description".to_owned(), description.into());
    if let Some(servers) = edition["servers"].as_array_mut() {
        servers.retain(|server| server["url"].as_str().is_some_and(|url| url.contains("socialepoch.com")));
    }
    let schemas = edition.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.context("the contract has no components.schemas")? {
        if let Some(schema) = schema.as_object_mut() {
            loosen(name, schema);
        }
    }
    Ok(edition)
}

fn loosen(name: &str, schema: &mut Map<String, Value>) {
    open_codes(schema);
    for bound in ["minimum", "maximum", "pattern"] {
        schema.shift_remove(bound);
    }
    if INTEGER_OR_TEXT.contains(&name) {
        schema.shift_remove("type");
        schema.shift_remove("format");
        schema.insert("oneOf".to_owned(), json!([{ "type": "integer", "format": "int64" }, { "type": "string" }]));
    }
    let is_envelope = name.ends_with("Response");
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        let may_be_absent =
            |member: &str| is_envelope && member == "data" || NOT_IN_THE_TABLE.contains(&(name, member));
        required.retain(|member| !member.as_str().is_some_and(may_be_absent));
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (member, property) in properties.into_iter().flatten() {
        let Some(property) = property.as_object_mut() else { continue };
        if !PROMISED_LENGTHS.contains(&name) {
            property.shift_remove("maxItems");
        }
        if is_envelope && member == "data" && property.contains_key("items") {
            property.insert("nullable".to_owned(), true.into());
        }
        if is_envelope
            && member == "data"
            && let Some(Value::Array(component)) = property.shift_remove("allOf")
        {
            let null = json!({ "type": "string", "nullable": true, "enum": [null] });
            property.insert("oneOf".to_owned(), component.into_iter().chain([null]).collect());
        }
        if name == ERROR && member == "data" {
            // Without a type it is any value; null is one (D7).
            property.retain(|member, _| member == "description");
        }
    }
}

/// A table of codes becomes an integer, with the table in its description and, as the contract has it, in `x-listed-codes`.
///
/// Beside `type` the names of the codes would do harm: swagger-typescript-api 13.13 takes them for the values.
fn open_codes(schema: &mut Map<String, Value>) {
    if !schema.contains_key("x-enum-varnames") {
        return;
    }
    let (table, rest): (Map<_, _>, Map<_, _>) =
        mem::take(schema).into_iter().partition(|(member, _)| member == "enum" || member.starts_with("x-enum-"));
    *schema = rest;
    let list = |member: &str| table.get(member).and_then(Value::as_array).into_iter().flatten();
    let listed: Vec<String> = list("enum")
        .zip(list("x-enum-descriptions"))
        .map(|(code, meaning)| format!("{code}: {}", meaning.as_str().unwrap_or_default()))
        .collect();
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{description}\n\nListed codes: {}.", listed.join("; "));
    schema.insert("description".to_owned(), description.into());
    schema.insert("x-listed-codes".to_owned(), table.into());
}
