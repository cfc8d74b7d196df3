//! The text of errors about times.

/// The expected forms, for the errors of all times.
pub const EXPECTED: &str =
    "a time such as 2024-07-08 19:25:31 or 2024-07-08T19:25:31+08:00, or Unix epoch seconds or milliseconds";
