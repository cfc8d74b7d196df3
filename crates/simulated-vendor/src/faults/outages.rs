//! Times at which every request fails, or every request to one endpoint.

use std::ops::Range;

use fastrand::Rng;
use group_dispatch_types::{BusinessCode, Operation};

use super::Faults;
use crate::{
    random::{MINUTE, Random, milliseconds, numbers},
    reply::Failure,
};

/// The shortest and the mean length of an outage of one endpoint, in milliseconds: the longest is four times as long.
const ENDPOINT_OUTAGE: i64 = 60 * MINUTE;
/// The endpoints that fail alone.
const ENDPOINTS: [Operation; 4] = [
    Operation::QueryUserStatus,
    Operation::QueryAllOlWhatsAppInfo,
    Operation::QueryUserStatusLog,
    Operation::GetLatestOnlineWhatsAccount,
];

/// The outages that come by chance, made as time goes on: they do not depend on what is asked.
pub struct Outages {
    of_all: Planned,
    of_one: Planned,
}

impl Outages {
    pub fn new(seed: u64, start: i64, faults: &Faults) -> Self {
        let of_all = Planned::new(numbers(seed, *b"outages "), faults.outages, milliseconds(faults.outage), MINUTE);
        let of_one =
            Planned::new(numbers(seed, *b"endpoint"), faults.endpoint_outages, ENDPOINT_OUTAGE, ENDPOINT_OUTAGE);
        let mut outages = Self { of_all, of_one };
        outages.of_all.plan(start);
        outages.of_one.plan(start);
        outages
    }

    /// Returns how requests of an operation fail at a time that is not before that of the last one.
    pub fn failure(&mut self, operation: Operation, at: i64, faults: &Faults) -> Option<Failure> {
        if faults.down.iter().any(|down| down.contains(&at)) {
            return Some(Failure::Disconnected);
        }
        let of_all = self.of_all.at(at).map(|(failure, _)| failure);
        let of_one = self.of_one.at(at).filter(|(_, failing)| *failing == operation);
        of_all.or(of_one.map(|(failure, _)| failure))
    }
}

/// Outages that follow one another.
struct Planned {
    random: Rng,
    per_day: f64,
    mean: i64,
    shortest: i64,
    next: Option<(Range<i64>, Failure, Operation)>,
}

impl Planned {
    fn new(random: Rng, per_day: f64, mean: i64, shortest: i64) -> Self {
        Self { random, per_day, mean, shortest, next: None }
    }

    /// Returns the outage of a time.
    fn at(&mut self, at: i64) -> Option<(Failure, Operation)> {
        while let Some((outage, failure, operation)) = self.next.clone() {
            if at < outage.end {
                return outage.contains(&at).then_some((failure, operation));
            }
            self.plan(outage.end);
        }
        None
    }

    fn plan(&mut self, after: i64) {
        let kinds = [
            Failure::Disconnected,
            Failure::Silent,
            Failure::Http(502),
            Failure::Http(503),
            Failure::Business(BusinessCode::DatabaseError),
        ];
        self.next = self.random.until_next(self.per_day).map(|wait| {
            let length = self.shortest + self.random.around(self.mean);
            (after + wait..after + wait + length, self.random.pick(&kinds), self.random.pick(&ENDPOINTS))
        });
    }
}
