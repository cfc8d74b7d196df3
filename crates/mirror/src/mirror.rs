//! The state machine: what to do next, and what follows from the outcome.

mod log;
mod look;
mod questions;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    mem,
    num::NonZeroU32,
    time::Duration,
};

use group_dispatch_types::{Source, UserId, UtcOffset, ingest::AccountPresence};

use crate::{
    clock::{ClockOffset, VendorClock},
    facts::Facts,
    narrowing::{LATEST_APPEARANCE, LateCheck, Narrowing},
    online::{AtSource, ReplyHead, Seen},
    pace::Pace,
    page::Known,
    question::{Answer, Failure, Memory, OnlineAccounts, Question, Recall, Reply},
    round::Round,
};

/// All sources of the contract.
const SOURCES: [Source; 3] = [Source::Pc, Source::Mobile, Source::Cloud];
/// How long a question that the vendor refused is not asked.
const REFUSED_TIME: i64 = 600_000;
/// No wait is longer.
const LONGEST_WAIT: i64 = 3_600_000;
/// How long to wait if the store fails.
const STORE_PAUSE: i64 = 1_000;

/// The settings of a mirror.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The shortest time between two rounds.
    pub shortest_interval: Duration,
    /// The longest time between two rounds.
    pub longest_interval: Duration,
    /// How many requests a second it sends to each endpoint at most.
    pub requests_per_second: NonZeroU32,
    /// The zone of clock times in the vendor's answers.
    pub zone: UtcOffset,
}

impl Default for Settings {
    /// From 1 to 60 seconds, half of the vendor's limit, and the vendor's zone.
    fn default() -> Self {
        Self {
            shortest_interval: Duration::from_secs(1),
            longest_interval: Duration::from_secs(60),
            requests_per_second: const { NonZeroU32::new(25).unwrap() },
            zone: UtcOffset::VENDOR,
        }
    }
}

/// What to do next.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask the vendor, and call [`Mirror::replied`].
    Ask(Question),
    /// Ask the store, and call [`Mirror::recalled`] or, if it failed, [`Mirror::store_failed`].
    Recall(Recall),
    /// Store this, all or nothing, and call [`Mirror::stored`] or, if it is not known whether it is stored,
    /// [`Mirror::store_failed`].
    Store(Facts),
    /// Wait until this time, in Unix epoch milliseconds of this machine's clock.
    Wait(i64),
}

/// What came of [`Step::Store`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is stored, now or before. The accounts of its records and observations are now like this.
    Yes(Vec<AccountPresence>),
    /// Nothing is stored, because the latest look is another one.
    Conflict,
}

/// See the [crate](crate). Times are in Unix epoch milliseconds of this machine's clock.
pub struct Mirror {
    settings: Settings,
    pace: Pace,
    clock: VendorClock,
    sources: BTreeMap<Source, AtSource>,
    known: HashMap<(Source, UserId), Known>,
    /// The agents' names, which records don't have.
    user_names: HashMap<UserId, String>,
    /// Agents with full pages, behind which records may still appear.
    late_checks: BTreeMap<(Source, UserId), LateCheck>,
    /// Questions that the vendor refused, and when they are asked again.
    refused: Vec<(Question, i64)>,
    /// When the store was last asked who is online; `None` if it has to be asked now.
    recalled_at: Option<i64>,
    /// Nothing is done before this time.
    due: i64,
    last_began: Option<i64>,
    /// Whether something may have changed since the round began.
    is_hurried: bool,
    round: Option<Round>,
    /// What is being stored, part by part. Each stays until it is known what came of it.
    storing: VecDeque<Facts>,
}

impl Mirror {
    /// Creates a mirror that knows nothing and asks the store first.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { shortest_interval, longest_interval, requests_per_second, .. } = settings;
        Self {
            settings,
            pace: Pace::new(shortest_interval, longest_interval, requests_per_second),
            clock: VendorClock::default(),
            sources: SOURCES.into_iter().map(|source| (source, AtSource::default())).collect(),
            known: HashMap::new(),
            user_names: HashMap::new(),
            late_checks: BTreeMap::new(),
            refused: Vec::new(),
            recalled_at: None,
            due: i64::MIN,
            last_began: None,
            is_hurried: false,
            round: None,
            storing: VecDeque::new(),
        }
    }

    /// Returns the difference of the vendor's clock, if an answer had its time.
    #[must_use]
    pub const fn clock_offset(&self) -> Option<ClockOffset> {
        self.clock.offset()
    }

    /// Returns the latest look of each source that is stored.
    pub fn last_looks(&self) -> impl Iterator<Item = (Source, Option<i64>)> {
        self.sources.iter().map(|(source, at)| (*source, at.last_look))
    }

    /// Returns the time between two rounds.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_millis(self.pace.interval().unsigned_abs())
    }

    /// Begins the next round at once, because something may have changed; but not sooner than rounds may follow one another,
    /// and not in a pause after a failure. During a round, the next one follows it.
    pub fn hurry(&mut self, now: i64) {
        if self.round.is_some() {
            self.is_hurried = true;
        } else if !self.pace.is_pausing() {
            let earliest = self.last_began.map_or(now, |began| began + self.pace.shortest());
            self.due = self.due.min(earliest.max(now));
        }
    }

    /// Returns what to do now. Call it again only after the outcome was passed on, or at the time to wait for.
    pub fn step(&mut self, now: i64) -> Step {
        if self.due.saturating_sub(now) > LONGEST_WAIT {
            // The clock was set back.
            self.due = now;
        }
        if now < self.due {
            return Step::Wait(self.due);
        }
        if let Some(facts) = self.storing.front() {
            return Step::Store(facts.clone());
        }
        let Some(round) = &mut self.round else {
            if self.recalled_at.is_none() {
                return Step::Recall(Recall::Online(SOURCES.into()));
            }
            let mut round = Round::new(now, self.questions(now));
            round.narrowings = self.due_late_checks(now);
            self.round = Some(round);
            return self.step(now);
        };
        if let Some(page) = round.unknown.front() {
            return Step::Recall(Recall::Known(page.source, page.user_id));
        }
        let narrower = round.narrowings.front().and_then(Narrowing::question);
        if let Some(question) = round.questions.front().copied().or(narrower) {
            return match self.pace.check(question.operation(), now) {
                Ok(()) => Step::Ask(question),
                Err(until) => Step::Wait(until),
            };
        }
        if let Some(narrowing) = round.narrowings.pop_front() {
            round.add_gaps(narrowing.gaps());
            return self.step(now);
        }
        if let Some(mut facts) = round.take_records() {
            for record in &mut facts.logged {
                record.user_name = self.user_names.get(&record.user_id).cloned();
            }
            self.storing.push_back(facts);
            return self.step(now);
        }
        self.compare(now)
    }

    /// Takes the outcome of [`Step::Ask`].
    pub fn replied(&mut self, reply: Reply) {
        let Reply { sent, received, date, outcome, is_whole } = reply;
        // The time of an error may be that of a proxy.
        let date = date.filter(|_| outcome.is_ok());
        if let Some(date) = date {
            self.clock.measure(ClockOffset::of_answer(sent, received, date));
        }
        let Some(round) = &mut self.round else { return };
        let asked = round.questions.pop_front();
        let narrower = if asked.is_none() { round.narrowings.front().and_then(Narrowing::question) } else { None };
        let Some(operation) = asked.or(narrower).map(Question::operation) else { return };
        if asked.is_none() && !round.may_narrow() {
            round.narrowings.iter_mut().for_each(Narrowing::give_up);
            return;
        }
        match outcome {
            Ok(Answer::AllOnline(groups)) => self.take_groups(ReplyHead { sent, received, is_whole }, groups),
            Ok(Answer::OnlineAt(list)) => {
                if let Some(Question::OnlineAt(source)) = asked
                    && let Some(before) = self.sources.get(&source)
                {
                    round.seen.insert(source, Seen::of_agents(ReplyHead { sent, received, is_whole }, list, before));
                }
            }
            Ok(Answer::Log(log)) => match asked {
                Some(Question::Log { source, .. }) => self.take_log(source, log, is_whole),
                _ => self.take_narrow_log(log, is_whole),
            },
            Ok(Answer::Recent(agents)) => {
                if let Some(narrowing) = round.narrowings.front_mut() {
                    narrowing.take_recent(agents, is_whole);
                }
            }
            Err(Failure::Temporary(retry_after)) => round.fail(operation, retry_after),
            Err(Failure::Refused) => match asked {
                Some(question) => self.refused.push((question, received + REFUSED_TIME)),
                None => round.narrowings.iter_mut().take(1).for_each(Narrowing::give_up),
            },
        }
        if asked == Some(Question::AllOnline) {
            self.ask_each_source();
        }
    }

    /// Takes the answer to [`Step::Recall`].
    pub fn recalled(&mut self, memory: Memory, now: i64) {
        match memory {
            Memory::Online(all) => {
                if SOURCES.iter().all(|source| all.iter().any(|of| of.source == *source)) {
                    self.recalled_at = Some(now);
                }
                for OnlineAccounts { source, last_look, log_read, accounts } in all {
                    let at_source = self.sources.entry(source).or_default();
                    at_source.replace_online(accounts);
                    at_source.last_look = last_look;
                    // A check for late records that was not made before a start reaches back further by its delay.
                    at_source.log_read = at_source.log_read.or(log_read.map(|at| at - LATEST_APPEARANCE));
                    if let Some(round) = &mut self.round {
                        round.recalled.push(source);
                    }
                }
            }
            Memory::Known(records) => {
                let Some(page) = self.round.as_mut().and_then(|round| round.unknown.pop_front()) else { return };
                self.known.insert((page.source, page.user_id), Known::of_store(records));
                self.take_page(&page);
            }
        }
    }

    /// Takes the outcome of [`Step::Store`].
    pub fn stored(&mut self, outcome: Stored, now: i64) {
        let Some(Facts { looks, logged, observed, gaps: _ }) = self.storing.pop_front() else { return };
        let Stored::Yes(accounts) = outcome else {
            // Somebody else looked: what they know counts.
            self.storing.clear();
            self.recalled_at = None;
            self.end_round(now);
            return;
        };
        let is_looked = !looks.is_empty();
        let names = logged.into_iter().map(|record| ((record.source, record.whats_app), record.name));
        let mut names: HashMap<_, _> = names.collect();
        let mut seen: HashMap<_, _> =
            observed.into_iter().map(|observed| ((observed.source, observed.whats_app), observed)).collect();
        for now in accounts {
            let place = (now.source, now.whats_app);
            let at_source = self.sources.entry(now.source).or_default();
            match seen.remove(&place) {
                Some(observed) => at_source.take(observed, now.user_id),
                None => at_source.set(now.whats_app, now.user_id, names.remove(&place).flatten()),
            }
        }
        for look in looks.into_iter().filter(|look| !look.is_partial) {
            self.sources.entry(look.source).or_default().last_look = Some(look.at);
        }
        if is_looked && self.storing.is_empty() {
            self.end_round(now);
        }
    }

    /// Notes that the store failed. What was to be done is tried again after a pause.
    pub fn store_failed(&mut self, now: i64) {
        self.due = now + STORE_PAUSE;
    }

    fn end_round(&mut self, now: i64) {
        let Some(Round { began, most_new, failure, logs_read, .. }) = self.round.take() else { return };
        let elapsed = self.last_began.map_or_else(|| self.pace.interval(), |last| began - last);
        self.last_began = Some(began);
        for source in logs_read {
            self.sources.entry(source).or_default().log_read = Some(began);
        }
        self.due = match failure {
            Some(retry_after) => now + self.pace.after_failure(retry_after),
            None => began + self.pace.after_success(elapsed, most_new),
        };
        if mem::take(&mut self.is_hurried) {
            self.hurry(now);
        }
    }
}
