//! The answers of a round so far, and what is left to do in it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use group_dispatch_types::{Operation, Source, WhatsAppNumber};

use crate::{
    facts::{Facts, Gap, Logged, MOST_FACTS},
    narrowing::Narrowing,
    online::Seen,
    page::Page,
    question::Question,
};

/// How many narrower questions a round asks: looks wait for them.
pub const MOST_NARROW_QUESTIONS: usize = 200;

/// See the [module](self).
#[derive(Default)]
pub struct Round {
    /// When it began.
    pub began: i64,
    /// What is still to be asked about all agents.
    pub questions: VecDeque<Question>,
    /// Pages that wait for what the store knows of their agents.
    pub unknown: VecDeque<Page>,
    /// Agents that have to be asked for in detail; the first is being asked for.
    pub narrowings: VecDeque<Narrowing>,
    /// Sources whose log was read.
    pub logs_read: Vec<Source>,
    /// Sources of which the store was asked who is online.
    pub recalled: Vec<Source>,
    /// How many questions of narrowings were asked.
    narrow_questions: usize,
    /// Who is online by the vendor's answers.
    pub seen: BTreeMap<Source, Seen>,
    /// Records that are to be stored, in the order of the log; those of one second oldest first.
    logged: Vec<Logged>,
    gaps: Vec<Gap>,
    /// The most new records of an agent.
    pub most_new: usize,
    /// Whether a question failed, and when the vendor wants to be asked again.
    pub failure: Option<Option<Duration>>,
}

impl Round {
    pub fn new(began: i64, questions: impl IntoIterator<Item = Question>) -> Self {
        Self { began, questions: questions.into_iter().collect(), ..Self::default() }
    }

    /// Adds records of a page, oldest first.
    pub fn add_records(&mut self, records: Vec<Logged>) {
        self.logged.extend(records);
    }

    /// Adds records of an account's own page, up to a time. It has all that the agent's page has of it, and in one order.
    pub fn replace_records(&mut self, account: WhatsAppNumber, page: &Page, records: Vec<Logged>, until: i64) {
        let is_other = |record: &Logged| {
            record.at > until
                || (record.source, record.user_id, record.whats_app) != (page.source, page.user_id, account)
        };
        self.logged.retain(is_other);
        self.add_records(records);
    }

    pub fn add_gaps(&mut self, gaps: Vec<Gap>) {
        self.gaps.extend(gaps);
    }

    /// Notes that an operation fails now, which is not asked again in this round. If another one fails as well, nothing is.
    pub fn fail(&mut self, operation: Operation, retry_after: Option<Duration>) {
        if self.failure.is_some() {
            self.questions.clear();
        }
        self.questions.retain(|question| question.operation() != operation);
        self.narrowings.iter_mut().for_each(Narrowing::give_up);
        self.failure = Some(self.failure.flatten().max(retry_after));
    }

    /// Counts a question of a narrowing. Returns whether the round may have one more.
    pub fn may_narrow(&mut self) -> bool {
        self.narrow_questions += 1;
        self.narrow_questions <= MOST_NARROW_QUESTIONS
    }

    /// Takes the next records that are to be stored. The gaps come first: once the records around them are stored, a start
    /// would not find them.
    pub fn take_records(&mut self) -> Option<Facts> {
        if self.logged.is_empty() && self.gaps.is_empty() {
            return None;
        }
        let gaps: Vec<_> = self.gaps.drain(..self.gaps.len().min(MOST_FACTS)).collect();
        if !self.gaps.is_empty() {
            return Some(Facts { gaps, ..Facts::default() });
        }
        // Stable: records of one second keep their order.
        self.logged.sort_by_key(|record| record.at);
        let logged: Vec<_> = self.logged.drain(..self.logged.len().min(MOST_FACTS)).collect();
        Some(Facts { logged, gaps, ..Facts::default() })
    }
}
