//! The type of a rule of the style guide.

use super::{document::Document, fault::Fault};

/// A rule of the style guide.
pub struct Rule {
    /// Its name, in kebab case.
    pub name: &'static str,
    /// What it asks of the contract.
    pub asks: &'static str,
    /// The reason.
    pub why: &'static str,
    /// Finds its breaches.
    pub breaches: fn(&Document) -> Vec<Fault>,
}
