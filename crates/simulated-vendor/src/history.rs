//! The history: everything that happens, made on demand, and found by agent, account and time.
//!
//! ```text
//!   life ----> Record --+-- in_presence_at --> presence    who has an account, and its status, at any time
//!    |                  +-- in_log_at -------> log         the records of an agent, and of an account with it
//!    +-------> cast                                        who there is, and their names at any time
//! ```
//!
//! Nothing is forgotten, so that the state of any moment can be read. The log of a moment that is long before the last one that
//! was asked for takes longer than a recent one.

pub mod cast;
mod life;
pub mod log;
pub mod presence;
pub mod timeline;

use std::{cmp::Reverse, collections::BinaryHeap};

use self::{cast::Cast, life::Life, log::Log, presence::Presence};
use crate::{record::Record, scenario::Scenario};

/// When a record counts, and its number: the earliest first.
type Pending = BinaryHeap<Reverse<(i64, u32)>>;

/// See the [module](self).
pub struct History {
    /// By when they happened.
    pub records: Vec<Record>,
    pub cast: Cast,
    pub log: Log,
    pub presence: Presence,
    life: Life,
    to_log: Pending,
    to_presence: Pending,
    /// Everything up to here is made.
    made_until: i64,
}

impl History {
    pub fn new(scenario: &Scenario) -> Self {
        let mut cast = Cast::new(scenario);
        let life = Life::new(scenario, &mut cast);
        Self {
            records: Vec::new(),
            cast,
            log: Log::default(),
            presence: Presence::default(),
            life,
            to_log: Pending::new(),
            to_presence: Pending::new(),
            made_until: i64::MIN,
        }
    }

    /// Makes what happens up to a time, and what counts by then.
    pub fn make(&mut self, until: i64) {
        if until <= self.made_until {
            return;
        }
        self.made_until = until;
        let known = self.records.len();
        self.life.go_on(until, &mut self.cast, &mut self.records);
        for (number, record) in (0..).zip(&self.records).skip(known) {
            self.to_log.push(Reverse((record.in_log_at, number)));
            self.to_presence.push(Reverse((record.in_presence_at, number)));
        }
        while let Some(number) = next(&mut self.to_log, until) {
            self.log.add(number, &self.records);
        }
        while let Some(number) = next(&mut self.to_presence, until) {
            self.presence.add(number, &self.records);
        }
    }
}

/// Takes the next record that counts by a time.
fn next(pending: &mut Pending, until: i64) -> Option<u32> {
    pending.peek().filter(|Reverse((at, _))| *at <= until)?;
    pending.pop().map(|Reverse((_, number))| number)
}
