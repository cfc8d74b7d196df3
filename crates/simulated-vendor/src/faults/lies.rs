//! Lies: answers with code 200 that lack most accounts of a source.

use fastrand::Rng;
use group_dispatch_types::Source;

use super::Faults;
use crate::{
    random::Random,
    sources::{SOURCES, source_index},
};

/// A lie lacks more accounts than this: programs can't distinguish a smaller loss from the truth.
const LEAST_LOST: usize = 5;

/// What the next answers say about a source.
#[derive(Clone, Copy, Default)]
enum Mood {
    /// The truth, or a new lie.
    #[default]
    Any,
    /// The same lie again: how many accounts are kept.
    LieAgain(usize),
    /// The truth once.
    Truth,
}

/// What the vendor lies about, in the order of the answers.
#[derive(Default)]
pub struct Lies([Mood; SOURCES.len()]);

impl Lies {
    /// Returns how many accounts an answer keeps of those that are `online` at a source, if it lies about it; `None` if it says
    /// the truth.
    pub fn kept(&mut self, source: Source, online: usize, faults: &Faults, random: &mut Rng) -> Option<usize> {
        let mood = &mut self.0[source_index(source)?];
        // More than half are lost.
        let most = online.checked_sub(LEAST_LOST + 1)?.min((online - 1) / 2);
        match *mood {
            Mood::Truth => {
                *mood = Mood::Any;
                None
            }
            Mood::LieAgain(kept) => {
                *mood = Mood::Truth;
                Some(kept.min(most))
            }
            Mood::Any if random.chance(faults.lies) => {
                let kept = if random.bool() { 0 } else { random.usize(0..=most) };
                *mood = if random.bool() { Mood::LieAgain(kept) } else { Mood::Truth };
                Some(kept)
            }
            Mood::Any => None,
        }
    }
}
