//! The table of rules: which programs each kind of change breaks. The first row that fits applies. A change that no row fits
//! breaks every program, so that it can't be missed.
//!
//! A program is broken if it was not changed, uses nothing new, and stops working:
//! - a **caller** of the released contract: its requests may be rejected, or it gets values that it can't know;
//! - a **server** of the released contract: its responses are no longer valid, or calls that it serves already come in a
//!   form that it doesn't know. (A server that lacks a new operation isn't broken.)
//! - a program in **Rust**: with the crates of the new contract it doesn't compile, or behaves differently. The structs of
//!   the models have public fields, so that a new member breaks a literal or a pattern. Codes in responses are open enums;
//!   codes in requests alone are closed.

use super::{
    meaning::{Step, Subject},
    reach::Side,
};

/// A kind of program that a change can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A program that sends requests.
    Caller,
    /// A program that answers them.
    Server,
    /// A program that uses the crates.
    Rust,
}

/// The severity of a change, the most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A program is broken: a major version.
    Breaking,
    /// Something new, and no program is broken: a minor version.
    Compatible,
    /// Only words changed: a patch version.
    Words,
}

/// A row of the table.
#[derive(Debug)]
pub struct Rule {
    /// Its name in the report.
    pub id: &'static str,
    condition: Condition,
    /// What such a change does.
    pub effect: Effect,
    /// The reason, which the report prints after the change.
    pub says: &'static str,
}

/// The changes that a row applies to; `None` is any.
#[derive(Debug)]
struct Condition {
    subject: Option<Subject>,
    step: Option<Step>,
    side: Option<Side>,
}

/// What a change does to the programs of the released contract.
#[derive(Debug)]
pub struct Effect {
    /// How severe it is.
    pub severity: Severity,
    /// The programs that it breaks.
    pub breaks: &'static [Party],
}

/// Returns the row that applies to a change.
pub fn rule(subject: Subject, step: Step, side: Side) -> &'static Rule {
    RULES
        .iter()
        .find(|Rule { condition, .. }| {
            condition.subject.is_none_or(|expected| expected == subject)
                && condition.step.is_none_or(|expected| expected == step)
                && condition.side.is_none_or(|expected| expected == side)
        })
        .unwrap_or(&UNCLASSIFIED)
}

/// Returns the names of all rows, in the order of the table.
pub fn ids() -> impl Iterator<Item = &'static str> {
    RULES.iter().chain([&UNCLASSIFIED]).map(|rule| rule.id)
}

const fn row(id: &'static str, condition: Condition, effect: Effect, says: &'static str) -> Rule {
    Rule { id, condition, effect, says }
}

const fn any(subject: Subject) -> Condition {
    Condition { subject: Some(subject), step: None, side: None }
}
const fn when(subject: Subject, step: Step) -> Condition {
    Condition { subject: Some(subject), step: Some(step), side: None }
}
const fn request(subject: Subject, step: Step) -> Condition {
    Condition { subject: Some(subject), step: Some(step), side: Some(Side::Request) }
}
const fn response(subject: Subject, step: Step) -> Condition {
    Condition { subject: Some(subject), step: Some(step), side: Some(Side::Response) }
}

const fn breaking(breaks: &'static [Party]) -> Effect {
    Effect { severity: Severity::Breaking, breaks }
}

const WORDS: Effect = Effect { severity: Severity::Words, breaks: &[] };
const COMPATIBLE: Effect = Effect { severity: Severity::Compatible, breaks: &[] };
const CALLER: Effect = breaking(&[Party::Caller]);
const SERVER: Effect = breaking(&[Party::Server]);
const RUST: Effect = breaking(&[Party::Rust]);
const CALLER_SERVER: Effect = breaking(&[Party::Caller, Party::Server]);
const CALLER_RUST: Effect = breaking(&[Party::Caller, Party::Rust]);
const SERVER_RUST: Effect = breaking(&[Party::Server, Party::Rust]);
const EVERYBODY: Effect = breaking(&[Party::Caller, Party::Server, Party::Rust]);

const UNCLASSIFIED: Rule = row(
    "unclassified",
    Condition { subject: None, step: None, side: None },
    EVERYBODY,
    "unclassified difference, treated as breaking; if it is not, give it a row in xtask/src/compat/rules.rs",
);

use Step::{Added, Changed, Narrowed, Removed, Spelled, Widened};
use Subject as S;

#[rustfmt::skip] // A table reads best with a row to a line.
const RULES: &[Rule] = &[
    row("words-changed", any(S::Words), WORDS, "other words"),
    row("default-spelled", Condition { subject: None, step: Some(Spelled), side: None }, WORDS, "a default is now written out, or no longer"),

    // The whole
    row("openapi-version-changed", any(S::Openapi), EVERYBODY, "tools for the former version may not read it"),
    row("license-changed", any(S::License), COMPATIBLE, "another license"),
    row("server-added", when(S::Server, Added), COMPATIBLE, "a new address"),
    row("server-removed", when(S::Server, Removed), CALLER_RUST, "the address, and its constant in Rust, is gone"),
    row("servers-reordered", any(S::ServerOrder), CALLER, "tools that take the first one now call another"),
    row("tag-changed", any(S::Tag), COMPATIBLE, "grouped in another way"),
    row("security-alternative-added", when(S::SecurityAlternative, Added), COMPATIBLE, "another way to sign"),
    row("security-alternative-removed", when(S::SecurityAlternative, Removed), CALLER_SERVER, "calls signed this way are rejected now"),
    row("no-security-allowed", when(S::NoSecurity, Added), SERVER, "unsigned calls may come"),
    row("no-security-refused", when(S::NoSecurity, Removed), CALLER, "unsigned calls are rejected now"),
    row("security-changed", any(S::Security), CALLER_SERVER, "calls are signed in another way"),
    row("security-scheme-added", when(S::SecurityScheme, Added), COMPATIBLE, "may be required from now on"),
    row("security-scheme-removed", when(S::SecurityScheme, Removed), CALLER, "callers can't know how to sign"),
    row("security-scheme-changed", any(S::SecuritySchemeDetail), CALLER_SERVER, "the signature travels in another way"),

    // Operations
    row("operation-added", when(S::Operation, Added), COMPATIBLE, "a new operation"),
    row("operation-removed", when(S::Operation, Removed), CALLER_RUST, "the operation is gone"),
    row("operation-id-changed", any(S::OperationId), RUST, "methods, mocks and constants are named by it"),
    row("deprecated-changed", any(S::Deprecated), COMPATIBLE, "it works as before"),
    row("idempotence-promised", when(S::Idempotent, Widened), SERVER, "callers may retry calls that must not run twice"),
    row("idempotence-withdrawn", when(S::Idempotent, Narrowed), CALLER, "callers retry it, and it must not run twice now"),
    row("rate-lowered", when(S::Rate, Narrowed), CALLER, "the former rate is rejected"),
    row("rate-raised", when(S::Rate, Widened), SERVER, "the client uses that rate, and servers may reject it"),
    row("request-body-added-required", when(S::RequiredRequestBody, Added), CALLER_RUST, "calls without a body are rejected"),
    row("request-body-added-optional", when(S::OptionalRequestBody, Added), RUST, "the method takes one more argument"),
    row("request-body-removed", when(S::RequiredRequestBody, Removed), CALLER_RUST, "what is sent is ignored"),
    row("request-optional-body-removed", when(S::OptionalRequestBody, Removed), CALLER_RUST, "what is sent is ignored"),
    row("request-body-became-required", when(S::RequestBodyRequired, Narrowed), CALLER, "calls without a body are rejected"),
    row("request-body-became-optional", when(S::RequestBodyRequired, Widened), COMPATIBLE, "the body may be left out"),
    row("parameter-added-required", when(S::RequiredParameter, Added), CALLER_RUST, "calls without it are rejected"),
    row("parameter-added-optional", when(S::OptionalParameter, Added), COMPATIBLE, "it may be left out"),
    row("parameter-removed-required", when(S::RequiredParameter, Removed), CALLER_RUST, "what is sent is ignored"),
    row("parameter-removed-optional", when(S::OptionalParameter, Removed), CALLER_RUST, "what is sent is ignored"),
    row("request-media-type-added", request(S::MediaType, Added), COMPATIBLE, "one more content type is read"),
    row("request-media-type-removed", request(S::MediaType, Removed), CALLER_RUST, "bodies of this type are rejected"),
    row("response-media-type-added", response(S::MediaType, Added), COMPATIBLE, "only callers that accept it get it"),
    row("response-media-type-removed", response(S::MediaType, Removed), CALLER_RUST, "responses of this type no longer come"),
    row("response-success-added", when(S::Success, Added), CALLER_RUST, "a status that callers don't take for an answer"),
    row("response-success-removed", when(S::Success, Removed), EVERYBODY, "the expected response doesn't come"),
    row("response-failure-added", when(S::Failure, Added), COMPATIBLE, "callers expect any failure"),
    row("response-single-failure-added", when(S::SingleFailure, Added), CALLER_RUST, "it was read by its range before"),
    row("response-single-failure-removed", when(S::SingleFailure, Removed), EVERYBODY, "the form of this failure is no longer described"),
    row("response-failure-removed", when(S::Failure, Removed), EVERYBODY, "the form of failures is no longer described"),
    row("response-header-added", when(S::Header, Added), COMPATIBLE, "a new header"),
    row("response-header-removed", when(S::Header, Removed), CALLER, "the header no longer comes"),
    row("response-component-added", when(S::ResponseComponent, Added), COMPATIBLE, "may be referred to"),
    row("response-component-removed", when(S::ResponseComponent, Removed), COMPATIBLE, "those that referred to it are judged by themselves"),

    // Schemas
    row("schema-added", when(S::Schema, Added), COMPATIBLE, "a new type"),
    row("schema-removed", when(S::Schema, Removed), RUST, "the type is gone from the crates"),
    row("unused-schema-changed", Condition { subject: None, step: None, side: Some(Side::Unreached) }, RUST, "no operation has it, but the crates do"),
    row("reference-changed", any(S::Reference), RUST, "another type in Rust"),
    row("type-changed", any(S::Type), EVERYBODY, "values of the former type are wrong, and it is another in Rust"),
    row("format-changed", any(S::Format), EVERYBODY, "values of the former format may be wrong"),
    row("request-property-added-required", request(S::RequiredProperty, Added), CALLER_RUST, "requests without it are rejected"),
    row("request-property-added-optional", request(S::OptionalProperty, Added), RUST, "the struct has a new field"),
    row("request-required-property-removed", request(S::RequiredProperty, Removed), CALLER_RUST, "what is sent is ignored"),
    row("request-optional-property-removed", request(S::OptionalProperty, Removed), CALLER_RUST, "what is sent is ignored"),
    row("response-property-added-required", response(S::RequiredProperty, Added), SERVER_RUST, "servers don't send it, and the struct has a new field"),
    row("response-property-added-optional", response(S::OptionalProperty, Added), RUST, "the struct has a new field"),
    row("response-required-property-removed", response(S::RequiredProperty, Removed), CALLER_RUST, "callers count on it"),
    row("response-optional-property-removed", response(S::OptionalProperty, Removed), RUST, "the field is gone"),
    row("request-property-became-required", request(S::Requirement, Narrowed), CALLER_RUST, "must now be given"),
    row("request-property-became-optional", request(S::Requirement, Widened), RUST, "may now be left out: an Option in Rust"),
    row("response-property-became-required", response(S::Requirement, Narrowed), SERVER_RUST, "must now be there: no longer an Option in Rust"),
    row("response-property-became-optional", response(S::Requirement, Widened), CALLER_RUST, "may now be absent"),
    row("request-became-nullable", request(S::Nullable, Widened), RUST, "may now be null: an Option in Rust"),
    row("request-became-not-nullable", request(S::Nullable, Narrowed), CALLER_RUST, "null is rejected"),
    row("response-became-nullable", response(S::Nullable, Widened), CALLER_RUST, "may now be null"),
    row("response-became-not-nullable", response(S::Nullable, Narrowed), SERVER_RUST, "null is invalid now: no longer an Option in Rust"),
    row("request-limit-narrowed", request(S::Limit, Narrowed), CALLER, "requests may be rejected"),
    row("request-limit-widened", request(S::Limit, Widened), COMPATIBLE, "more may be sent"),
    row("request-limit-changed", request(S::Limit, Changed), CALLER, "requests may be rejected"),
    row("response-limit-narrowed", response(S::Limit, Narrowed), SERVER, "responses of servers may be invalid"),
    row("response-limit-widened", response(S::Limit, Widened), CALLER, "callers may get values that they don't expect"),
    row("response-limit-changed", response(S::Limit, Changed), CALLER_SERVER, "other values come than before"),
    row("request-composition-narrowed", request(S::Composition, Narrowed), CALLER_RUST, "requests may be rejected"),
    row("request-composition-widened", request(S::Composition, Widened), RUST, "another type in Rust"),
    row("response-composition-narrowed", response(S::Composition, Narrowed), SERVER_RUST, "responses of servers may be invalid"),
    row("response-composition-widened", response(S::Composition, Widened), CALLER_RUST, "callers may get values that they don't expect"),
    row("default-changed", any(S::Default), CALLER, "what is left out means something else"),

    // Codes
    row("open-code-added", when(S::OpenCode, Added), COMPATIBLE, "readers keep codes they don't know"),
    row("request-open-code-removed", request(S::OpenCode, Removed), CALLER_RUST, "the code is rejected, and the variant is gone"),
    row("response-open-code-removed", response(S::OpenCode, Removed), SERVER_RUST, "the code is invalid in responses, and the variant is gone"),
    row("request-code-added", request(S::ClosedCode, Added), RUST, "its enum is closed: a match no longer covers it"),
    row("request-code-removed", request(S::ClosedCode, Removed), CALLER_RUST, "the code is rejected, and the variant is gone"),
    row("response-code-added", response(S::ClosedCode, Added), CALLER_RUST, "a value that callers can't know"),
    row("response-code-removed", response(S::ClosedCode, Removed), SERVER_RUST, "the value is invalid in responses"),
    row("codes-reordered", any(S::CodeOrder), RUST, "codes are compared by their order"),
    row("code-named", when(S::CodeName, Added), COMPATIBLE, "now has a name"),
    row("code-renamed", any(S::CodeName), RUST, "the variant is named by it"),
    row("code-http-status-given", when(S::CodeHttpStatus, Added), COMPATIBLE, "now described"),
    row("code-http-status-changed", any(S::CodeHttpStatus), CALLER_SERVER, "the code comes with another HTTP status"),
    row("code-transience-given", when(S::CodeTransient, Added), COMPATIBLE, "now described"),
    row("code-transience-changed", any(S::CodeTransient), CALLER, "callers retry without success, or give up too early"),
    row("personal-data-marked", when(S::PersonalData, Widened), COMPATIBLE, "Debug masks it from now on"),
    row("personal-data-unmarked", when(S::PersonalData, Narrowed), RUST, "Debug shows it whole"),
];
