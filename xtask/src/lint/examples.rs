//! Rules on examples: readers copy them, and mocks and tests use them.

use jsonschema::{Draft, Registry, RegistryBuilder, ValidationOptions, Validator};
use serde_json::json;

use super::{
    document::{Document, Part},
    fault::Fault,
    rule::Rule,
    walk::Schema,
};
use test_support::schema_dialect::json_schema;

const DRAFT: Draft = Draft::Draft202012;
/// The URI of the contract in the validator.
const CONTRACT: &str = "urn:contract";

pub const RULES: &[Rule] = &[
    Rule {
        name: "example-given",
        asks: "Every text, number and truth value has an example, its own or that of the schema it refers to; so has every \
               body of a request or response.",
        why: "Most readers look at the example first, and many at nothing else.",
        breaches: example_given,
    },
    Rule {
        name: "schema-valid",
        asks: "Every schema is one that a validator takes.",
        why: "A pattern that no program can read, or a type that does not exist, is no promise, and no example can be held \
              to it.",
        breaches: schema_valid,
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

fn schema_valid(document: &Document) -> Vec<Fault> {
    /// The keywords with other schemas, each of which is checked by itself.
    const WITHIN: [&str; 5] = ["$ref", "allOf", "oneOf", "items", "properties"];
    let mut faults = Vec::new();
    for Schema { part, .. } in document.schemas() {
        let mut alone = part.json.clone();
        if let Some(members) = alone.as_object_mut() {
            // The rule required-declared checks the list of names.
            members.retain(|name, word| match name.as_str() {
                "required" => !word.is_array(),
                name => !WITHIN.contains(&name),
            });
        }
        if let Err(error) = options().build(&json_schema(&alone)) {
            faults.push(part.fault(format!("no schema ({error})"), "correct it"));
        }
    }
    faults
}

fn example_valid(document: &Document) -> Vec<Fault> {
    let contract = json_schema(document.root().json);
    let registry = match Registry::new().draft(DRAFT).add(CONTRACT, &contract).and_then(RegistryBuilder::prepare) {
        Ok(registry) => registry,
        Err(error) => return vec![document.root().fault(format!("no schemas ({error})"), "correct them")],
    };
    let misfits = |schema: Option<Part<'_>>, examples: Vec<Part<'_>>| {
        // Other rules report an invalid schema or a `$ref` without a target.
        let validator = schema.and_then(|schema| {
            let reference = json!({ "$ref": format!("{CONTRACT}#{}", schema.at) });
            options().with_registry(&registry).build(&reference).ok()
        });
        let pairs = validator.iter().flat_map(|validator| examples.iter().map(move |example| (validator, example)));
        pairs.flat_map(|(validator, example)| misfits(validator, example)).collect::<Vec<_>>()
    };
    let mut faults = Vec::new();
    for Schema { part, .. } in document.schemas() {
        let example = part.member("example");
        faults.extend(example.into_iter().flat_map(|example| misfits(Some(part.clone()), vec![example])));
    }
    for (_, body) in document.bodies() {
        let examples = body.members_of("examples").into_iter().filter_map(|(_, example)| example.member("value"));
        faults.extend(misfits(body.member("schema"), examples.collect()));
    }
    faults
}

fn misfits(validator: &Validator, example: &Part<'_>) -> Vec<Fault> {
    let errors = validator.iter_errors(example.json);
    errors
        .map(|error| {
            let place = Part { at: format!("{}{}", example.at, error.instance_path()), json: example.json };
            place.fault(
                format!("an example that does not fit its schema ({error})"),
                "correct the example or the schema",
            )
        })
        .collect()
}

fn options<'a>() -> ValidationOptions<'a> {
    jsonschema::options().with_draft(DRAFT)
}
