//! Rules on names: they become types, methods and fields in Rust, and people guess one from another.

use std::collections::BTreeMap;

use super::{
    document::{Document, Part},
    fault::Fault,
    rule::Rule,
    walk::Role,
};
use crate::models::SPELLINGS;

/// The request without parameters, which one operation may have.
const NO_PARAMETERS: &str = "NoParameters";

pub const RULES: &[Rule] = &[
    Rule {
        name: "operation-named-by-path",
        asks: "An operationId is the last segment of its path, letter for letter (D26), or in lowerCamelCase where that is \
               in kebab-case. In contracts of ours, the first segment may stand before it: `historyGaps`.",
        why: "A reader who knows the vendor's path then knows the method, the mock and the metric too.",
        breaches: operation_named_by_path,
    },
    Rule {
        name: "bodies-named-by-operation",
        asks: "The schema of a request is the operation's name and `Request`, or NoParameters; of its answer, the name and \
               `Response`.",
        why: "The types of one operation stand together in every list of names.",
        breaches: bodies_named_by_operation,
    },
    Rule {
        name: "request-of-one-operation",
        asks: "No two operations have the same request, not even NoParameters.",
        why: "In Rust the type of a request says which operation it is sent to, and what that returns.",
        breaches: request_of_one_operation,
    },
    Rule {
        name: "names-cased",
        asks: "Component schemas, responses and enum names are UpperCamelCase; properties, security schemes, operations and \
               examples lowerCamelCase.",
        why: "That is how they come over the wire or how Rust spells them; any other case is renamed on the way, and is \
              found by nobody who searches.",
        breaches: names_cased,
    },
    Rule {
        name: "one-spelling",
        asks: "No two properties differ only in case, except for those that the vendor spells in two ways (D4).",
        why: "Two spellings of one idea are two fields to every program, and one of them stays empty.",
        breaches: one_spelling,
    },
];

fn operation_named_by_path(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.operations() {
        let segment = operation.path.rsplit('/').next().unwrap_or_default();
        if let Some(id) = operation.part.member("operationId")
            && *id.json != *lower_camel(segment)
            && *id.json != *lower_camel(&format!("{}-{segment}", operation.path.split('/').nth(1).unwrap_or_default()))
        {
            faults.push(id.fault(
                format!("the operationId of a path that ends in {segment} is {}", id.json),
                "name it after the path",
            ));
        }
    }
    faults
}

fn bodies_named_by_operation(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.operations().iter().filter(|operation| operation.part.has("operationId")) {
        let name = upper_camel(operation.part.text("operationId"));
        let mut check = |body: Option<Part<'_>>, expected: String, other: &str| {
            for (_, content) in body.iter().flat_map(|body| body.members_of("content")) {
                let Some(schema) = content.member("schema") else { continue };
                let component = schema.text("$ref").rsplit('/').next().unwrap_or_default();
                // A schema that is written out there is another rule's.
                if schema.has("$ref") && component != expected && component != other {
                    faults.push(schema.fault(format!("the schema is {component}"), format!("name it {expected}")));
                }
            }
        };
        check(operation.part.member("requestBody"), format!("{name}Request"), NO_PARAMETERS);
        let answer = operation.part.member("responses").and_then(|responses| responses.member("200"));
        check(answer, format!("{name}Response"), "");
    }
    faults
}

fn request_of_one_operation(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut met = BTreeMap::new();
    for operation in document.operations() {
        let id = operation.part.text("operationId").to_owned();
        let schema = document.at(&format!("{}/requestBody/content/application~1json/schema", operation.part.at));
        let Some(schema) = schema.filter(|schema| schema.has("$ref")) else { continue };
        let request = schema.text("$ref").rsplit('/').next().unwrap_or_default();
        if let Some(first) = met.get(request) {
            faults.push(schema.fault(
                format!("{request} is the request of {first} already"),
                format!(
                    "give one of them a request of its own, such as {}Request; if it takes nothing, with a property that may \
                     be absent",
                    upper_camel(&id)
                ),
            ));
        } else {
            met.insert(request.to_owned(), id);
        }
    }
    faults
}

fn names_cased(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut check = |part: &Part<'_>, name: &str, is_right: fn(&str) -> bool, case: &str| {
        if !is_right(name) {
            faults.push(part.fault(format!("{name} is not {case}"), format!("spell it in {case}")));
        }
    };
    for kind in ["schemas", "responses"] {
        document.components(kind).iter().for_each(|(name, part)| check(part, name, is_upper_camel, "UpperCamelCase"));
    }
    for (name, part) in document.components("securitySchemes") {
        check(&part, name, is_lower_camel, "lowerCamelCase");
    }
    for operation in document.operations() {
        if let Some(id) = operation.part.member("operationId") {
            check(&id, operation.part.text("operationId"), is_lower_camel, "lowerCamelCase");
        }
    }
    for (_, body) in document.bodies() {
        body.members_of("examples").iter().for_each(|(name, part)| check(part, name, is_lower_camel, "lowerCamelCase"));
    }
    for schema in document.schemas() {
        if let Role::Property(name) = schema.role {
            check(&schema.part, name, is_lower_camel, "lowerCamelCase");
        }
        for name in schema.part.items_of("x-enum-varnames") {
            check(&name, name.json.as_str().unwrap_or_default(), is_upper_camel, "UpperCamelCase");
        }
    }
    faults
}

fn one_spelling(document: &Document) -> Vec<Fault> {
    let mut spellings = BTreeMap::new();
    let mut faults = Vec::new();
    for schema in document.schemas() {
        let Role::Property(name) = schema.role else { continue };
        let first = *spellings.entry(name.to_lowercase()).or_insert(name);
        if first != name && !SPELLINGS.contains(&name) {
            faults.push(schema.part.fault(format!("{name} is spelled {first} elsewhere"), "spell it in one way"));
        }
    }
    faults
}

/// `status-events` as `statusEvents`; what is one word stays as it is.
fn lower_camel(kebab: &str) -> String {
    let mut words = kebab.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &upper_camel(word))
}

fn upper_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn is_upper_camel(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && is_camel(name)
}

fn is_lower_camel(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase()) && is_camel(name)
}

/// Letters and digits, and never a whole word of capitals.
fn is_camel(name: &str) -> bool {
    let letters = name.as_bytes();
    letters.iter().all(u8::is_ascii_alphanumeric)
        && !letters.windows(3).any(|letters| letters.iter().all(u8::is_ascii_uppercase))
}
