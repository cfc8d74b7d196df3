//! What a rule of the style guide is.

use super::{document::Document, fault::Fault};

/// A rule of the style guide.
pub struct Rule {
    /// Its name, in kebab case.
    pub name: &'static str,
    /// What it asks of the contract.
    pub asks: &'static str,
    /// Who is worse off where it is broken.
    pub why: &'static str,
    /// Where it is broken.
    pub breaches: fn(&Document) -> Vec<Fault>,
}
