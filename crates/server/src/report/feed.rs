//! Takes facts in the order of time, and says what each changed. It can begin with an earlier state, and leaves states behind for
//! later.

use std::mem;

use super::{
    one_fact::OneFact,
    timeline::{Change, Timeline},
};
use crate::event::fact::StatusFact;

/// Takes facts, and what each changed.
pub trait Sink {
    /// Takes the next fact.
    fn take(&mut self, fact: &StatusFact, change: Change);

    /// Returns whether no other fact is needed.
    fn is_done(&self) -> bool;
}

/// See the [module](self).
pub struct Feed {
    facts: OneFact,
    timeline: Timeline,
    /// When states are to be kept, the latest first.
    marks: Vec<i64>,
    kept: Vec<State>,
}

/// What is online at a time, after all facts before it.
pub struct State {
    /// The time, in Unix epoch milliseconds: the beginning of a second, because a second is taken as a whole.
    pub at: i64,
    /// What is online.
    pub timeline: Timeline,
}

impl Feed {
    /// Begins with what is online. The state at each of `marks`, rounded down to seconds, is kept.
    pub fn new(timeline: Timeline, marks: impl IntoIterator<Item = i64>) -> Self {
        let mut marks: Vec<i64> = marks.into_iter().map(begin_of_second).collect();
        marks.sort_unstable();
        marks.dedup();
        marks.reverse();
        Self { facts: OneFact::default(), timeline, marks, kept: Vec::new() }
    }

    /// Returns what is online now.
    pub fn into_timeline(self) -> Timeline {
        self.timeline
    }

    /// Adds the next fact. If it begins a second, the sink takes those of the second before.
    pub fn push(&mut self, fact: StatusFact, sink: &mut impl Sink) {
        if let Some(facts) = self.facts.push(fact) {
            self.apply(&facts, sink);
            if sink.is_done() {
                // Some of the facts may be left.
                self.marks.clear();
            }
        }
        while let Some(mark) = self.marks.pop_if(|mark| *mark <= fact.at) {
            self.keep(mark);
        }
    }

    /// Ends with the last fact before all marks that are left.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        let facts = self.facts.take();
        self.apply(&facts, sink);
        while let Some(mark) = self.marks.pop() {
            self.keep(mark);
        }
    }

    /// Ends before the last fact. Those of the latest second are not taken, and the state before them is kept.
    pub fn stop(&mut self) {
        if let Some(first) = self.facts.take().first() {
            self.keep(begin_of_second(first.at));
        }
    }

    /// Returns the states that were kept.
    pub fn take_kept(&mut self) -> Vec<State> {
        mem::take(&mut self.kept)
    }

    fn keep(&mut self, at: i64) {
        self.kept.push(State { at, timeline: self.timeline.at(at) });
    }

    fn apply(&mut self, facts: &[StatusFact], sink: &mut impl Sink) {
        for fact in facts {
            if sink.is_done() {
                return;
            }
            let change = self.timeline.apply(fact);
            sink.take(fact, change);
        }
    }
}

fn begin_of_second(at: i64) -> i64 {
    at.div_euclid(1000).saturating_mul(1000)
}
