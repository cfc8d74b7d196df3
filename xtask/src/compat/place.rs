//! Describes a difference for the report: `UserId: maximum 999 -> 99`.

use serde_json::Value;

use super::{
    diff::{Difference, ORDER},
    meaning::Subject,
    reach::Reach,
    shape::REQUIRED,
};

/// The length in characters at which a value is truncated.
const VALUE_WIDTH: usize = 40;

/// Returns the place of a difference, with the value before and after.
pub fn describe(difference: &Difference, subject: Subject, reach: &Reach) -> String {
    let place = name(&difference.place, reach);
    if subject == Subject::Words || difference.place.last().is_some_and(|last| last == REQUIRED || last == ORDER) {
        return place;
    }
    match (&difference.before, &difference.after) {
        (Some(before), Some(after)) => format!("{place} {} -> {}", short(before), short(after)),
        (Some(value), None) if is_plain(value) => format!("{place} {} removed", short(value)),
        (Some(_), None) => format!("{place} removed"),
        (None, Some(value)) if is_plain(value) => format!("{place} {} added", short(value)),
        _ => format!("{place} added"),
    }
}

/// Writes `components/schemas/X/properties/list/items/type` as `X.list[]: type`.
fn name(place: &[String], reach: &Reach) -> String {
    let place: Vec<&str> = place.iter().map(String::as_str).filter(|name| ![REQUIRED, ORDER].contains(name)).collect();
    let (head, mut rest) = match *place {
        ["components", _, name, ref rest @ ..] => (name.to_owned(), rest),
        ["paths", path, method, ref rest @ ..] => match reach.operation(path, method) {
            Some(id) if !rest.is_empty() => (id.to_owned(), rest),
            _ => (format!("{} {path}", method.to_uppercase()), rest),
        },
        ["paths", path, ref rest @ ..] => (path.to_owned(), rest),
        [head, ref rest @ ..] => (head.to_owned(), rest),
        [] => (String::new(), &[][..]),
    };
    let mut name = head;
    loop {
        rest = match *rest {
            ["properties", member, ref rest @ ..] => {
                name = format!("{name}.{member}");
                rest
            }
            ["items", ref rest @ ..] => {
                name += "[]";
                rest
            }
            [] => return name,
            _ => return format!("{name}: {}", rest.join(" ")),
        };
    }
}

fn is_plain(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(VALUE_WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
