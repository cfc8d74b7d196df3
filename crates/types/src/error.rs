//! [`ParseError`]: why a text or number is not a value of its type.

use std::fmt;

/// A text or number that is not a value of the type it was read as.
///
/// It says what was expected and, where that helps, what kind of thing was found. It never repeats what was given, which
/// may be personal data; only invisible characters are named, as code points.
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

    /// `found` is a kind of thing in words; `invisible` is a character of the text that nobody sees.
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
