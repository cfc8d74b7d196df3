//! Makes one fact of a record of the vendor's log that was fed as well (D48). Copies are of one second, so that the facts of a
//! second are kept until it is over.

use std::mem;

use crate::event::{
    ProvenanceKind,
    fact::{StatusFact, fed_copies},
};

/// The facts of the latest second.
#[derive(Default)]
pub struct OneFact(Vec<StatusFact>);

impl OneFact {
    /// Adds the next fact. If it begins another second, returns the facts of the one before, without the copies.
    pub fn push(&mut self, fact: StatusFact) -> Option<Vec<StatusFact>> {
        let second = |fact: &StatusFact| fact.at.div_euclid(1000);
        let is_over = self.0.last().is_some_and(|last| second(last) != second(&fact));
        let over = is_over.then(|| self.take());
        self.0.push(fact);
        over
    }

    /// Returns the facts of the latest second, without the copies.
    pub fn take(&mut self) -> Vec<StatusFact> {
        let mut facts = mem::take(&mut self.0);
        let of = |kind| facts.iter().copied().filter(move |fact| fact.is(kind));
        if of(ProvenanceKind::Logged).next().is_some() {
            let copies = fed_copies(of(ProvenanceKind::Logged), of(ProvenanceKind::Fed).collect());
            facts.retain(|fact| !copies.contains(&fact.seq));
        }
        facts
    }
}
