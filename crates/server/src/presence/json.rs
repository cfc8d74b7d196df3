//! Writes JSON as the contract has it, piece by piece into a buffer.

use std::borrow::Cow;

use group_dispatch_types::StatusTime;
use serde::Serialize;

/// What is written into an answer.
pub trait WriteJson {
    /// Writes JSON as it is.
    fn raw(&mut self, json: &str) -> &mut Self;

    /// Writes a text or a number.
    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self;

    /// Writes a time, without quotes.
    fn time(&mut self, time: StatusTime) -> &mut Self;

    /// Writes the member `name` and a comma, if there is a name. It is [escaped](escape).
    fn name(&mut self, name: Option<&str>) -> &mut Self;

    /// Writes a comma, except at the beginning of a list.
    fn next(&mut self) -> &mut Self;

    /// Ends a list whose elements all have a comma after them.
    fn end_list(&mut self) -> &mut Self;
}

impl WriteJson for Vec<u8> {
    fn raw(&mut self, json: &str) -> &mut Self {
        self.extend_from_slice(json.as_bytes());
        self
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self {
        // Neither a buffer nor such values ever fail.
        let _ = serde_json::to_writer(&mut *self, value);
        self
    }

    fn time(&mut self, time: StatusTime) -> &mut Self {
        self.extend_from_slice(&time.to_ascii());
        self
    }

    fn name(&mut self, name: Option<&str>) -> &mut Self {
        match name {
            Some(name) => self.raw(r#""name":""#).raw(name).raw(r#"","#),
            None => self,
        }
    }

    fn next(&mut self) -> &mut Self {
        if self.last() == Some(&b'[') { self } else { self.raw(",") }
    }

    fn end_list(&mut self) -> &mut Self {
        self.pop_if(|last| *last == b',');
        self.raw("]")
    }
}

/// Returns a text as it stands between quotes in JSON. Names are stored like this, so that answers copy
/// them.
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        return Cow::Borrowed(text);
    }
    // A text always serializes, and the quotes around it are of one byte each.
    let json = serde_json::to_string(text).unwrap_or_default();
    Cow::Owned(json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned())
}

/// Returns the text that was [escaped](escape).
pub fn unescape(escaped: &str) -> String {
    if !escaped.contains('\\') {
        return escaped.to_owned();
    }
    serde_json::from_str(&format!("\"{escaped}\"")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn an_escaped_text_is_read_back(text in vec(prop_oneof![any::<char>(), Just('"'), Just('\n')], 0..20)) {
            let text = String::from_iter(text);
            let json = format!("\"{}\"", escape(&text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).ok(), Some(text));
        }
    }
}
