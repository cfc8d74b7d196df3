//! Rules on examples: readers copy them, mocks and tests start from them.

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::{
    Fault, Rule,
    document::{Document, Part},
};
use crate::schema_dialect::json_schema;

pub const RULES: &[Rule] = &[
    Rule {
        name: "example-given",
        asks: "Every text, number and truth value has an example, its own or that of the schema it refers to; so has every \
               body of a request or response.",
        why: "Most readers look at the example first, and many at nothing else.",
        breaches: example_given,
    },
    Rule {
        name: "example-valid",
        asks: "Every example fits its schema.",
        why: "An example that the service itself would refuse, or never send, teaches the wrong thing.",
        breaches: example_valid,
    },
];

fn example_given(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for schema in document.schemas() {
        if schema.is_scalar() && !schema.part.has("example") {
            faults.push(schema.part.fault("no example", "add an `example`"));
        }
    }
    for (_, body) in document.bodies() {
        let schema = body.member("schema").and_then(|schema| document.follow(schema));
        let has_example = body.has("example") || !body.members_of("examples").is_empty();
        if !has_example && !schema.is_some_and(|schema| schema.has("example")) {
            faults.push(body.fault("a body without an example", "add `examples`"));
        }
    }
    faults
}

fn example_valid(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut check = |schema: Option<&Part<'_>>, example: Option<Part<'_>>| {
        if let (Some(schema), Some(example)) = (schema, example) {
            // A `$ref` that leads nowhere is another rule's.
            let validator = validator(document, schema);
            faults.extend(validator.iter().flat_map(|validator| misfits(validator, &example)));
        }
    };
    for schema in document.schemas() {
        check(Some(&schema.part), schema.part.member("example"));
    }
    for (_, body) in document.bodies() {
        let schema = body.member("schema");
        check(schema.as_ref(), body.member("example"));
        for (_, example) in body.members_of("examples") {
            check(schema.as_ref(), example.member("value"));
        }
    }
    faults
}

fn misfits(validator: &Validator, example: &Part<'_>) -> Vec<Fault> {
    let errors = validator.iter_errors(example.json);
    errors
        .map(|error| {
            let place = Part { at: format!("{}{}", example.at, error.instance_path()), json: example.json };
            place.fault(format!("an example that does not fit its schema ({error})"), "mend the one or the other")
        })
        .collect()
}

fn validator(document: &Document, schema: &Part<'_>) -> Option<Validator> {
    let components: Value = document
        .components("schemas")
        .into_iter()
        .map(|(name, component)| (name.to_owned(), json_schema(component.json)))
        .collect();
    let mut schema = json_schema(schema.json);
    schema.as_object_mut()?.insert("components".to_owned(), json!({ "schemas": components }));
    jsonschema::options().with_draft(Draft::Draft202012).build(&schema).ok()
}
