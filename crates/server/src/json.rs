//! Parses JSON from clients. Errors name the member and what was expected there; they never repeat the value, which may
//! be personal data.

use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Error, Value, error::Category};

/// Parses one JSON object. An error is a sentence; `whole` is what the object is called in it.
///
/// Only an error needs the path of a member. Invalid JSON is parsed a second time to find it, which keeps valid JSON
/// fast.
pub fn read<T: DeserializeOwned>(bytes: &[u8], whole: &str) -> Result<T, String> {
    match serde_json::from_slice(bytes) {
        Ok(value) if is_object(bytes) => Ok(value),
        _ => read_with_paths(bytes, whole),
    }
}

fn read_with_paths<T: DeserializeOwned>(bytes: &[u8], whole: &str) -> Result<T, String> {
    let malformed = |error| malformed(bytes, whole, &error);
    let mut json = serde_json::Deserializer::from_slice(bytes);
    if !is_object(bytes) {
        IgnoredAny::deserialize(&mut json).map_err(malformed)?;
        return Err(format!("{whole}: expected a JSON object"));
    }
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| data_error::<T>(bytes, whole, &error))?;
    json.end().map_err(malformed)?;
    Ok(value)
}

/// Whether a JSON text is an object. By default serde also accepts an array with the members in order.
fn is_object(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

/// Returns the error for malformed JSON, with line and column.
pub fn malformed(bytes: &[u8], whole: &str, error: &Error) -> String {
    let column = error.column();
    if bytes.contains(&b'\n') {
        format!("{whole}: expected JSON, but it is malformed at line {} column {column}", error.line())
    } else {
        format!("{whole}: expected JSON, but it is malformed at column {column}")
    }
}

fn data_error<T: DeserializeOwned>(bytes: &[u8], whole: &str, error: &serde_path_to_error::Error<Error>) -> String {
    let reason = error.inner();
    match reason.classify() {
        Category::Syntax | Category::Eof | Category::Io => malformed(bytes, whole, reason),
        Category::Data => {
            let text = reason.to_string();
            if let Some(member) = named_member(&text, "missing field `") {
                missing_error::<T>(bytes, member)
            } else if let Some(member) = named_member(&text, "duplicate field `") {
                format!("{member}: expected once")
            } else {
                format!("{}: {}", path(error.path(), whole), expectation(&text))
            }
        }
    }
}

fn path(path: &serde_path_to_error::Path, whole: &str) -> String {
    if path.iter().next().is_some() { path.to_string() } else { whole.to_owned() }
}

/// Returns what serde expected, without the value that it found and without line and column. Both are searched from the
/// end, because the value comes before them and may contain the same words.
fn expectation(text: &str) -> &str {
    let text = text.rfind(" at line ").map_or(text, |end| &text[..end]);
    match text.rfind("expected ") {
        Some(start) => &text[start..],
        None => "expected another value",
    }
}

/// Returns the member that a message of serde begins with.
fn named_member<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    text.strip_prefix(beginning)?.split('`').next()
}

/// Returns the error for a missing member. serde says what it expected only if the member is null instead.
fn missing_error<T: DeserializeOwned>(bytes: &[u8], member: &str) -> String {
    let with_null = serde_json::from_slice(bytes).ok().and_then(|mut body: Value| {
        body.as_object_mut()?.insert(member.to_owned(), Value::Null);
        serde_json::from_value::<T>(body).err()
    });
    match with_null.map(|error| error.to_string()) {
        Some(text) if !text.starts_with("missing field") => format!("{member}: missing, {}", expectation(&text)),
        _ => format!("{member}: missing"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use group_dispatch_types::ingest::StatusEvent;
    use proptest::{prelude::*, sample::select};
    use serde_json::json;

    use super::*;

    /// Values some of which fit a member.
    fn value() -> impl Strategy<Value = Value> {
        select(vec![
            json!(null),
            json!(true),
            json!(-1),
            json!(0),
            json!(1),
            json!(12),
            json!(1.5),
            json!(1_720_437_931_000_u64),
            json!(u64::MAX),
            json!(""),
            json!("12"),
            json!("jack"),
            json!("+86 182-1733-1411"),
            json!("2024-07-08 19:25:31"),
            json!([]),
            json!(["1"]),
            json!({}),
            json!({ "1": 1 }),
        ])
    }

    fn members() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
        let good = vec![
            ("userId", json!(12)),
            ("agentAccount", json!("u1")),
            ("whatsApp", json!("8618217331411")),
            ("source", json!(1)),
            ("detailStatus", json!(12)),
            ("createTime", json!("2024-07-08 19:25:31")),
        ];
        let names = vec![
            "eventId",
            "userId",
            "agentAccount",
            "userName",
            "whatsApp",
            "whatsapp",
            "name",
            "status",
            "source",
            "countryCode",
            "detailStatus",
            "createTime",
            "another",
        ];
        let others = proptest::collection::vec((select(names), value()), 0..3);
        let kept = proptest::sample::subsequence(good, 4..=6);
        (kept, others).prop_map(|(kept, others)| [kept, others].concat())
    }

    /// An object as text, which may have a member twice.
    fn text(members: &[(&str, Value)]) -> String {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        format!("{{{}}}", members.join(", "))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Both ways of parsing give the same value, or both fail.
        #[test]
        fn parsing_with_paths_agrees_with_parsing_without(members in members(), cut in proptest::option::weighted(0.2, 0..200_usize)) {
            let mut bytes = text(&members).into_bytes();
            bytes.truncate(cut.unwrap_or(usize::MAX));
            let quick = serde_json::from_slice::<StatusEvent>(&bytes).ok();
            prop_assert_eq!(quick, read_with_paths::<StatusEvent>(&bytes, "event").ok());
        }
    }
}
