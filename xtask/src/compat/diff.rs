//! Finds every place at which two contracts differ, without a judgment. Only the version, which `version` judges, and the
//! order of members that has no meaning are left out.

use serde_json::{Map, Value};

use super::shape::reshape;

/// The last part of a place that means the order of its members.
pub const ORDER: &str = "(order)";

/// A difference, at the smallest place that has it.
#[derive(Debug)]
pub struct Difference {
    /// The names of the members that lead to it, in the reshaped contract.
    pub place: Vec<String>,
    /// The value before; none if it was added.
    pub before: Option<Value>,
    /// The value after; none if it was removed.
    pub after: Option<Value>,
}

/// Compares two contracts as they are written.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let [before, after] = [before, after].map(|contract| {
        let mut contract = contract.clone();
        reshape(&mut contract);
        contract
    });
    let mut walk = Walk { roots: (&before, &after), place: Vec::new(), following: Vec::new(), found: Vec::new() };
    walk.compare(Some(&before), Some(&after));
    walk.found
}

struct Walk<'a> {
    roots: (&'a Value, &'a Value),
    place: Vec<String>,
    /// The pairs of references that are being followed, for schemas that contain themselves.
    following: Vec<(Option<Value>, Option<Value>)>,
    found: Vec<Difference>,
}

type Members = Map<String, Value>;

impl Walk<'_> {
    fn compare(&mut self, before: Option<&Value>, after: Option<&Value>) {
        let no_members = Members::new();
        match (before, after) {
            (Some(Value::Object(before)), Some(Value::Object(after))) => self.compare_objects(before, after),
            (Some(Value::Object(before)), None) if self.is_table() => self.compare_members(before, &no_members),
            (None, Some(Value::Object(after))) if self.is_table() => self.compare_members(&no_members, after),
            _ if before != after => self.found(before.cloned(), after.cloned()),
            _ => {}
        }
    }

    /// Returns whether the place is a table that means the same if it is absent as if it is empty.
    fn is_table(&self) -> bool {
        self.place.last().is_some_and(|name| name == "properties" || name == "headers")
    }

    /// Compares what two references refer to, if they differ. If they are equal, the component is compared at its own place.
    fn compare_objects(&mut self, before: &Members, after: &Members) {
        let references = (before.get("$ref").cloned(), after.get("$ref").cloned());
        if references.0 == references.1 {
            return self.compare_members(before, after);
        }
        self.at("$ref", |walk| walk.found(references.0.clone(), references.1.clone()));
        if !self.following.contains(&references) {
            self.following.push(references);
            let (before, after) = (resolved(self.roots.0, before), resolved(self.roots.1, after));
            self.compare_objects(&before, &after);
            self.following.pop();
        }
    }

    fn compare_members(&mut self, before: &Members, after: &Members) {
        for (name, old) in before {
            self.compare_member(name, before, after, (Some(old), after.get(name)));
        }
        for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
            self.compare_member(name, before, after, (None, Some(new)));
        }
        self.compare_order(before, after);
    }

    fn compare_member(
        &mut self,
        name: &str,
        before: &Members,
        after: &Members,
        pair: (Option<&Value>, Option<&Value>),
    ) {
        self.at(name, |walk| match pair {
            (Some(Value::Object(old)), Some(Value::Object(new)))
                if name.starts_with("x-enum-") && before.get("enum") != after.get("enum") =>
            {
                walk.compare_members(&of_common_codes(old, before, after), &of_common_codes(new, before, after));
            }
            (old, new) => walk.compare(old, new),
        });
    }

    fn compare_order(&mut self, before: &Members, after: &Members) {
        if self.place.last().is_some_and(|name| ["enum", "servers", "tags"].contains(&name.as_str())) {
            let order = |one: &Members, other: &Members| -> Value {
                one.keys().filter(|name| other.contains_key(*name)).cloned().collect()
            };
            let (old, new) = (order(before, after), order(after, before));
            if old != new {
                self.at(ORDER, |walk| walk.found(Some(old), Some(new)));
            }
        }
    }

    fn at(&mut self, name: &str, step: impl FnOnce(&mut Self)) {
        self.place.push(name.to_owned());
        step(self);
        self.place.pop();
    }

    fn found(&mut self, before: Option<Value>, after: Option<Value>) {
        if self.place != ["info", "version"] {
            self.found.push(Difference { place: self.place.clone(), before, after });
        }
    }
}

/// Returns the entries of codes that both contracts have, or both don't: a code that was added or removed is a difference
/// already.
fn of_common_codes(said: &Members, before: &Members, after: &Members) -> Members {
    let has = |schema: &Members, code: &str| schema.get("enum").is_some_and(|codes| codes.get(code).is_some());
    let is_common = |code: &str| has(before, code) == has(after, code);
    said.iter().filter(|(code, _)| is_common(code)).map(|(code, value)| (code.clone(), value.clone())).collect()
}

/// Returns an object with its `$ref` resolved. Its own members take precedence.
fn resolved(root: &Value, object: &Members) -> Members {
    let target = object.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    let mut members =
        target.and_then(|path| root.pointer(path)).and_then(Value::as_object).cloned().unwrap_or_default();
    members
        .extend(object.iter().filter(|(name, _)| *name != "$ref").map(|(name, value)| (name.clone(), value.clone())));
    members
}
