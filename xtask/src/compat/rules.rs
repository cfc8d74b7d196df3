//! The judgement: a table that says of each kind of change whom it breaks. The first row that fits decides; what no row
//! fits breaks everybody, so that nothing passes unseen.
//!
//! Broken is who did nothing and asks for nothing new, and yet is worse off:
//! - a **caller**, written to the released contract: what it sends may be refused, or it gets what it can't know;
//! - a **server**, written to the released contract: what it answers is no longer right, or calls that it serves already
//!   come in a form it doesn't know. (That it lacks what is new breaks nobody.)
//! - a program in **Rust**, built on the crates: made from the new contract, they don't compile with it, or behave in
//!   another way. The models' structs have public fields and can be written as literals and taken apart, so any new
//!   member breaks it. Codes that stand in answers are open enums; those in requests alone are closed.

use super::{
    meaning::{Step, Subject},
    reach::Side,
};

/// Who can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// Who sends requests.
    Caller,
    /// Who answers them.
    Server,
    /// Who builds on the crates.
    Rust,
}

/// How much a change is. The gravest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Somebody is broken: a major version.
    Breaking,
    /// Something else is meant or offered, and nobody broken: a minor version.
    Compatible,
    /// The same is said in other words: a patch version.
    Words,
}

/// A row of the table.
#[derive(Debug)]
pub struct Rule {
    /// Its name in the report.
    pub id: &'static str,
    /// What a change has to be about; `None` fits all. So do the next two.
    subject: Option<Subject>,
    step: Option<Step>,
    side: Option<Side>,
    /// The judgement.
    pub severity: Severity,
    /// Who is broken.
    pub breaks: &'static [Party],
    /// The same in words; what was changed stands before it.
    pub says: &'static str,
}

/// The row that a change falls under.
pub fn rule(subject: Subject, step: Step, side: Side) -> &'static Rule {
    RULES
        .iter()
        .find(|rule| {
            rule.subject.is_none_or(|expected| expected == subject)
                && rule.step.is_none_or(|expected| expected == step)
                && rule.side.is_none_or(|expected| expected == side)
        })
        .unwrap_or(&UNCLASSIFIED)
}

/// The names of all rows, as they stand in the table.
pub fn ids() -> impl Iterator<Item = &'static str> {
    RULES.iter().chain([&UNCLASSIFIED]).map(|rule| rule.id)
}

const fn row(
    id: &'static str,
    (subject, step, side): (Option<Subject>, Option<Step>, Option<Side>),
    (severity, breaks): (Severity, &'static [Party]),
    says: &'static str,
) -> Rule {
    Rule { id, subject, step, side, severity, breaks, says }
}

type When = (Option<Subject>, Option<Step>, Option<Side>);
type Judgement = (Severity, &'static [Party]);

const fn any(subject: Subject) -> When {
    (Some(subject), None, None)
}
const fn when(subject: Subject, step: Step) -> When {
    (Some(subject), Some(step), None)
}
const fn request(subject: Subject, step: Step) -> When {
    (Some(subject), Some(step), Some(Side::Request))
}
const fn answer(subject: Subject, step: Step) -> When {
    (Some(subject), Some(step), Some(Side::Answer))
}

const WORDS: Judgement = (Severity::Words, &[]);
const COMPATIBLE: Judgement = (Severity::Compatible, &[]);
const CALLER: Judgement = (Severity::Breaking, &[Party::Caller]);
const SERVER: Judgement = (Severity::Breaking, &[Party::Server]);
const RUST: Judgement = (Severity::Breaking, &[Party::Rust]);
const CALLER_SERVER: Judgement = (Severity::Breaking, &[Party::Caller, Party::Server]);
const CALLER_RUST: Judgement = (Severity::Breaking, &[Party::Caller, Party::Rust]);
const SERVER_RUST: Judgement = (Severity::Breaking, &[Party::Server, Party::Rust]);
const EVERYBODY: Judgement = (Severity::Breaking, &[Party::Caller, Party::Server, Party::Rust]);

const UNCLASSIFIED: Rule = row(
    "unclassified",
    (None, None, None),
    EVERYBODY,
    "unclassified difference, treated as breaking; if it is not, give it a row in xtask/src/compat/rules.rs",
);

use Step::{Added, Changed, Narrowed, Removed, Spelled, Widened};
use Subject as S;

#[rustfmt::skip] // A table reads best with a row to a line.
const RULES: &[Rule] = &[
    row("words-changed", any(S::Words), WORDS, "worded anew"),
    row("default-spelled", (None, Some(Spelled), None), WORDS, "what holds unsaid is now said, or no longer"),

    // The whole
    row("openapi-version-changed", any(S::Openapi), EVERYBODY, "tools for the former version may not read it"),
    row("licence-changed", any(S::Licence), COMPATIBLE, "another licence"),
    row("server-added", when(S::Server, Added), COMPATIBLE, "a new address"),
    row("server-removed", when(S::Server, Removed), CALLER_RUST, "the address, and its constant in Rust, is gone"),
    row("servers-reordered", any(S::ServerOrder), CALLER, "tools that take the first one now call another"),
    row("tag-changed", any(S::Tag), COMPATIBLE, "grouped in another way"),
    row("security-alternative-added", when(S::SecurityAlternative, Added), COMPATIBLE, "another way to sign"),
    row("security-alternative-removed", when(S::SecurityAlternative, Removed), CALLER_SERVER, "calls signed so are refused now"),
    row("no-security-allowed", when(S::NoSecurity, Added), SERVER, "calls come that nobody signed"),
    row("no-security-refused", when(S::NoSecurity, Removed), CALLER, "calls that nobody signed are refused now"),
    row("security-changed", any(S::Security), CALLER_SERVER, "calls are signed in another way"),
    row("security-scheme-added", when(S::SecurityScheme, Added), COMPATIBLE, "may be asked for from now on"),
    row("security-scheme-removed", when(S::SecurityScheme, Removed), CALLER, "callers can't know how to sign"),
    row("security-scheme-changed", any(S::SecuritySchemeDetail), CALLER_SERVER, "the signature travels in another way"),

    // Operations
    row("operation-added", when(S::Operation, Added), COMPATIBLE, "a new operation"),
    row("operation-removed", when(S::Operation, Removed), CALLER_RUST, "the operation is gone"),
    row("operation-id-changed", any(S::OperationId), RUST, "methods, mocks and constants are named by it"),
    row("deprecated-changed", any(S::Deprecated), COMPATIBLE, "it works as before"),
    row("idempotence-promised", when(S::Idempotent, Widened), SERVER, "callers may repeat what did harm when repeated"),
    row("idempotence-withdrawn", when(S::Idempotent, Narrowed), CALLER, "callers repeat it, and that may do harm now"),
    row("rate-lowered", when(S::Rate, Narrowed), CALLER, "the pace allowed so far is refused"),
    row("rate-raised", when(S::Rate, Widened), SERVER, "the client keeps that pace, and servers may refuse it"),
    row("request-body-added-required", when(S::RequiredRequestBody, Added), CALLER_RUST, "calls without a body are refused"),
    row("request-body-added-optional", when(S::OptionalRequestBody, Added), RUST, "the method takes one more argument"),
    row("request-body-removed", when(S::RequiredRequestBody, Removed), CALLER_RUST, "what is sent is not looked at"),
    row("request-optional-body-removed", when(S::OptionalRequestBody, Removed), CALLER_RUST, "what is sent is not looked at"),
    row("request-body-became-required", when(S::RequestBodyRequired, Narrowed), CALLER, "calls without a body are refused"),
    row("request-body-became-optional", when(S::RequestBodyRequired, Widened), COMPATIBLE, "the body may be left out"),
    row("parameter-added-required", when(S::RequiredParameter, Added), CALLER_RUST, "calls without it are refused"),
    row("parameter-added-optional", when(S::OptionalParameter, Added), COMPATIBLE, "it may be left out"),
    row("parameter-removed-required", when(S::RequiredParameter, Removed), CALLER_RUST, "what is sent is not looked at"),
    row("parameter-removed-optional", when(S::OptionalParameter, Removed), CALLER_RUST, "what is sent is not looked at"),
    row("request-media-type-added", request(S::MediaType, Added), COMPATIBLE, "one more content type is read"),
    row("request-media-type-removed", request(S::MediaType, Removed), CALLER_RUST, "bodies of this type are refused"),
    row("response-media-type-added", answer(S::MediaType, Added), COMPATIBLE, "comes only to who asks for it"),
    row("response-media-type-removed", answer(S::MediaType, Removed), CALLER_RUST, "answers of this type don't come any more"),
    row("response-success-added", when(S::Success, Added), CALLER_RUST, "a status that callers don't take for an answer"),
    row("response-success-removed", when(S::Success, Removed), EVERYBODY, "the answer waited for doesn't come"),
    row("response-failure-added", when(S::Failure, Added), COMPATIBLE, "callers reckon with any failure"),
    row("response-single-failure-added", when(S::SingleFailure, Added), CALLER_RUST, "so far it was read as its range says"),
    row("response-single-failure-removed", when(S::SingleFailure, Removed), EVERYBODY, "what this failure looks like is no longer said"),
    row("response-failure-removed", when(S::Failure, Removed), EVERYBODY, "what failures look like is no longer said"),
    row("response-header-added", when(S::Header, Added), COMPATIBLE, "a new header"),
    row("response-header-removed", when(S::Header, Removed), CALLER, "the header doesn't come any more"),
    row("response-component-added", when(S::ResponseComponent, Added), COMPATIBLE, "may be referred to"),
    row("response-component-removed", when(S::ResponseComponent, Removed), COMPATIBLE, "those that referred to it are judged by themselves"),

    // Schemas
    row("schema-added", when(S::Schema, Added), COMPATIBLE, "a new type"),
    row("schema-removed", when(S::Schema, Removed), RUST, "the type is gone from the crates"),
    row("unused-schema-changed", (None, None, Some(Side::Unreached)), RUST, "no operation has it, but the crates do"),
    row("reference-changed", any(S::Reference), RUST, "another type in Rust"),
    row("type-changed", any(S::Type), EVERYBODY, "values of the former type are wrong, and it is another in Rust"),
    row("format-changed", any(S::Format), EVERYBODY, "values of the former format may be wrong"),
    row("request-property-added-required", request(S::RequiredProperty, Added), CALLER_RUST, "requests without it are refused"),
    row("request-property-added-optional", request(S::OptionalProperty, Added), RUST, "the struct has one more field"),
    row("request-required-property-removed", request(S::RequiredProperty, Removed), CALLER_RUST, "what is sent is not looked at"),
    row("request-optional-property-removed", request(S::OptionalProperty, Removed), CALLER_RUST, "what is sent is not looked at"),
    row("response-property-added-required", answer(S::RequiredProperty, Added), SERVER_RUST, "servers don't send it, and the struct has one more field"),
    row("response-property-added-optional", answer(S::OptionalProperty, Added), RUST, "the struct has one more field"),
    row("response-required-property-removed", answer(S::RequiredProperty, Removed), CALLER_RUST, "callers count on it"),
    row("response-optional-property-removed", answer(S::OptionalProperty, Removed), RUST, "the field is gone"),
    row("request-property-became-required", request(S::Requirement, Narrowed), CALLER_RUST, "must now be given"),
    row("request-property-became-optional", request(S::Requirement, Widened), RUST, "may now be left out: an Option in Rust"),
    row("response-property-became-required", answer(S::Requirement, Narrowed), SERVER_RUST, "must now be there: no Option any more in Rust"),
    row("response-property-became-optional", answer(S::Requirement, Widened), CALLER_RUST, "may now be absent"),
    row("request-became-nullable", request(S::Nullable, Widened), RUST, "may now be null: an Option in Rust"),
    row("request-became-not-nullable", request(S::Nullable, Narrowed), CALLER_RUST, "null is refused"),
    row("response-became-nullable", answer(S::Nullable, Widened), CALLER_RUST, "may now be null"),
    row("response-became-not-nullable", answer(S::Nullable, Narrowed), SERVER_RUST, "null is wrong now: no Option any more in Rust"),
    row("request-limit-narrowed", request(S::Limit, Narrowed), CALLER, "what was sent may be refused"),
    row("request-limit-widened", request(S::Limit, Widened), COMPATIBLE, "more may be sent"),
    row("request-limit-changed", request(S::Limit, Changed), CALLER, "what was sent may be refused"),
    row("response-limit-narrowed", answer(S::Limit, Narrowed), SERVER, "what servers answer may be wrong"),
    row("response-limit-widened", answer(S::Limit, Widened), CALLER, "what callers don't reckon with may come"),
    row("response-limit-changed", answer(S::Limit, Changed), CALLER_SERVER, "other values come than before"),
    row("request-composition-narrowed", request(S::Composition, Narrowed), CALLER_RUST, "what was sent may be refused"),
    row("request-composition-widened", request(S::Composition, Widened), RUST, "another type in Rust"),
    row("response-composition-narrowed", answer(S::Composition, Narrowed), SERVER_RUST, "what servers answer may be wrong"),
    row("response-composition-widened", answer(S::Composition, Widened), CALLER_RUST, "what callers don't reckon with may come"),
    row("default-changed", any(S::Default), CALLER, "what is left out means something else"),

    // Codes
    row("open-code-added", when(S::OpenCode, Added), COMPATIBLE, "readers keep codes they don't know"),
    row("request-open-code-removed", request(S::OpenCode, Removed), CALLER_RUST, "the code is refused, and the variant gone"),
    row("response-open-code-removed", answer(S::OpenCode, Removed), SERVER_RUST, "the code is wrong to answer, and the variant gone"),
    row("request-code-added", request(S::ClosedCode, Added), RUST, "its enum is closed: a match no longer covers it"),
    row("request-code-removed", request(S::ClosedCode, Removed), CALLER_RUST, "the code is refused, and the variant gone"),
    row("response-code-added", answer(S::ClosedCode, Added), CALLER_RUST, "a value that callers can't know"),
    row("response-code-removed", answer(S::ClosedCode, Removed), SERVER_RUST, "the value is wrong to answer"),
    row("codes-reordered", any(S::CodeOrder), RUST, "codes are compared by their order"),
    row("code-named", when(S::CodeName, Added), COMPATIBLE, "now has a name"),
    row("code-renamed", any(S::CodeName), RUST, "the variant is named by it"),
    row("code-http-status-given", when(S::CodeHttpStatus, Added), COMPATIBLE, "now said"),
    row("code-http-status-changed", any(S::CodeHttpStatus), CALLER_SERVER, "the code comes with another HTTP status"),
    row("code-transience-given", when(S::CodeTransient, Added), COMPATIBLE, "now said"),
    row("code-transience-changed", any(S::CodeTransient), CALLER, "callers repeat in vain, or give up too early"),
    row("personal-data-marked", when(S::PersonalData, Widened), COMPATIBLE, "masked from now on where it might end in a log"),
    row("personal-data-unmarked", when(S::PersonalData, Narrowed), RUST, "Debug shows it whole"),
];
