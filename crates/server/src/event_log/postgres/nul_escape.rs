//! Escapes U+0000, which PostgreSQL's text can't contain.

use std::borrow::Cow;

/// Begins an escape sequence: `ESCAPE 0` is U+0000, and `ESCAPE 1` is the escape character itself.
const ESCAPE: char = '\u{1A}';

/// Escapes a text; [`from_column`] returns exactly the same text.
pub fn to_column(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return text.into();
    }
    text.replace(ESCAPE, "\u{1A}1").replace('\0', "\u{1A}0").into()
}

pub fn from_column(text: String) -> String {
    if !text.contains(ESCAPE) {
        return text;
    }
    text.replace("\u{1A}0", "\0").replace("\u{1A}1", "\u{1A}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_comes_back(text in "[\0\u{1A}01a]*|.*") {
            let column = to_column(&text).into_owned();
            prop_assert!(!column.contains('\0'));
            prop_assert_eq!(from_column(column), text);
        }
    }
}
