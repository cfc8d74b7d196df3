//! Leaves out elements of lists that can't be decoded, so that the rest of a response can.
//!
//! Each element is decoded in a probe: a copy of the response with that element as the only one of its list. So the time
//! grows with the length of the response and not with the number of faults. This module does not know what is wrong in
//! an element; the response type decides.

use std::mem;

use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::Repairs;
use crate::{envelope::Envelope, redact};

const DATA: &str = "data";
/// Texts that are repaired in one element, or in a response without lists.
const MAX_REPAIRED_TEXTS: usize = 64;
/// Bytes of the longest text that is copied with each probe within its object. An id, a number or a time is shorter.
const MAX_COPIED_TEXT_BYTES: usize = 256;
/// Stands for a repaired text until the probe can be decoded: a member that accepts this text accepts any text. Ids,
/// numbers, codes and times reject it, although they might accept the digits of a number that they have just rejected.
const ANY_TEXT: &str = "\u{fffd}";

/// Filters the elements of one response.
pub struct ElementFilter<'a> {
    repairs: &'a mut Repairs,
    /// The response with at most one element in each of its lists.
    probe: Value,
    /// The members and indexes that lead to the current list in the response.
    place: Vec<Step>,
    /// The indexes that lead to the current list in the returned data.
    owner: Vec<usize>,
}

enum FilteredElement {
    Kept(Value),
    LeftOut,
}

/// A repaired text.
struct Text {
    /// Its place in the probe.
    pointer: String,
    text: String,
    /// Its place in the response.
    path: String,
}

enum Step {
    Member(String),
    Index(usize),
}

impl<'a> ElementFilter<'a> {
    pub fn new(repairs: &'a mut Repairs) -> Self {
        Self { repairs, probe: Value::Null, place: Vec::new(), owner: Vec::new() }
    }

    /// Decodes the response without the elements that can't be decoded. Returns `None` if that is not enough.
    pub fn decode<T: Envelope>(mut self, mut document: Value) -> Option<T> {
        let elements = match document.get_mut(DATA) {
            Some(Value::Array(elements)) if T::IS_LIST => mem::take(elements),
            _ => {
                self.probe = document;
                return self.repair_texts::<T>().then(|| T::deserialize(&self.probe).ok())?;
            }
        };
        self.probe = document;
        if !self.repair_texts::<T>() {
            return None;
        }
        self.place.push(Step::Member(DATA.to_owned()));
        let long_texts = self.probe.as_object_mut().map(take_long_texts).unwrap_or_default();
        let kept = self.filter::<T>(elements)?;
        if let Value::Object(members) = &mut self.probe {
            members.extend(long_texts);
        }
        if let Some(list) = self.list() {
            *list = kept;
        }
        T::deserialize(&self.probe).ok()
    }

    /// Returns the elements of the current list that can be decoded, or `None` if one is not an object: that is not a fault,
    /// but another contract.
    fn filter<T: Envelope>(&mut self, elements: Vec<Value>) -> Option<Vec<Value>> {
        let mut kept = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            if !element.is_object() {
                return None;
            }
            self.put(element);
            if T::deserialize(&self.probe).is_ok() {
                kept.extend(self.take());
                continue;
            }
            self.place.push(Step::Index(index));
            match self.filter_element::<T>(kept.len())? {
                FilteredElement::Kept(element) => kept.push(element),
                FilteredElement::LeftOut => {
                    self.repairs.left_out.add(|| self.place.iter().fold(String::new(), shown));
                    if self.repairs.incomplete_lists.last() != Some(&self.owner) {
                        self.repairs.incomplete_lists.push(self.owner.clone());
                    }
                }
            }
            self.place.pop();
        }
        Some(kept)
    }

    /// Returns the current element without the parts of its lists that can't be decoded, or that it is left out because its
    /// own members can't be decoded.
    fn filter_element<T: Envelope>(&mut self, position: usize) -> Option<FilteredElement> {
        let mut lists = Map::new();
        if let Some(Value::Object(members)) = self.list().and_then(|list| list.first_mut()) {
            for (name, value) in members.iter_mut().filter(|(_, value)| value.is_array()) {
                lists.insert(name.clone(), mem::replace(value, Value::Array(Vec::new())));
            }
        }
        if !self.repair_texts::<T>() {
            self.take();
            return Some(FilteredElement::LeftOut);
        }
        self.owner.push(position);
        let mut filtered = match self.list().and_then(|list| list.first_mut()) {
            Some(Value::Object(members)) => take_long_texts(members),
            _ => Map::new(),
        };
        for (name, list) in lists {
            let Value::Array(elements) = list else { continue };
            self.place.push(Step::Member(name.clone()));
            let kept = self.filter::<T>(elements)?;
            self.place.pop();
            filtered.insert(name, Value::Array(kept));
        }
        self.owner.pop();
        let mut element = self.take()?;
        if let Value::Object(members) = &mut element {
            members.extend(filtered);
        }
        Some(FilteredElement::Kept(element))
    }

    /// Repairs texts of the probe until it can be decoded. Returns whether it can.
    fn repair_texts<T: Envelope>(&mut self) -> bool {
        let mut repaired: Vec<Text> = Vec::new();
        while repaired.len() < MAX_REPAIRED_TEXTS {
            let Err(error) = serde_path_to_error::deserialize::<_, T>(&self.probe) else {
                for Text { pointer, text, path } in repaired {
                    if let Some(place) = self.probe.pointer_mut(&pointer) {
                        *place = Value::String(text);
                    }
                    self.repairs.repaired.add(|| path);
                }
                return true;
            };
            let reason = error.inner().to_string();
            match self.repair_text(error.path(), &reason) {
                Some(text) => repaired.push(text),
                None => return false,
            }
        }
        false
    }

    /// Replaces the value at `path`, which failed to decode, by [`ANY_TEXT`]. Returns the text that replaces it in the end:
    /// an empty one for null and for a missing member, the digits of a number. Returns `None` for any other value and for a
    /// text, because a text has been tried before.
    fn repair_text(&mut self, path: &Path, reason: &str) -> Option<Text> {
        let mut pointer = String::new();
        for segment in path {
            match segment {
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                Segment::Map { key } => push_token(&mut pointer, key),
                Segment::Enum { .. } | Segment::Unknown => return None,
            }
        }
        let mut shown = self.shown(path);
        let value = self.probe.pointer_mut(&pointer)?;
        let text = match value {
            Value::Null => String::new(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Object(members) => {
                let name = reason.strip_prefix("missing field `")?.split('`').next()?;
                push_token(&mut pointer, name);
                redact::push_member(&mut shown, name);
                members.insert(name.to_owned(), ANY_TEXT.into());
                return Some(Text { pointer, text: String::new(), path: shown });
            }
            Value::String(_) | Value::Array(_) => return None,
        };
        *value = ANY_TEXT.into();
        Some(Text { pointer, text, path: shown })
    }

    /// Returns a path of the probe with the indexes of the response: in the probe all indexes are 0.
    fn shown(&self, path: &Path) -> String {
        let mut indexes = self.place.iter().filter_map(|step| match step {
            Step::Index(index) => Some(*index),
            Step::Member(_) => None,
        });
        let mut text = String::new();
        for segment in path {
            match segment {
                Segment::Seq { index } => redact::push_index(&mut text, indexes.next().unwrap_or(*index)),
                Segment::Map { key } => redact::push_member(&mut text, key),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        text
    }

    /// Returns the current list of the probe.
    fn list(&mut self) -> Option<&mut Vec<Value>> {
        let mut value = &mut self.probe;
        let until = self.place.iter().rposition(|step| matches!(step, Step::Member(_)))?;
        for step in &self.place[..=until] {
            value = match step {
                Step::Member(name) => value.get_mut(name)?,
                Step::Index(_) => value.get_mut(0)?,
            };
        }
        value.as_array_mut()
    }

    fn put(&mut self, element: Value) {
        if let Some(list) = self.list() {
            *list = vec![element];
        }
    }

    fn take(&mut self) -> Option<Value> {
        self.list().and_then(Vec::pop)
    }
}

/// Takes the long texts out of an object that can be decoded, so that they are not copied with each probe of its elements.
/// A member that may be that long accepts any text.
fn take_long_texts(members: &mut Map<String, Value>) -> Map<String, Value> {
    let mut taken = Map::new();
    for (name, value) in members {
        if value.as_str().is_some_and(|text| text.len() > MAX_COPIED_TEXT_BYTES) {
            taken.insert(name.clone(), mem::replace(value, ANY_TEXT.into()));
        }
    }
    taken
}

fn shown(mut path: String, step: &Step) -> String {
    match step {
        Step::Member(name) => redact::push_member(&mut path, name),
        Step::Index(index) => redact::push_index(&mut path, *index),
    }
    path
}

/// Appends a member's name to a pointer of RFC 6901.
fn push_token(pointer: &mut String, name: &str) {
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
}
