//! Errors of the command line that are found after parsing, such as flags that contradict each other.

use std::fmt;

/// An invalid command line. The command exits with status 2 before it opens a database or sends a request.
#[derive(Debug)]
pub struct UsageError(String);

impl UsageError {
    /// The exit status, as clap's own.
    pub const STATUS: u8 = 2;

    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}
