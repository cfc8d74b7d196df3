//! JSON from outside. What is wrong with it is said by naming the member and what was expected there, never by repeating
//! the value, which may be personal data.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Error, Value, error::Category};

/// Reads one JSON object, or says in a sentence what is wrong with it; `whole` is what the object is called there.
pub fn read<T: DeserializeOwned>(bytes: &[u8], whole: &str) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Object(value) =
        serde_path_to_error::deserialize(&mut json).map_err(|error| complaint::<T>(bytes, whole, &error))?;
    json.end().map_err(|error| malformed(bytes, whole, &error))?;
    Ok(value)
}

/// What is read from an object alone. Left to itself, serde takes the members from a list as well, by their order.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

fn malformed(bytes: &[u8], whole: &str, error: &Error) -> String {
    let column = error.column();
    if bytes.contains(&b'\n') {
        format!("{whole}: expected JSON, but it is malformed at line {} column {column}", error.line())
    } else {
        format!("{whole}: expected JSON, but it is malformed at column {column}")
    }
}

fn complaint<T: DeserializeOwned>(bytes: &[u8], whole: &str, error: &serde_path_to_error::Error<Error>) -> String {
    let reason = error.inner();
    match reason.classify() {
        Category::Syntax | Category::Eof | Category::Io => malformed(bytes, whole, reason),
        Category::Data => {
            let text = reason.to_string();
            if let Some(member) = named_member(&text, "missing field `") {
                missing_complaint::<T>(bytes, member)
            } else if let Some(member) = named_member(&text, "duplicate field `") {
                format!("{member}: expected once")
            } else {
                format!("{}: {}", place(error.path(), whole), expectation(&text))
            }
        }
    }
}

fn place(path: &serde_path_to_error::Path, whole: &str) -> String {
    if path.iter().next().is_some() { path.to_string() } else { whole.to_owned() }
}

/// What serde expected, without the value that it found and without its place in the text. Both words are looked for from
/// the end, for the value comes before them and may hold them itself.
fn expectation(text: &str) -> &str {
    let text = text.rfind(" at line ").map_or(text, |end| &text[..end]);
    match text.rfind("expected ") {
        Some(start) => &text[start..],
        None => "expected another value",
    }
}

/// The member that a message of serde's begins with.
fn named_member<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    text.strip_prefix(beginning)?.split('`').next()
}

/// serde doesn't say what a missing member should have been, but of a null in its place it does.
fn missing_complaint<T: DeserializeOwned>(bytes: &[u8], member: &str) -> String {
    let with_null = serde_json::from_slice(bytes).ok().and_then(|mut body: Value| {
        body.as_object_mut()?.insert(member.to_owned(), Value::Null);
        serde_json::from_value::<T>(body).err()
    });
    match with_null.map(|error| error.to_string()) {
        Some(text) if !text.starts_with("missing field") => format!("{member}: missing, {}", expectation(&text)),
        _ => format!("{member}: missing"),
    }
}
