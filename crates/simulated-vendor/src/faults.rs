//! How the vendor fails: which faults there are, and which one a request meets.

mod lies;
mod outages;
mod unreadable;

use std::{ops::Range, time::Duration};

use fastrand::Rng;
use group_dispatch_types::BusinessCode;

pub(crate) use self::unreadable::Element;
pub use self::{lies::Lies, outages::Outages, unreadable::Unreadable};
use crate::{random::Random, reply::Failure};

/// How the vendor fails. Chances are 0 to 1, and of each request unless they say otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults {
    /// The chance of an error with HTTP status 200: mostly 517, also 500 and a code that is in no table.
    pub business: f64,
    /// The chance of HTTP status 500, 502 or 503 without an envelope.
    pub http: f64,
    /// The chance that the connection is closed without a response.
    pub disconnected: f64,
    /// The chance that there is no response.
    pub silent: f64,
    /// The chance that the body of the response ends early.
    pub cut: f64,
    /// The chance that a response takes 2 to 25 seconds.
    pub slow: f64,
    /// The chance that one to three elements of an answer can't be read.
    pub left_out: f64,
    /// The chance that an answer without filter on who is online lies about a source: it is empty, or lacks more than half of its
    /// accounts, and more than five. Half of the lies come twice in a row, and none three times.
    pub lies: f64,
    /// What can never be read, in every answer that has it.
    pub unreadable: Option<Unreadable>,
    /// How often a day there is an outage. It may be of each kind of failure, but has one kind only.
    pub outages: f64,
    /// How long an outage takes on average, at least a minute.
    pub outage: Duration,
    /// How often a day one endpoint alone fails, for one to four hours, in one way.
    pub endpoint_outages: f64,
    /// Further outages at these times, in Unix epoch milliseconds: connections are refused.
    pub down: Vec<Range<i64>>,
    /// The milliseconds that a response takes that is not slow.
    pub usual: Range<i64>,
    /// How many requests a second each endpoint allows; `None` if it allows all.
    pub requests_per_second: Option<u32>,
}

impl Faults {
    /// No faults, and no limit.
    pub const NONE: Self = Self {
        business: 0.0,
        http: 0.0,
        disconnected: 0.0,
        silent: 0.0,
        cut: 0.0,
        slow: 0.0,
        left_out: 0.0,
        lies: 0.0,
        unreadable: None,
        outages: 0.0,
        outage: Duration::from_secs(20 * 60),
        endpoint_outages: 0.0,
        down: Vec::new(),
        usual: 20..400,
        requests_per_second: None,
    };
}

impl Default for Faults {
    /// All faults, about one in twenty requests, two outages a day, and the contract's limit of 50 requests a second.
    fn default() -> Self {
        Self {
            business: 0.01,
            http: 0.01,
            disconnected: 0.005,
            silent: 0.002,
            cut: 0.005,
            slow: 0.01,
            left_out: 0.005,
            lies: 0.005,
            outages: 2.0,
            requests_per_second: Some(50),
            ..Self::NONE
        }
    }
}

/// The milliseconds that a request takes that fails at once, is answered slowly, or is given up.
const REFUSED: Range<i64> = 1..50;
const SLOW: Range<i64> = 2_000..25_000;
const GIVEN_UP: i64 = 30_000;

impl Faults {
    /// Returns which failure a request meets, or none.
    pub(crate) fn failure(&self, random: &mut Rng) -> Option<Failure> {
        if random.chance(self.business) {
            let codes = [BusinessCode::DatabaseError, BusinessCode::DatabaseError, BusinessCode::InternalError];
            let code = if random.chance(0.1) { BusinessCode::from(598) } else { random.pick(&codes) };
            Some(Failure::Business(code))
        } else if random.chance(self.http) {
            Some(Failure::Http(random.pick(&[500, 502, 503])))
        } else if random.chance(self.disconnected) {
            Some(Failure::Disconnected)
        } else if random.chance(self.silent) {
            Some(Failure::Silent)
        } else if random.chance(self.cut) {
            Some(Failure::Cut)
        } else {
            None
        }
    }

    /// Returns how long a request takes, in milliseconds.
    pub(crate) fn takes(&self, failure: Option<Failure>, random: &mut Rng) -> i64 {
        match failure {
            Some(Failure::Disconnected | Failure::TooManyRequests { .. }) => random.i64(REFUSED),
            Some(Failure::Silent) => GIVEN_UP,
            _ if random.chance(self.slow) => random.i64(SLOW),
            _ => random.i64(self.usual.clone()),
        }
    }
}
