//! Errors of the command line that are found after it is parsed, such as flags that contradict each other.

use std::fmt;

/// Flags that can't be meant as they are. The command ends with exit status 2 before it opens a database or sends a request.
#[derive(Debug)]
pub struct UsageError(String);

impl UsageError {
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
