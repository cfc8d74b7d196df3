//! Rules on descriptions: the docs show them, and the documentation of the crates is made from them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    document::{Document, Part},
    fault::Fault,
    rule::Rule,
    walk::Role,
};

pub const RULES: &[Rule] = &[
    Rule {
        name: "described",
        asks: "Everything that has a name has a description: the whole, servers, tags, operations, request bodies, \
               responses, security schemes, component schemas and properties.",
        why: "Docs and rustdoc have nothing else to show; and a `$ref` drops what is beside it.",
        breaches: described,
    },
    Rule {
        name: "operation-introduced",
        asks: "Every operation has an operationId, a summary, and at least one tag.",
        why: "Methods and mocks are called by the id, lists of operations show the summary, and what has no tag is in \
              none of them.",
        breaches: operation_introduced,
    },
    Rule {
        name: "codes-described",
        asks: "Every `enum` has `x-enum-varnames` and `x-enum-descriptions`; these and all other `x-enum-*` have one entry \
               for each code, no text is empty, and no name comes twice.",
        why: "A number alone means nothing to a reader, and in a list that is too short every text is beside the wrong code.",
        breaches: codes_described,
    },
];

fn described(document: &Document) -> Vec<Fault> {
    let root = document.root();
    let mut parts: Vec<Part<'_>> = root.member("info").into_iter().collect();
    parts.extend(root.items_of("servers"));
    parts.extend(root.items_of("tags"));
    parts.extend(document.operations().into_iter().map(|operation| operation.part));
    parts.extend(document.requests_and_responses());
    parts.extend(document.components("securitySchemes").into_iter().map(|(_, scheme)| scheme));
    let named =
        document.schemas().into_iter().filter(|schema| matches!(schema.role, Role::Component(_) | Role::Property(_)));
    parts.extend(named.map(|schema| schema.part));
    let undescribed = parts.into_iter().filter(|part| is_blank(part.text("description")) || part.has("$ref"));
    undescribed
        .map(|part| match part.has("$ref") {
            true => part.fault("a $ref has no description", "put it into `allOf`, and describe it beside that"),
            false => part.fault("no description", "describe it"),
        })
        .collect()
}

fn operation_introduced(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.operations() {
        for name in ["operationId", "summary"] {
            if is_blank(operation.part.text(name)) {
                faults.push(operation.part.fault(format!("no {name}"), "add it"));
            }
        }
        if operation.part.items_of("tags").is_empty() {
            faults.push(operation.part.fault("no tag", "add the one that it belongs to"));
        }
    }
    faults
}

fn codes_described(document: &Document) -> Vec<Fault> {
    let schemas = document.schemas().into_iter().map(|schema| schema.part);
    schemas.filter(|schema| has_codes(schema)).flat_map(|schema| undescribed_codes(&schema)).collect()
}

/// An `enum` of nothing but null lists no codes.
fn has_codes(schema: &Part<'_>) -> bool {
    schema.items_of("enum").iter().any(|code| !code.json.is_null())
}

fn undescribed_codes(schema: &Part<'_>) -> Vec<Fault> {
    let codes = schema.items_of("enum").len();
    let mut faults = Vec::new();
    for list in ["x-enum-varnames", "x-enum-descriptions"] {
        if !schema.has(list) {
            faults.push(schema.fault(format!("no {list}"), "add it, with one entry for each code"));
        }
    }
    for (name, list) in schema.members().filter(|(name, _)| name.starts_with("x-enum-")) {
        let entries = schema.items_of(name);
        if entries.len() != codes {
            let wrong = format!("{codes} codes, but {} {name}", entries.len());
            faults.push(list.fault(wrong, "give one entry for each code, in the order of `enum`"));
        }
        let mut seen = BTreeSet::new();
        for entry in entries {
            let Some(text) = entry.json.as_str() else { continue };
            if is_blank(text) {
                faults.push(entry.fault("an empty text", "describe this code"));
            } else if name == "x-enum-varnames" && !seen.insert(text) {
                faults.push(entry.fault(format!("the name {text} comes twice"), "give each code a name of its own"));
            }
        }
    }
    let mut seen = Vec::<&Value>::new();
    for code in schema.items_of("enum") {
        if seen.contains(&code.json) {
            faults.push(code.fault(format!("the code {} comes twice", code.json), "list each code once"));
        }
        seen.push(code.json);
    }
    faults
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
