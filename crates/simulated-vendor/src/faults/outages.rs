//! Times at which every request fails.

use std::ops::Range;

use fastrand::Rng;
use group_dispatch_types::BusinessCode;

use super::Faults;
use crate::{
    random::{MINUTE, Random, milliseconds, numbers},
    reply::Failure,
};

/// The outages that come by chance, made as time goes on: they do not depend on what is asked.
pub struct Outages {
    random: Rng,
    next: Option<(Range<i64>, Failure)>,
}

impl Outages {
    pub fn new(seed: u64, start: i64, faults: &Faults) -> Self {
        let mut outages = Self { random: numbers(seed, *b"outages "), next: None };
        outages.plan(start, faults);
        outages
    }

    /// Returns how requests fail at a time that is not before that of the last one.
    pub fn failure(&mut self, at: i64, faults: &Faults) -> Option<Failure> {
        if faults.down.iter().any(|down| down.contains(&at)) {
            return Some(Failure::Disconnected);
        }
        while let Some((outage, failure)) = self.next.clone() {
            if at < outage.end {
                return outage.contains(&at).then_some(failure);
            }
            self.plan(outage.end, faults);
        }
        None
    }

    fn plan(&mut self, after: i64, faults: &Faults) {
        let kinds = [
            Failure::Disconnected,
            Failure::Silent,
            Failure::Http(502),
            Failure::Http(503),
            Failure::Business(BusinessCode::DatabaseError),
        ];
        self.next = self.random.until_next(faults.outages).map(|wait| {
            let length = MINUTE + self.random.around(milliseconds(faults.outage));
            (after + wait..after + wait + length, self.random.pick(&kinds))
        });
    }
}
