//! Rules on the limits of our generators: progenitor 0.15, typify and what xtask adds to them. They ignore most keywords that
//! they don't support, so that the contract would promise what no code does.

use test_support::schema_dialect::KEYWORDS;

use super::{
    document::{Document, Part},
    fault::Fault,
    rule::Rule,
    walk::{Role, Schema},
};
use crate::contract::{EVENT_STREAM, NDJSON, is_nothing, schema_or_null};

const JSON: &str = "application/json";
const ERROR: &str = "#/components/schemas/ErrorResponse";

pub const RULES: &[Rule] = &[
    Rule {
        name: "words-understood",
        asks: "Only words that our generators understand, or that begin with `x-`; beside a `$ref`, none.",
        why: "They pass over all others: `deprecated`, `minItems`, `not` or a misspelled `descripton`. `default` turns an \
              optional field into one that is always sent; `additionalProperties: false` refuses what the vendor adds (D24).",
        breaches: words_understood,
    },
    Rule {
        name: "limits-in-components",
        asks: "`enum`, `format`, `pattern`, `minimum` and `maximum` stand in a component schema, never in a property or an \
               item.",
        why: "A component has a type written by hand that keeps to them; elsewhere numbers lose their bounds, a `format` \
              pulls in another crate's type, and an `enum` prints personal data.",
        breaches: limits_in_components,
    },
    Rule {
        name: "objects-named",
        asks: "Every object is a component schema, and the body of a request or response is a `$ref` to one.",
        why: "An object that is written out within another gets a name that typify thinks of, and codegen stops.",
        breaches: objects_named,
    },
    Rule {
        name: "all-of-one-reference",
        asks: "`allOf` has one part, a `$ref`: the way to describe a reference.",
        why: "Of more parts typify makes a type of its own, and codegen stops.",
        breaches: all_of_one_reference,
    },
    Rule {
        name: "one-of-component-or-null",
        asks: "`oneOf` has two parts: a reference to a component, or `type: object` where nothing else is ever sent; and \
               `{ type: string, nullable: true, enum: [null] }` (D6).",
        why: "That is how a member may be null for every generator that was tried; of anything else typify makes an enum \
              that no line of ours has masked or described.",
        breaches: one_of_component_or_null,
    },
    Rule {
        name: "one-answer-one-error",
        asks: "An operation answers with 200, and with 4xx and 5xx that all have the schema ErrorResponse; no `default`.",
        why: "progenitor 0.15 panics at a `default`, a second answer, or a second type of error.",
        breaches: one_answer_one_error,
    },
    Rule {
        name: "json-alone",
        asks: "The content type is application/json; a request or response may be written as application/x-ndjson as well, and \
               a response as text/event-stream: its schema is that of a line.",
        why: "progenitor panics at a request with two and drops a response's second one, so that lines are kept from it.",
        breaches: json_alone,
    },
    Rule {
        name: "parameters-optional-queries",
        asks: "A parameter is in `query`, may be left out, has a description, and its schema is a `$ref` to a component.",
        why: "The client and the mocks set such parameters alone, and one that is required breaks every caller.",
        breaches: parameters_optional_queries,
    },
];

fn parameters_optional_queries(document: &Document) -> Vec<Fault> {
    let is_wrong = |parameter: &Part<'_>| {
        parameter.text("in") != "query"
            || parameter.json["required"] == true
            || parameter.text("description").trim().is_empty()
            || !parameter.member("schema").is_some_and(|schema| schema.has("$ref"))
    };
    let wrong = document.parameters().into_iter().filter(|(_, parameter)| is_wrong(parameter));
    wrong
        .map(|(_, parameter)| {
            let remedy = "make it an optional query parameter with a description and a component's schema";
            parameter.fault("a parameter that is not an optional, described query", remedy)
        })
        .collect()
}

fn words_understood(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut check = |what: &str, part: &Part<'_>, understood: &[&str]| {
        let understood = if part.has("$ref") { &["$ref"] } else { understood };
        for (word, member) in part.members() {
            let is_ours = word.starts_with("x-") && !part.has("$ref");
            if !understood.contains(&word) && !is_ours {
                let wrong = format!("{what} with `{word}`, which our generators don't support");
                let remedy = format!("describe it, or use {}", understood.join(", "));
                faults.push(member.fault(wrong, remedy));
            }
        }
    };
    for (_, path) in document.root().members_of("paths") {
        check("a path", &path, &["post"]);
    }
    for operation in document.operations() {
        let understood = ["operationId", "tags", "summary", "description", "parameters", "requestBody", "responses"];
        check("an operation", &operation.part, &understood);
    }
    for (_, parameter) in document.parameters() {
        check("a parameter", &parameter, &["name", "in", "description", "required", "schema"]);
    }
    for part in document.requests_and_responses() {
        check("a body", &part, &["description", "required", "content"]);
    }
    for (_, body) in document.bodies() {
        check("a content type", &body, &["schema", "examples"]);
    }
    if let Some(components) = document.at("/components") {
        check("components", &components, &["securitySchemes", "responses", "schemas"]);
    }
    for schema in document.schemas() {
        check("a schema", &schema.part, KEYWORDS);
    }
    faults
}

fn limits_in_components(document: &Document) -> Vec<Fault> {
    let schemas = document.schemas().into_iter();
    let unnamed = schemas.filter(|schema| !matches!(schema.role, Role::Component(_)));
    unnamed
        .flat_map(|schema| {
            ["enum", "format", "pattern", "minimum", "maximum"].into_iter().filter_map(move |word| {
                let limit = schema.part.member(word)?;
                Some(limit.fault(format!("{word} outside a component"), "make a component of it, and refer to that"))
            })
        })
        .collect()
}

fn objects_named(document: &Document) -> Vec<Fault> {
    let is_misplaced = |schema: &Schema<'_>| match schema.role {
        Role::Component(_) => false,
        Role::Body => !schema.part.has("$ref"),
        Role::Property(_) | Role::Within => schema.part.text("type") == "object" || schema.part.has("properties"),
    };
    let misplaced = document.schemas().into_iter().filter(is_misplaced);
    misplaced
        .map(|schema| schema.part.fault("a schema without a name", "make a component of it, and refer to that"))
        .collect()
}

fn all_of_one_reference(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for schema in document.schemas() {
        let Some(all_of) = schema.part.member("allOf") else { continue };
        let parts = schema.part.items_of("allOf");
        if parts.len() != 1 || !parts.iter().all(|part| part.has("$ref")) {
            faults.push(all_of.fault("allOf is not one reference", "refer to one component that says it all"));
        }
    }
    faults
}

fn one_of_component_or_null(document: &Document) -> Vec<Fault> {
    let is_agreed = |schema: &Schema<'_>| {
        is_nothing(schema.part.json) || schema_or_null(schema.part.json).is_some_and(|one| one.get("$ref").is_some())
    };
    let choices = document.schemas().into_iter().filter(|schema| !is_agreed(schema));
    choices
        .filter_map(|schema| schema.part.member("oneOf"))
        .map(|choice| {
            let remedy = "refer to a component, and add { type: string, nullable: true, enum: [null] } behind it";
            choice.fault("oneOf is not a component or null", remedy)
        })
        .collect()
}

fn one_answer_one_error(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.operations() {
        for (status, response) in operation.part.members_of("responses") {
            if status == "200" {
                continue;
            }
            if !status.starts_with(['4', '5']) {
                faults.push(response.fault(format!("a response `{status}`, neither 200 nor an error"), "leave it out"));
                continue;
            }
            let Some(error) = document.follow(response.clone()) else { continue };
            let bodies = error.members_of("content");
            if bodies.is_empty() || bodies.iter().any(|(_, body)| body.json["schema"]["$ref"] != ERROR) {
                faults.push(response.fault("an error that is no ErrorResponse", "give it that schema"));
            }
        }
    }
    faults
}

fn json_alone(document: &Document) -> Vec<Fault> {
    let is_request = |body: &Part<'_>| body.at.contains("/requestBody/");
    let is_agreed = |content_type: &str, body: &Part<'_>| {
        [JSON, NDJSON].contains(&content_type) || (content_type == EVENT_STREAM && !is_request(body))
    };
    let others = document.bodies().into_iter().filter(|(content_type, body)| !is_agreed(content_type, body));
    others
        .map(|(content_type, body)| {
            body.fault(format!("the content type {content_type}"), format!("leave {JSON} alone"))
        })
        .collect()
}
