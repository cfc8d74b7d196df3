//! One simulated day: a vendor, a store, and a mirror that is killed at random points.

use std::collections::HashMap;

use group_dispatch_simulated_vendor::{Failure as VendorFailure, Reply as VendorReply, Scenario, Unreadable, Vendor};
use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, NoParameters, OnlineAgent, QueryUserStatusLogRequest, QueryUserStatusRequest,
    Source, SourceGroup,
};

use super::{
    checks::{Checks, Moment},
    store::Store,
};
use crate::{Answer, Facts, Failure, Mirror, Question, Reply, Settings, Step, mirror::Stored};

/// When a request is given up.
const TIMEOUT: i64 = 10_000;
/// How long the mirror goes on after the last event.
const REST: i64 = 8 * 3_600_000;

pub struct Day {
    vendor: Vendor,
    store: Store,
    mirrors: Vec<Running>,
    random: fastrand::Rng,
    /// What each answer about who is online showed, by when it was asked.
    moments: HashMap<(Source, i64), Moment>,
    checks: Checks,
}

/// A mirror, and its own time.
struct Running {
    mirror: Mirror,
    now: i64,
}

impl Day {
    pub fn new(seed: u64) -> Self {
        Self::of(Scenario::small(seed))
    }

    /// Creates a day of a vendor whose answers have something that can never be read.
    pub fn unreadable(seed: u64) -> Self {
        let kinds = [Unreadable::Account, Unreadable::OnlineAccount, Unreadable::NamedAgent];
        let mut scenario = Scenario::small(seed);
        scenario.faults.unreadable = Some(kinds[(seed % 3) as usize]);
        Self::of(scenario)
    }

    fn of(scenario: Scenario) -> Self {
        let start = scenario.start;
        let mut random = fastrand::Rng::with_seed(scenario.seed);
        let mirrors = if random.u8(..8) == 0 { 2 } else { 1 };
        let mirrors =
            (0..mirrors).map(|number| Running { mirror: Mirror::new(Settings::default()), now: start + number });
        Self {
            vendor: Vendor::new(scenario),
            store: Store::default(),
            mirrors: mirrors.collect(),
            random,
            moments: HashMap::new(),
            checks: Checks::default(),
        }
    }

    pub fn run(mut self) -> Checks {
        let end = self.vendor.scenario().end().unwrap_or_default() + REST;
        while let Some(number) = (0..self.mirrors.len()).min_by_key(|number| self.mirrors[*number].now)
            && self.mirrors[number].now < end
        {
            self.advance(number);
        }
        self.checks.check_end(&mut self.vendor, &self.store, end);
        self.checks
    }

    fn advance(&mut self, number: usize) {
        let is_killed = self.random.u32(..4_000) == 0;
        let Running { mirror, now } = &mut self.mirrors[number];
        match mirror.step(*now) {
            Step::Wait(until) => {
                assert!(until > *now, "a mirror that waits for the past never goes on");
                *now = until;
            }
            Step::Ask(question) => {
                let reply = ask(&mut self.vendor, &mut self.moments, question, *now);
                *now = reply.received;
                mirror.replied(reply);
            }
            Step::Recall(recall) => mirror.recalled(self.store.recall(&recall), *now),
            Step::Store(facts) if is_killed => {
                // The process ends before or after the store has it.
                if self.random.bool() {
                    self.store_and_check(&facts, number);
                }
            }
            Step::Store(facts) => {
                let outcome = self.store_and_check(&facts, number);
                let Running { mirror, now } = &mut self.mirrors[number];
                if self.random.u8(..200) == 0 {
                    // The answer is lost on the way.
                    mirror.store_failed(*now);
                } else {
                    mirror.stored(outcome, *now);
                }
            }
        }
        if is_killed {
            self.checks.kills += 1;
            let blind = if self.random.bool() { self.random.i64(0..2_000) } else { self.random.i64(0..2 * 3_600_000) };
            let now = self.mirrors[number].now + blind;
            self.mirrors[number] = Running { mirror: Mirror::new(Settings::default()), now };
        }
    }

    fn store_and_check(&mut self, facts: &Facts, number: usize) -> Stored {
        let now = self.mirrors[number].now;
        let outcome = self.store.store(facts);
        if matches!(outcome, Stored::Yes(_)) {
            self.checks.check_stored(&mut self.vendor, &self.store, &self.moments, facts, now);
        } else {
            self.checks.conflicts += 1;
        }
        outcome
    }
}

fn ask(vendor: &mut Vendor, moments: &mut HashMap<(Source, i64), Moment>, question: Question, now: i64) -> Reply {
    match question {
        Question::AllOnline => {
            let reply = vendor.ask(now, &NoParameters);
            for source in [Source::Pc, Source::Mobile] {
                let listed = |groups: &Vec<SourceGroup>| -> Vec<_> {
                    let agents = groups.iter().filter(|group| group.source == source).flat_map(|group| &group.list);
                    agents.flat_map(|agent| &agent.whats_app_list).map(|account| account.whats_app).collect()
                };
                moments.insert((source, now), Moment::of(&reply, listed));
            }
            read(now, reply, Answer::AllOnline)
        }
        Question::OnlineAt(source) => {
            let reply = vendor.ask(now, &QueryUserStatusRequest { source, user_id: None, user_name: None });
            let listed = |agents: &Vec<OnlineAgent>| -> Vec<_> {
                agents.iter().flat_map(|agent| &agent.whats_app_list).map(|account| account.whats_app).collect()
            };
            moments.insert((source, now), Moment::of(&reply, listed));
            read(now, reply, Answer::OnlineAt)
        }
        Question::Log { source, whats_app } => {
            let request = QueryUserStatusLogRequest { source, agent_account: None, whats_app };
            read(now, vendor.ask(now, &request), Answer::Log)
        }
        Question::Recent { source, user_id } => {
            let request = GetLatestOnlineWhatsAccountRequest { source, user_id: Some(user_id) };
            read(now, vendor.ask(now, &request), Answer::Recent)
        }
    }
}

fn read<T>(sent: i64, reply: VendorReply<T>, answer: impl FnOnce(T) -> Answer) -> Reply {
    let takes = i64::try_from(reply.takes.as_millis()).unwrap_or(i64::MAX);
    if takes > TIMEOUT {
        let outcome = Err(Failure::Temporary(None));
        return Reply { sent, received: sent + TIMEOUT, date: None, outcome, is_whole: false };
    }
    let is_whole = reply.result.as_ref().is_ok_and(|answer| answer.left_out == 0);
    let outcome = match reply.result {
        Ok(data) => Ok(answer(data.data)),
        Err(VendorFailure::TooManyRequests { retry_after }) => Err(Failure::Temporary(Some(retry_after))),
        Err(VendorFailure::Business(code)) if !code.is_transient() => Err(Failure::Refused),
        Err(_) => Err(Failure::Temporary(None)),
    };
    Reply { sent, received: sent + takes, date: reply.date, outcome, is_whole }
}
