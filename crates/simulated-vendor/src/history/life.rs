//! What happens to the accounts, one step after the other.
//!
//! A session is an account at a source. Each has a next step of its own: it comes online, is interrupted, or moves. Other steps
//! concern several sessions, an agent, or an account: bursts, departures, bans and renames. [`actions`] has what they do.

mod actions;
mod session;

use std::{cmp::Reverse, collections::BinaryHeap};

use fastrand::Rng;

use self::session::Session;
use super::cast::Cast;
use crate::{
    random::{Random, numbers},
    record::Record,
    scenario::{Rates, Scenario},
};

/// What happens next. Sessions and agents are given by their indexes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// A session's own next step, unless something else has changed it since: then its count of changes is another one.
    Change {
        session: u32,
        changes: u32,
    },
    /// A session goes on or off, as a part of a burst.
    Flap {
        session: u32,
    },
    /// A session goes off with all others of its source.
    Depart {
        session: u32,
    },
    /// An agent whose account has moved on ends its session.
    EndFormer {
        session: u32,
        agent: u32,
    },
    /// A ban is reported at a source of the account.
    ReportBan {
        session: u32,
    },
    /// A new account takes the place of one that was banned.
    Enroll,
    // These come again and again.
    RenameAgent,
    RenameAccount,
    Ban,
    Burst,
    Departure,
}

/// What steps change: names, and the list of records.
struct Stage<'a> {
    cast: &'a mut Cast,
    records: &'a mut Vec<Record>,
}

/// See the [module](self).
pub struct Life {
    scenario: Scenario,
    random: Rng,
    sessions: Vec<Session>,
    /// The sessions of each account.
    of_account: Vec<Vec<u32>>,
    /// By time and, of one time, in the order in which they were planned.
    steps: BinaryHeap<Reverse<(i64, u64, Step)>>,
    planned: u64,
}

impl Life {
    pub fn new(scenario: &Scenario, cast: &mut Cast) -> Self {
        let mut life = Self {
            scenario: scenario.clone(),
            random: numbers(scenario.seed, *b"life    "),
            sessions: Vec::new(),
            of_account: Vec::new(),
            steps: BinaryHeap::new(),
            planned: 0,
        };
        for _ in 0..scenario.accounts {
            life.enroll(scenario.start, cast);
        }
        for step in [Step::RenameAgent, Step::RenameAccount, Step::Ban, Step::Burst, Step::Departure] {
            life.plan_again(scenario.start, step);
        }
        life
    }

    /// Takes all steps up to a time. New records come at the end of `records`.
    pub fn go_on(&mut self, until: i64, cast: &mut Cast, records: &mut Vec<Record>) {
        let until = self.scenario.end().map_or(until, |end| until.min(end));
        let mut stage = Stage { cast, records };
        while let Some(&Reverse((at, _, step))) = self.steps.peek()
            && at <= until
        {
            self.steps.pop();
            self.plan_again(at, step);
            self.take(at, step, &mut stage);
        }
    }

    fn plan(&mut self, at: i64, step: Step) {
        self.planned += 1;
        self.steps.push(Reverse((at, self.planned, step)));
    }

    /// Plans a step that comes again and again, by its rate; no other step.
    fn plan_again(&mut self, at: i64, step: Step) {
        let Rates { agent_renames, account_renames, bans, bursts, departures, .. } = self.scenario.rates;
        let (agents, accounts) = (f64::from(self.scenario.agents), f64::from(self.scenario.accounts));
        let per_day = match step {
            Step::RenameAgent => agent_renames * agents,
            Step::RenameAccount => account_renames * accounts,
            Step::Ban => bans * accounts,
            Step::Burst => bursts,
            Step::Departure => departures,
            _ => return,
        };
        if let Some(wait) = self.random.until_next(per_day) {
            self.plan(at + wait, step);
        }
    }

    fn take(&mut self, at: i64, step: Step, stage: &mut Stage<'_>) {
        match step {
            Step::Change { session, changes } if self.sessions[session as usize].changes == changes => {
                self.change(session, at, stage);
            }
            Step::Change { .. } => {}
            Step::Flap { session } => self.flap(session, at, stage),
            Step::Depart { session } => self.depart(session, at, stage),
            Step::EndFormer { session, agent } => self.end_former(session, agent, at, stage),
            Step::ReportBan { session } => self.report_ban(session, at, stage),
            Step::Enroll => self.enroll(at, stage.cast),
            Step::RenameAgent => {
                let agent = self.random.u32(0..self.scenario.agents);
                stage.cast.rename_agent(agent, at);
            }
            Step::RenameAccount => {
                let account = self.random.usize(0..self.of_account.len()) as u32;
                stage.cast.rename_account(account, at);
            }
            Step::Ban => self.ban(at),
            Step::Burst => self.burst(at),
            Step::Departure => self.departure(at),
        }
    }
}
