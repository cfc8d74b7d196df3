use std::borrow::Cow;

use group_dispatch_types::StatusTime;
use serde::Serialize;

/// JSON that is written piece by piece, as the contract has it: from what is known straight into the answer.
pub trait WriteJson {
    /// What stands there as it is.
    fn raw(&mut self, json: &str) -> &mut Self;

    /// A text or a number.
    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self;

    /// A time, without its quotes.
    fn time(&mut self, time: StatusTime) -> &mut Self;

    /// The member `name` of an account that has one, which is [`escaped`], and a comma.
    fn name(&mut self, name: Option<&str>) -> &mut Self;

    /// What comes between two elements, unless it is the first of its list that comes.
    fn next(&mut self) -> &mut Self;

    /// Ends a list of which each element has a comma after it.
    fn end_list(&mut self) -> &mut Self;
}

impl WriteJson for Vec<u8> {
    fn raw(&mut self, json: &str) -> &mut Self {
        self.extend_from_slice(json.as_bytes());
        self
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self {
        // Neither memory nor such values ever fail.
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

/// A text as it stands in JSON between its quotes.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let stands_for_itself = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(stands_for_itself) {
        return Cow::Borrowed(text);
    }
    // A text can always be written.
    let json = serde_json::to_string(text).unwrap_or_default();
    let between_quotes = json.strip_prefix('"').and_then(|json| json.strip_suffix('"'));
    Cow::Owned(between_quotes.unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn what_is_escaped_is_read_back(text in vec(prop_oneof![any::<char>(), Just('"'), Just('\n')], 0..20)) {
            let text = String::from_iter(text);
            let json = format!("\"{}\"", escaped(&text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).ok(), Some(text));
        }
    }
}
