//! The finding of a rule, before it has the name of the rule.

/// A breach of a rule.
pub struct Fault {
    pub at: String,
    /// The line, if it is known better than by `at`.
    pub line: Option<u64>,
    pub wrong: String,
    pub remedy: String,
}
