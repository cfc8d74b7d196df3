//! What a rule finds.

/// A breach of a rule, which the rule itself finds.
pub struct Fault {
    pub at: String,
    /// Where it is known better than by where `at` begins.
    pub line: Option<u64>,
    pub wrong: String,
    pub remedy: String,
}
