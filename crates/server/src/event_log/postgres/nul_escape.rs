//! Text as PostgreSQL can keep it: it has no place for U+0000.

use std::borrow::Cow;

/// Stands before a digit that says what is meant.
const ESCAPE: char = '\u{1A}';

/// Writes U+0000 in another way; [`from_column`] finds exactly the same text again.
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
