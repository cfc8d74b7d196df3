//! What is simulated: the seed, and the shape of the history.

use std::time::Duration;

use crate::{
    faults::{Faults, Unreadable},
    random::{MINUTE, Random, milliseconds, numbers},
};

/// What is simulated. Everything random follows from the seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Where the random numbers begin. Tests print it when they fail.
    pub seed: u64,
    /// When the history begins, in Unix epoch milliseconds of true UTC. Nobody is online then; accounts come in the first
    /// minutes.
    pub start: i64,
    /// How long things happen. After it, the vendor goes on answering. `None`: without end.
    pub duration: Option<Duration>,
    /// How many agents there are.
    pub agents: u32,
    /// How many WhatsApp accounts there are. An account that is banned is replaced after a while by one with another number.
    pub accounts: u32,
    /// The vendor's clock.
    pub clock: VendorClock,
    /// A moment at which somebody sets that clock.
    pub clock_step: Option<ClockStep>,
    /// Of what the log shows the latest 50 records.
    pub log_limit: LogLimit,
    /// How often things happen.
    pub rates: Rates,
    /// How the vendor fails.
    pub faults: Faults,
}

impl Scenario {
    /// 2026-03-02 at 00:00 UTC.
    const START: i64 = 1_772_409_600_000;

    /// Returns a scenario for property tests: 4 agents with 16 accounts, a day, about 5,000 records, and every kind of fault.
    /// The clock is off by up to ten minutes.
    #[must_use]
    pub fn small(seed: u64) -> Self {
        let mut random = numbers(seed, *b"clock   ");
        Self {
            seed,
            start: Self::START,
            duration: Some(Duration::from_secs(24 * 60 * 60)),
            agents: 4,
            accounts: 16,
            clock: VendorClock { offset: random.i64(-10 * MINUTE..=10 * MINUTE), drift_ppm: random.i32(-50..=50) },
            clock_step: None,
            log_limit: LogLimit::Agent,
            rates: Rates::default(),
            faults: Faults::default(),
        }
    }

    /// Returns a scenario for benchmarks: 1,000 agents with 100,000 accounts, about 100 records a second without end, no
    /// faults, and a clock that is right.
    #[must_use]
    pub fn large(seed: u64) -> Self {
        let rates = Rates {
            online: Duration::from_secs(40 * 60),
            disconnected: Duration::from_secs(4 * 60),
            offline: Duration::from_secs(24 * 60),
            moves: 0.01,
            ..Rates::default()
        };
        Self {
            duration: None,
            agents: 1_000,
            accounts: 100_000,
            clock: VendorClock::default(),
            rates,
            faults: Faults::NONE,
            ..Self::small(seed)
        }
    }

    /// Adds what few vendors do, by the seed: the log shows 50 records in all, the clock is set, one endpoint fails for hours,
    /// something can never be read, or every answer comes at once. Most seeds have one or none of these, and what happens is the
    /// same.
    #[must_use]
    pub fn with_oddities(mut self) -> Self {
        let mut random = numbers(self.seed, *b"oddities");
        if random.chance(0.1) {
            self.log_limit = LogLimit::Answer;
        }
        if random.chance(0.15) {
            let milliseconds = self.duration.map_or(24 * 60 * MINUTE, milliseconds);
            let by = random.i64(MINUTE..=5 * MINUTE);
            let at = self.start + random.i64(0..milliseconds.max(1));
            self.clock_step = Some(ClockStep { at, by: if random.bool() { by } else { -by } });
        }
        if random.chance(0.15) {
            self.faults.endpoint_outages = 3.0;
        }
        if random.chance(0.2) {
            let kinds = [Unreadable::Account, Unreadable::OnlineAccount, Unreadable::NamedAgent];
            self.faults.unreadable = Some(random.pick(&kinds));
        }
        if random.chance(0.1) {
            self.faults.usual = 1..6;
        }
        self
    }

    /// Returns when the last thing may happen, if the history ends.
    #[must_use]
    pub fn end(&self) -> Option<i64> {
        self.duration.map(|duration| self.start.saturating_add(milliseconds(duration)))
    }

    /// Returns what the vendor's clock shows, in Unix epoch milliseconds.
    #[must_use]
    pub const fn vendor_time(&self, at: i64) -> i64 {
        let set = match self.clock_step {
            Some(step) if step.at <= at => step.by,
            _ => 0,
        };
        at + set + self.clock.offset + (at - self.start) * self.clock.drift_ppm as i64 / 1_000_000
    }
}

/// A change of the vendor's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockStep {
    /// When, in Unix epoch milliseconds of true UTC.
    pub at: i64,
    /// How many milliseconds it is set forwards, or, if negative, back.
    pub by: i64,
}

/// Of what the log shows the latest 50 records (D15).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLimit {
    /// Of each agent.
    #[default]
    Agent,
    /// Of the whole answer, so that agents may be missing.
    Answer,
}

/// How wrong the vendor's clock is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VendorClock {
    /// How far it is ahead at the start of the history, in milliseconds.
    pub offset: i64,
    /// How much faster than true time it is, in millionths.
    pub drift_ppm: i32,
}

/// How often things happen. Times are means: most are shorter, and none is longer than three times the mean. Chances are 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates {
    /// How long an account stays online.
    pub online: Duration,
    /// How long it takes until an account that was disconnected is online again.
    pub disconnected: Duration,
    /// How long an account that went offline stays away.
    pub offline: Duration,
    /// The chance that an account that stops being online goes offline; otherwise it is disconnected.
    pub leaves: f64,
    /// The chance that an account that stops being online is back within the same second, with several records of that second,
    /// some of them equal.
    pub quick_reconnects: f64,
    /// The chance that an account that comes online does so with another agent. Half of these moves come while it is online
    /// with the first agent, whose end is recorded later or never.
    pub moves: f64,
    /// The chance that a record reaches the log late. Half of these change presence at once, the others with the log.
    pub late: f64,
    /// How late a record is at most.
    pub latest: Duration,
    /// How often a day an account is banned.
    pub bans: f64,
    /// How often a day an agent gets another login account or another name.
    pub agent_renames: f64,
    /// How often a day an account gets another nickname or country.
    pub account_renames: f64,
    /// How often a day there is a burst: 60 to 160 records of one agent at one source within a minute, of several accounts or of
    /// one.
    pub bursts: f64,
    /// How often a day nearly all accounts leave a source within 20 seconds, to come back minutes later.
    pub departures: f64,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            online: Duration::from_secs(15 * 60),
            disconnected: Duration::from_secs(45),
            offline: Duration::from_secs(8 * 60),
            leaves: 0.3,
            quick_reconnects: 0.1,
            moves: 0.05,
            late: 0.03,
            latest: Duration::from_secs(10 * 60),
            bans: 0.2,
            agent_renames: 0.7,
            account_renames: 0.5,
            bursts: 5.0,
            departures: 4.0,
        }
    }
}
