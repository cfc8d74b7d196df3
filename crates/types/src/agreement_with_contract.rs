//! What serde writes and reads is what the contracts' schemas say, for every component schema and in both directions.
//!
//! The two halves are independent: values are made by `Arbitrary` and judged by a JSON Schema validator; JSON is made
//! from the schema alone and judged by the type that reads it.

use std::{collections::BTreeSet, error::Error, fmt};

use jsonschema::{Draft, Validator};
use proptest::{
    collection::{SizeRange, vec},
    option::{self, Probability},
    prelude::*,
    sample::{Index, select},
    strategy::Union,
    string::{StringParam, string_regex},
    test_runner::{Config, TestRunner},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use test_support::{
    schema_dialect::{KEYWORDS, json_schema},
    workspace_root,
};

use crate::*;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;
type Check = fn(&Contract, &str) -> Outcome;

const QUERIES: &str = "group-dispatch.yaml";
const INGEST: &str = "ingest.yaml";

/// One check for each schema of the contracts, with the contract's file and the schema's name; or the `names` alone.
macro_rules! of_every_type {
    ($check:ident) => {
        of_every_type!($check:
            QUERIES:
            // Scalars
            UserId, UserIdText, WhatsAppNumber, WhatsAppNumberInteger, Source, AccountStatus, StatusDetail,
            StatusTime, BusinessCode, NoParameters,
            // Requests
            QueryUserStatusRequest, QueryWhatsAppInfoRequest, QueryUserStatusLogRequest,
            GetLatestOnlineWhatsAccountRequest,
            // Answers
            QueryUserStatusResponse, OnlineAgent, OnlineAccount, QueryAllOlWhatsAppInfoResponse, SourceGroup,
            NamedOnlineAgent, QueryWhatsAppInfoResponse, AccountLocation, QueryUserStatusLogResponse, AgentStatusLog,
            StatusRecord, GetLatestOnlineWhatsAccountResponse, AgentRecentAccounts, RecentAccount, ErrorResponse;
            INGEST:
            // Scalars
            UserId, WhatsAppNumber, Source, AccountStatus, StatusDetail, ingest::EventTime, ingest::EventCount,
            ingest::FeedOrder, BusinessCode,
            // Request
            ingest::StatusEventsRequest, ingest::StatusEvent,
            // Answers
            ingest::StatusEventsResponse, ingest::Receipt, ingest::Refusal, ingest::ErrorResponse;)
    };
    (names: $($file:ident: $($type:path),*;)*) => { [$($(($file, last_segment(stringify!($type)))),*),*] };
    ($check:ident: $($file:ident: $($type:path),*;)*) => {
        [$($(($file, last_segment(stringify!($type)), $check::<$type> as Check)),*),*]
    };
}

fn last_segment(path: &'static str) -> &'static str {
    path.rsplit([':', ' ']).next().unwrap_or(path)
}

/// What every type of the contract can do.
trait Model: Arbitrary<Parameters: Small> + Serialize + DeserializeOwned + PartialEq + fmt::Debug {}
impl<T: Arbitrary<Parameters: Small> + Serialize + DeserializeOwned + PartialEq + fmt::Debug> Model for T {}

#[test]
fn every_schema_has_its_type() -> Outcome {
    let types = of_every_type!(names);
    for file in [QUERIES, INGEST] {
        let types: BTreeSet<&str> = types.iter().filter(|(of, _)| *of == file).map(|(_, name)| *name).collect();
        let contract = Contract::load(file)?;
        let schemas: BTreeSet<&str> = contract.schemas()?.keys().map(String::as_str).collect();
        assert_eq!(types, schemas, "{file}");
    }
    Ok(())
}

#[test]
fn values_fit_their_schema_and_are_read_back() -> Outcome {
    fn check<T: Model>(contract: &Contract, name: &str) -> Outcome {
        let validator = contract.validator(name)?;
        sample(&T::arbitrary_with(Small::small()), |value: T| {
            let text = serde_json::to_string(&value).map_err(fail)?;
            let json: Value = serde_json::from_str(&text).map_err(fail)?;
            valid(&validator, &json)?;
            let read: T = serde_json::from_str(&text).map_err(fail)?;
            prop_assert!(read == value, "{} is read as another value", text);
            Ok(())
        })
    }
    all(of_every_type!(check))
}

/// The ends of the ranges, which values made at random seldom are.
#[test]
fn first_and_last_values_fit_their_schema() -> Outcome {
    let (least, most) = (WhatsAppNumber::new(1)?, WhatsAppNumber::MAX);
    let contract = Contract::load(QUERIES)?;
    for (name, values) in [
        ("UserId", json!([UserId::from(0), UserId::MAX])),
        ("UserIdText", json!([UserIdText(UserId::from(0)), UserIdText(UserId::MAX)])),
        ("WhatsAppNumber", json!([least, most])),
        ("WhatsAppNumberInteger", json!([WhatsAppNumberInteger(least), WhatsAppNumberInteger(most)])),
        (
            "StatusTime",
            json!(["0000-01-01 00:00:00".parse::<StatusTime>()?, "9999-12-31 23:59:59".parse::<StatusTime>()?]),
        ),
    ] {
        let validator = contract.validator(name)?;
        for value in values.as_array().ok_or("no values")? {
            validator.validate(value).map_err(|error| format!("{name}: {value}: {error}"))?;
        }
    }
    Ok(())
}

#[test]
fn json_made_from_a_schema_is_read_and_written_unchanged() -> Outcome {
    fn check<T: Model>(contract: &Contract, name: &str) -> Outcome {
        let validator = contract.validator(name)?;
        sample(&contract.component(name)?, |json: Value| {
            valid(&validator, &json)?;
            let value: T = serde_json::from_str(&json.to_string()).map_err(fail)?;
            prop_assert_eq!(serde_json::to_value(&value).map_err(fail)?, json);
            Ok(())
        })
    }
    all(of_every_type!(check))
}

#[test]
fn new_members_are_ignored() -> Outcome {
    fn check<T: Model>(contract: &Contract, name: &str) -> Outcome {
        let member = ("[a-z]{1,3}New[0-9]", select(new_values()));
        let strategy = (contract.component(name)?, vec((any::<Index>(), member), 1..4));
        sample(&strategy, |(json, additions)| {
            let mut more = json.clone();
            for (place, (name, value)) in additions {
                let mut places = Vec::new();
                objects(&more, String::new(), &mut places);
                if places.is_empty() {
                    return Ok(());
                }
                let object = more.pointer_mut(&places[place.index(places.len())]).and_then(Value::as_object_mut);
                object.ok_or_else(|| TestCaseError::fail("no such place"))?.insert(name, value);
            }
            prop_assert_ne!(&more, &json);
            let (plain, extended) = (json.to_string(), more.to_string());
            let plain: T = serde_json::from_str(&plain).map_err(fail)?;
            let extended: T = serde_json::from_str(&extended).map_err(fail)?;
            prop_assert!(plain == extended, "{} is read as another value", more);
            Ok(())
        })
    }
    all(of_every_type!(check))
}

/// Guards the tests above: a validator that lets everything pass would make them worthless.
#[test]
fn schemas_refuse_what_is_none_of_theirs() -> Outcome {
    fn check<T: Model>(contract: &Contract, name: &str) -> Outcome {
        let validator = contract.validator(name)?;
        for wrong in [json!([true]), json!(-1), json!("a text"), json!(1e30), json!({ "source": 4, "name": 1 })] {
            if validator.is_valid(&wrong) {
                return Err(format!("{wrong} is accepted").into());
            }
        }
        Ok(())
    }
    all(of_every_type!(check))
}

#[test]
fn examples_of_scalars_are_read_and_written_unchanged() -> Outcome {
    fn check<T: Model>(contract: &Contract, name: &str) -> Outcome {
        let schema = contract.schema(name)?;
        match schema.get("example") {
            Some(example) => {
                let value: T = serde_json::from_value(example.clone())?;
                contract.validator(name)?.validate(example).map_err(|error| error.to_string())?;
                (serde_json::to_value(&value)? == *example).then_some(()).ok_or_else(|| "written otherwise".into())
            }
            None if schema["type"] == "object" || schema["type"] == "array" => Ok(()),
            None => Err("has no example".into()),
        }
    }
    all(of_every_type!(check))
}

/// Every text but those that are no one's, and every phone number, counts as personal here.
#[test]
fn debug_never_shows_personal_data_whole() -> Outcome {
    fn check<T: Model>(contract: &Contract, name: &str) -> Outcome {
        let mut secrets = Vec::new();
        let json = contract.filled(&reference(name), "", &mut secrets)?;
        let value: T = serde_json::from_value(json)?;
        for debug in [format!("{value:?}"), format!("{value:#?}")] {
            for secret in &secrets {
                if debug.contains(secret) {
                    return Err(format!("{secret} stands in {debug}").into());
                }
            }
            // It is masked rather than left out.
            if !secrets.is_empty() && !debug.contains("**") {
                return Err(format!("nothing is masked in {debug}").into());
            }
        }
        let personal = contract.schema(name)?.to_string().contains("x-personal-data");
        (!personal || !secrets.is_empty()).then_some(()).ok_or_else(|| "has no secrets to look for".into())
    }
    all(of_every_type!(check))
}

fn all<const N: usize>(checks: [(&str, &str, Check); N]) -> Outcome {
    let mut failed = Vec::new();
    for file in [QUERIES, INGEST] {
        let contract = Contract::load(file)?;
        for (_, name, check) in checks.iter().filter(|(of, ..)| *of == file) {
            failed.extend(check(&contract, name).err().map(|error| format!("{file}: {name}: {error}")));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n").into()) }
}

fn sample<S: Strategy>(strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) -> Outcome {
    // 64 of each schema unless PROPTEST_CASES says otherwise: some answers are large.
    let config = Config::default();
    let mut runner = TestRunner::new(Config { cases: config.cases / 4, failure_persistence: None, ..config });
    runner.run(strategy, test).map_err(|error| error.to_string().into())
}

fn fail(error: impl fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

fn valid(validator: &Validator, json: &Value) -> Result<(), TestCaseError> {
    validator.validate(json).map_err(|error| fail(format_args!("{json}: {error}")))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A contract, from its file.
struct Contract {
    document: Value,
}

impl Contract {
    fn load(file: &str) -> Outcome<Self> {
        let path = workspace_root().join("openapi").join(file);
        let document = serde_saphyr::from_str(&std::fs::read_to_string(path)?)?;
        Ok(Self { document })
    }

    fn schemas(&self) -> Outcome<&Map<String, Value>> {
        Ok(self.document.pointer("/components/schemas").and_then(Value::as_object).ok_or("no schemas")?)
    }

    fn schema(&self, name: &str) -> Outcome<&Value> {
        Ok(self.schemas()?.get(name).ok_or_else(|| format!("no schema {name}"))?)
    }

    fn validator(&self, name: &str) -> Outcome<Validator> {
        let mut document = reference(name);
        document["components"]["schemas"] = self.schemas()?.iter().map(|(n, s)| (n.clone(), json_schema(s))).collect();
        Ok(jsonschema::options().with_draft(Draft::Draft202012).build(&document)?)
    }

    /// JSON made at random from the schema of that name.
    fn component(&self, name: &str) -> Outcome<BoxedStrategy<Value>> {
        match name {
            // Its pattern lets days pass that do not exist, such as 2023-02-30, for JSON Schema cannot say which do. So
            // few of the texts that match are times (less than 1 in 300) that filtering would never end.
            "StatusTime" => Ok(existing_times().boxed()),
            _ => self.strategy(self.schema(name)?).map_err(|error| format!("in {name}: {error}").into()),
        }
    }

    fn strategy(&self, schema: &Value) -> Outcome<BoxedStrategy<Value>> {
        understood(schema)?;
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            return Ok(select(choices.clone()).boxed());
        }
        let strategy = if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            self.component(component_name(reference))?
        } else if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let [part] = parts.as_slice() else { return Err("allOf of more than one".into()) };
            self.strategy(part)?
        } else if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
            // Of any object and null, which an error's data is said to be, null alone is sent (D7).
            let sent = choices.iter().filter(|choice| **choice != json!({ "type": "object" }));
            Union::new(sent.map(|choice| self.strategy(choice)).collect::<Outcome<Vec<_>>>()?).boxed()
        } else {
            match schema["type"].as_str() {
                Some("integer") => {
                    let end = |name: &str| schema[name].as_i64().ok_or_else(|| format!("an integer without {name}"));
                    let (least, most) = (end("minimum")?, end("maximum")?);
                    prop_oneof![1 => Just(least), 1 => Just(most), 6 => least..=most].prop_map(Value::from).boxed()
                }
                Some("string") => match schema.get("pattern").and_then(Value::as_str) {
                    // The generator has no anchors; it makes whole texts anyway.
                    Some(pattern) => string_regex(pattern.trim_matches(['^', '$']))?.prop_map(Value::from).boxed(),
                    None => any::<String>().prop_map(Value::from).boxed(),
                },
                Some("array") => {
                    // More than this would take minutes, and say no more.
                    let most = schema["maxItems"].as_u64().map_or(Ok(3), usize::try_from)?.min(50);
                    vec(self.strategy(&schema["items"])?, 0..=most).prop_map(Value::from).boxed()
                }
                Some("object") => self.object(schema)?,
                _ => return Err(format!("what is {schema}?").into()),
            }
        };
        let nullable = schema["nullable"] == true;
        Ok(if nullable { prop_oneof![1 => Just(Value::Null), 3 => strategy].boxed() } else { strategy })
    }

    fn object(&self, schema: &Value) -> Outcome<BoxedStrategy<Value>> {
        let mut members = Vec::new();
        match schema.get("properties").and_then(Value::as_object) {
            Some(properties) => {
                for (name, property) in properties {
                    let value = self.strategy(property)?;
                    let member = if is_required(schema, name) {
                        value.prop_map(Some).boxed()
                    } else {
                        option::of(value).boxed()
                    };
                    let name = name.clone();
                    members.push(member.prop_map(move |value| value.map(|value| (name.clone(), value))));
                }
            }
            None if schema["maxProperties"] == 0 => {}
            None => return Err("an object of unknown members".into()),
        }
        Ok(members.prop_map(|members| Value::Object(members.into_iter().flatten().collect())).boxed())
    }

    /// JSON of a schema with every member given and one item in every list; `secrets` is what in it is personal.
    fn filled(&self, schema: &Value, member: &str, secrets: &mut Vec<String>) -> Outcome<Value> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let name = component_name(reference);
            let value = self.filled(self.schema(name)?, member, secrets)?;
            if name.starts_with("WhatsAppNumber") {
                secrets.push(value.to_string().trim_matches('"').to_owned());
            }
            return Ok(value);
        }
        if let Some(part) = schema.pointer("/allOf/0").or_else(|| schema.pointer("/oneOf/0")) {
            return self.filled(part, member, secrets);
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            return properties
                .iter()
                .map(|(name, property)| Ok((name.clone(), self.filled(property, name, secrets)?)))
                .collect();
        }
        let is_scalar = member.is_empty() || schema.get("pattern").is_some();
        Ok(match schema["type"].as_str() {
            Some("array") => json!([self.filled(&schema["items"], member, secrets)?]),
            Some("string") if !is_scalar && !["message", "countryCode", "eventId", "reason"].contains(&member) => {
                let secret = format!("secret of {member}");
                secrets.push(secret.clone());
                secret.into()
            }
            Some("object") if schema["maxProperties"] == 0 => json!({}),
            _ => schema.get("example").cloned().unwrap_or(Value::Null),
        })
    }
}

fn component_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|required| required == name))
}

/// A keyword that this module knows nothing of would be passed over in silence.
fn understood(schema: &Value) -> Outcome {
    let members = schema.as_object().ok_or("a schema that is not an object")?;
    match members.keys().find(|name| !KEYWORDS.contains(&name.as_str()) && !name.starts_with("x-")) {
        Some(keyword) => Err(format!("unknown keyword {keyword}").into()),
        None => Ok(()),
    }
}

/// Texts of StatusTime's pattern that name a day and a time of day that exist.
fn existing_times() -> impl Strategy<Value = Value> {
    (0..=9999_u32, 1..=12_u32, 0..31_u32, 0..24_u8, 0..60_u8, 0..60_u8).prop_map(|(year, month, day, h, m, s)| {
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        format!("{year:04}-{month:02}-{:02} {h:02}:{m:02}:{s:02}", day % days + 1).into()
    })
}

fn new_values() -> Vec<Value> {
    vec![json!(null), json!(true), json!(-1.5), json!(7), json!("text"), json!([]), json!([1]), json!({ "a": [{}] })]
}

/// The JSON pointers of all objects in a value.
fn objects(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| objects(value, format!("{pointer}/{name}"), found));
            found.push(pointer);
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| objects(item, format!("{pointer}/{index}"), found));
        }
        _ => {}
    }
}

/// Parameters of `Arbitrary` that keep lists short: up to 100 items in each of two levels would take minutes, and more
/// than the contract's `maxItems`, which the types do not enforce.
trait Small {
    fn small() -> Self;
}

impl Small for SizeRange {
    fn small() -> Self {
        (0..=3).into()
    }
}

impl Small for StringParam {
    fn small() -> Self {
        Self::default()
    }
}

impl Small for Probability {
    fn small() -> Self {
        Self::default()
    }
}

macro_rules! small_tuples {
    ($($($part:ident)*;)*) => {
        $(impl<$($part: Small),*> Small for ($($part,)*) {
            fn small() -> Self {
                ($($part::small(),)*)
            }
        })*
    };
}

impl Small for () {
    fn small() -> Self {}
}

small_tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
}
