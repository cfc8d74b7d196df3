//! Classifies a difference: what its place is in OpenAPI's grammar, and in which direction its value changed.

use std::cmp::Ordering;

use serde_json::Value;

use super::{
    diff::{Difference, ORDER},
    reach::{Reached, Side},
    shape::{PARAMETER, REQUIRED},
};
use crate::contract::METHODS;

/// The kind of a place of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// For people: descriptions, summaries, titles, examples, remedies.
    Words,
    Openapi,
    License,
    Server,
    ServerOrder,
    Tag,
    Security,
    SecurityAlternative,
    /// The alternative without credentials.
    NoSecurity,
    SecurityScheme,
    SecuritySchemeDetail,
    Operation,
    OperationId,
    Deprecated,
    Idempotent,
    Rate,
    RequiredRequestBody,
    OptionalRequestBody,
    RequestBodyRequired,
    RequiredParameter,
    OptionalParameter,
    MediaType,
    /// A status of success or redirection, which a caller has to know.
    Success,
    /// A status of failure.
    Failure,
    /// A single status of failure, which may be within a range that is described as well.
    SingleFailure,
    Header,
    ResponseComponent,
    Schema,
    Reference,
    RequiredProperty,
    OptionalProperty,
    Requirement,
    Type,
    Format,
    Nullable,
    /// Bounds, patterns and the like: they restrict the values and don't change the type in Rust.
    Limit,
    /// Restrictions that change the type in Rust: `allOf`, and an `enum` where there was none.
    Composition,
    /// A code of an enum to which codes may be added: integers in responses (D10, D11).
    OpenCode,
    ClosedCode,
    CodeOrder,
    CodeName,
    CodeHttpStatus,
    CodeTransient,
    PersonalData,
    Default,
    /// None of these.
    Other,
}

/// What happened at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Added,
    Removed,
    Changed,
    /// Fewer messages are valid than before; or less is promised.
    Narrowed,
    /// More messages are valid than before; or more is promised.
    Widened,
    /// A default value is now written out, or no longer.
    Spelled,
}

/// Returns what a difference is about.
pub fn subject(difference: &Difference, reached: &Reached) -> Subject {
    let place: Vec<&str> = difference.place.iter().map(String::as_str).collect();
    let value = difference.after.as_ref().or(difference.before.as_ref());
    match *place {
        ["openapi"] => Subject::Openapi,
        ["info", "title" | "description" | "summary"] | ["externalDocs", ..] => Subject::Words,
        ["info", "license", ..] => Subject::License,
        ["servers", ORDER] => Subject::ServerOrder,
        ["servers", _] => Subject::Server,
        ["servers" | "tags", _, "description"] => Subject::Words,
        ["tags", _] => Subject::Tag,
        ["security"] => Subject::Security,
        ["security", "{}"] => Subject::NoSecurity,
        ["security", _] => Subject::SecurityAlternative,
        ["paths", _] => Subject::Operation,
        ["paths", _, "summary" | "description"] => Subject::Words,
        ["paths", _, method] if METHODS.contains(&method) => Subject::Operation,
        ["paths", _, _, ref inner @ ..] => of_operation(inner, value, reached),
        ["components", "securitySchemes", _] => Subject::SecurityScheme,
        ["components", "securitySchemes", _, "description"] => Subject::Words,
        ["components", "securitySchemes", _, ..] => Subject::SecuritySchemeDetail,
        ["components", "responses", _] => Subject::ResponseComponent,
        ["components", "responses", _, ref inner @ ..] => of_response(inner, value, reached),
        ["components", "schemas", _] => Subject::Schema,
        ["components", "schemas", _, ref inner @ ..] => of_schema(inner, value, reached),
        _ => Subject::Other,
    }
}

fn of_operation(place: &[&str], value: Option<&Value>, reached: &Reached) -> Subject {
    match *place {
        ["operationId"] => Subject::OperationId,
        ["summary" | "description"] | ["externalDocs", ..] | ["requestBody", "description"] => Subject::Words,
        ["tags", ..] => Subject::Tag,
        ["security", ..] => Subject::Security,
        ["deprecated"] => Subject::Deprecated,
        ["x-idempotent"] => Subject::Idempotent,
        ["x-requests-per-second"] => Subject::Rate,
        ["requestBody"] if is_true(value.and_then(|body| body.get("required"))) => Subject::RequiredRequestBody,
        ["requestBody"] => Subject::OptionalRequestBody,
        ["requestBody", "required"] => Subject::RequestBodyRequired,
        ["requestBody", "content", ref inner @ ..] => of_content(inner, value, reached),
        [name] if name.starts_with(PARAMETER) && is_true(value.and_then(|parameter| parameter.get("required"))) => {
            Subject::RequiredParameter
        }
        [name] if name.starts_with(PARAMETER) => Subject::OptionalParameter,
        [name, "description"] if name.starts_with(PARAMETER) => Subject::Words,
        [name, "schema", ref inner @ ..] if name.starts_with(PARAMETER) => of_schema(inner, value, reached),
        ["responses", "4XX" | "5XX"] => Subject::Failure,
        ["responses", status] if status.starts_with(['4', '5']) => Subject::SingleFailure,
        ["responses", _] => Subject::Success,
        ["responses", _, ref inner @ ..] => of_response(inner, value, reached),
        _ => Subject::Other,
    }
}

fn of_response(place: &[&str], value: Option<&Value>, reached: &Reached) -> Subject {
    match *place {
        ["description"] => Subject::Words,
        ["headers", _] => Subject::Header,
        ["$ref"] => Subject::Reference,
        ["content", ref inner @ ..] => of_content(inner, value, reached),
        _ => Subject::Other,
    }
}

fn of_content(place: &[&str], value: Option<&Value>, reached: &Reached) -> Subject {
    match *place {
        [_] => Subject::MediaType,
        [_, "example" | "examples", ..] => Subject::Words,
        [_, "schema"] => Subject::Type,
        [_, "schema", ref inner @ ..] => of_schema(inner, value, reached),
        _ => Subject::Other,
    }
}

fn of_schema(place: &[&str], value: Option<&Value>, reached: &Reached) -> Subject {
    match *place {
        ["description" | "title"] | ["example" | "examples" | "externalDocs", ..] => Subject::Words,
        ["x-enum-descriptions" | "x-enum-remedies", ..] => Subject::Words,
        ["properties", _] if is_true(value.and_then(|property| property.get(REQUIRED))) => Subject::RequiredProperty,
        ["properties", _] => Subject::OptionalProperty,
        ["properties", _, REQUIRED] => Subject::Requirement,
        ["properties" | "allOf", _, ref inner @ ..] if !inner.is_empty() => of_schema(inner, value, reached),
        ["items", ref inner @ ..] if !inner.is_empty() => of_schema(inner, value, reached),
        ["items" | "type"] => Subject::Type,
        ["$ref"] => Subject::Reference,
        ["format"] => Subject::Format,
        ["nullable"] => Subject::Nullable,
        [keyword] if is_limit(keyword) => Subject::Limit,
        ["enum", ORDER] => Subject::CodeOrder,
        ["enum", code] if code.parse::<i64>().is_ok() && reached.contains_key(&Side::Response) => Subject::OpenCode,
        ["enum", _] => Subject::ClosedCode,
        ["enum" | "allOf", ..] => Subject::Composition,
        ["x-enum-varnames", ..] => Subject::CodeName,
        ["x-enum-http-statuses", ..] => Subject::CodeHttpStatus,
        ["x-enum-transient", ..] => Subject::CodeTransient,
        ["x-personal-data"] => Subject::PersonalData,
        ["deprecated"] => Subject::Deprecated,
        ["default"] => Subject::Default,
        _ => Subject::Other,
    }
}

const UPPER_BOUNDS: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
const LOWER_BOUNDS: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
/// Keywords that restrict if they are true.
const RESTRICTIONS: [&str; 3] = ["exclusiveMinimum", "exclusiveMaximum", "uniqueItems"];

fn is_limit(keyword: &str) -> bool {
    [&UPPER_BOUNDS[..], &LOWER_BOUNDS, &RESTRICTIONS, &["pattern", "multipleOf", "additionalProperties"]]
        .concat()
        .contains(&keyword)
}

/// Returns what happened to the subject.
pub fn step(difference: &Difference, subject: Subject) -> Step {
    let (before, after) = (difference.before.as_ref(), difference.after.as_ref());
    let keyword = difference.place.last().map_or("", String::as_str);
    let plain = match (before, after) {
        (None, _) => Step::Added,
        (_, None) => Step::Removed,
        _ => Step::Changed,
    };
    match subject {
        Subject::Limit if UPPER_BOUNDS.contains(&keyword) => by_size(before, after, i128::MAX),
        Subject::Limit if LOWER_BOUNDS.contains(&keyword) => reversed(by_size(before, after, i128::MIN)),
        Subject::Rate => by_size(before, after, i128::MAX),
        Subject::Limit if RESTRICTIONS.contains(&keyword) => by_flag(before, after, false, Step::Narrowed),
        Subject::Limit if keyword == "additionalProperties" => by_flag(before, after, true, Step::Widened),
        Subject::Limit | Subject::Composition => match plain {
            Step::Added => Step::Narrowed,
            Step::Removed => Step::Widened,
            other => other,
        },
        Subject::RequestBodyRequired | Subject::Requirement => by_flag(before, after, false, Step::Narrowed),
        Subject::Nullable | Subject::Idempotent | Subject::PersonalData => by_flag(before, after, false, Step::Widened),
        _ => plain,
    }
}

/// Compares integer bounds; the direction of others is unknown. Not as floats, in which two bounds beyond 2^53 can be equal.
fn by_size(before: Option<&Value>, after: Option<&Value>, absent: i128) -> Step {
    let size = |value: Option<&Value>| value.map_or(Some(absent), |value| value.as_i64().map(i128::from));
    match size(before).zip(size(after)).map(|(before, after)| after.cmp(&before)) {
        Some(Ordering::Less) => Step::Narrowed,
        Some(Ordering::Greater) => Step::Widened,
        Some(Ordering::Equal) => Step::Spelled,
        None => Step::Changed,
    }
}

/// Returns `set` for a flag that became true, and the opposite for one that became false.
fn by_flag(before: Option<&Value>, after: Option<&Value>, absent: bool, set: Step) -> Step {
    let flag = |value: Option<&Value>| value.map_or(Some(absent), Value::as_bool);
    match (flag(before), flag(after)) {
        (Some(false), Some(true)) => set,
        (Some(true), Some(false)) => reversed(set),
        (Some(_), Some(_)) => Step::Spelled,
        _ => Step::Changed,
    }
}

fn reversed(step: Step) -> Step {
    match step {
        Step::Narrowed => Step::Widened,
        Step::Widened => Step::Narrowed,
        other => other,
    }
}

fn is_true(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}
