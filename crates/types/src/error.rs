//! [`ParseError`]: the error of parsing a scalar.

use std::fmt;

/// A text or number that is not a value of the type.
///
/// The message says what was expected and, if that helps, what kind of value was found. It never repeats the value, which
/// may be personal data. Only invisible characters are named, as code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    expected: &'static str,
    found: Option<&'static str>,
    invisible: Option<char>,
}

impl ParseError {
    pub(crate) const fn expected(expected: &'static str) -> Self {
        Self { expected, found: None, invisible: None }
    }

    /// `found` names a kind of value; `invisible` is an invisible character of the text.
    pub(crate) const fn found(expected: &'static str, found: &'static str, invisible: Option<char>) -> Self {
        Self { expected, found: Some(found), invisible }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)?;
        if let Some(found) = self.found {
            write!(f, "; found {found}")?;
        }
        match self.invisible {
            Some(character) => write!(f, " (the text has the invisible character U+{:04X})", u32::from(character)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ParseError {}
