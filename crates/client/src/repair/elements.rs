//! Leaves elements out of an answer's lists so that the rest can be read.
//!
//! Each element is tried in a copy of the answer that holds it alone, so that the time grows with the length of the answer
//! and not with its number of faults. What is wrong in an element is not known here: the type that reads it decides.

use std::mem;

use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::Repairs;
use crate::{envelope::Envelope, redact};

const DATA: &str = "data";
/// Texts that are mended in one element, or in an answer without lists.
const MAX_TEXTS: usize = 64;
/// Bytes of a text that is copied for each element within its object; an id, a number or a time is shorter.
const MAX_COPIED_TEXT: usize = 256;
/// Stands for a mended text until everything can be read: whatever takes this takes any text. An id, a number, a code and a
/// time do not, whereas they might take the digits of a number that they have just refused.
const PROBE: &str = "\u{fffd}";

/// Sorts the elements of one answer.
pub struct ElementFilter<'a> {
    repairs: &'a mut Repairs,
    /// The answer with no more than one element in each of its lists.
    probe: Value,
    /// The members and indexes that lead to the list at hand, by the answer's indexes.
    place: Vec<Step>,
    /// The indexes that lead to it in the data that is returned.
    owner: Vec<usize>,
}

enum Sorted {
    Kept(Value),
    LeftOut,
}

/// A text that was mended.
struct Text {
    /// Where in the probe.
    pointer: String,
    text: String,
    /// Where in the answer.
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

    /// Returns the answer without what can't be read of it; nothing if it can't be read all the same.
    pub fn read<T: Envelope>(mut self, mut document: Value) -> Option<T> {
        let elements = match document.get_mut(DATA) {
            Some(Value::Array(elements)) if T::IS_LIST => mem::take(elements),
            _ => {
                self.probe = document;
                return self.mend::<T>().then(|| T::deserialize(&self.probe).ok())?;
            }
        };
        self.probe = document;
        if !self.mend::<T>() {
            return None;
        }
        self.place.push(Step::Member(DATA.to_owned()));
        let long_texts = self.probe.as_object_mut().map(take_long_texts).unwrap_or_default();
        let kept = self.sort::<T>(elements)?;
        if let Value::Object(members) = &mut self.probe {
            members.extend(long_texts);
        }
        if let Some(list) = self.list() {
            *list = kept;
        }
        T::deserialize(&self.probe).ok()
    }

    /// Returns the elements of the list at hand that can be read; nothing where one is no object, which is another contract
    /// and no fault of this one.
    fn sort<T: Envelope>(&mut self, elements: Vec<Value>) -> Option<Vec<Value>> {
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
            match self.sort_element::<T>(kept.len())? {
                Sorted::Kept(element) => kept.push(element),
                Sorted::LeftOut => {
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

    /// Returns the element at hand without what can't be read of it, unless its own members can't be.
    fn sort_element<T: Envelope>(&mut self, position: usize) -> Option<Sorted> {
        let mut lists = Map::new();
        if let Some(Value::Object(members)) = self.list().and_then(|list| list.first_mut()) {
            for (name, value) in members.iter_mut().filter(|(_, value)| value.is_array()) {
                lists.insert(name.clone(), mem::replace(value, Value::Array(Vec::new())));
            }
        }
        if !self.mend::<T>() {
            self.take();
            return Some(Sorted::LeftOut);
        }
        self.owner.push(position);
        let mut sorted = match self.list().and_then(|list| list.first_mut()) {
            Some(Value::Object(members)) => take_long_texts(members),
            _ => Map::new(),
        };
        for (name, list) in lists {
            let Value::Array(elements) = list else { continue };
            self.place.push(Step::Member(name.clone()));
            let kept = self.sort::<T>(elements)?;
            self.place.pop();
            sorted.insert(name, Value::Array(kept));
        }
        self.owner.pop();
        let mut element = self.take()?;
        if let Value::Object(members) = &mut element {
            members.extend(sorted);
        }
        Some(Sorted::Kept(element))
    }

    /// Mends texts of the probe until it can be read. Returns whether it can.
    fn mend<T: Envelope>(&mut self) -> bool {
        let mut mended: Vec<Text> = Vec::new();
        while mended.len() < MAX_TEXTS {
            let Err(error) = serde_path_to_error::deserialize::<_, T>(&self.probe) else {
                for Text { pointer, text, path } in mended {
                    if let Some(place) = self.probe.pointer_mut(&pointer) {
                        *place = Value::String(text);
                    }
                    self.repairs.repaired.add(|| path);
                }
                return true;
            };
            let reason = error.inner().to_string();
            match self.mend_text(error.path(), &reason) {
                Some(text) => mended.push(text),
                None => return false,
            }
        }
        false
    }

    /// Puts a text where the value at `path`, which can't be read, is none. Returns the text that is to stand there: an
    /// empty one for null and for a missing member, and the digits of a number. Returns nothing where there is something
    /// else, or where a text has been tried before.
    fn mend_text(&mut self, path: &Path, reason: &str) -> Option<Text> {
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
                members.insert(name.to_owned(), PROBE.into());
                return Some(Text { pointer, text: String::new(), path: shown });
            }
            Value::String(_) | Value::Array(_) => return None,
        };
        *value = PROBE.into();
        Some(Text { pointer, text, path: shown })
    }

    /// A path in the probe, by the answer's own indexes: those of the probe are all 0.
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

    /// The list at hand in the probe.
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

/// Takes out the long texts of an object that can be read, so that they are not copied for each element that is tried
/// within it. What may be that long takes any text.
fn take_long_texts(members: &mut Map<String, Value>) -> Map<String, Value> {
    let mut taken = Map::new();
    for (name, value) in members {
        if value.as_str().is_some_and(|text| text.len() > MAX_COPIED_TEXT) {
            taken.insert(name.clone(), mem::replace(value, PROBE.into()));
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
