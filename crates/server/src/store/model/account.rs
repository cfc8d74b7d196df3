use arcstr::ArcStr;

use super::{agent::AgentIndex, kind::KindIndex};

/// How many events are kept of an account with each agent, and of an agent (page: "latest 50 records"; D15).
pub const LOG_LENGTH: usize = 50;

/// When something happened, in Unix epoch milliseconds, and its place in the order of arrival.
pub type Time = (i64, u64);

/// An event of an account, as far as answers tell of it.
#[derive(Clone)]
pub struct Record {
    pub at: i64,
    pub seq: u64,
    pub agent: AgentIndex,
    pub kind: KindIndex,
    pub name: Option<ArcStr>,
}

impl Record {
    pub fn time(&self) -> Time {
        (self.at, self.seq)
    }
}

/// What is known of an account at a source.
pub struct Account {
    latest: Record,
    /// Boxed, for most of a million accounts is here twice over: the pointer is a third of the list's head.
    earlier: Option<Box<Earlier>>,
}

/// Oldest first.
#[derive(Default)]
struct Earlier(Vec<Record>);

/// What an event was to an account.
pub enum News {
    /// It was known, or is older than all that is kept.
    Nothing,
    /// It is the latest now, in the place of the one that was.
    Latest(Record),
}

impl Account {
    pub fn new(latest: Record) -> Self {
        Self { latest, earlier: None }
    }

    /// From records with the oldest first; none from none.
    pub fn from_records(mut records: Vec<Record>) -> Option<Self> {
        let latest = records.pop()?;
        records.shrink_to_fit();
        let earlier = (!records.is_empty()).then(|| Box::new(Earlier(records)));
        Some(Self { latest, earlier })
    }

    /// The latest event, whoever the agent: it tells where the account is.
    pub fn latest(&self) -> &Record {
        &self.latest
    }

    /// Newest first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        std::iter::once(&self.latest).chain(self.earlier.iter().flat_map(|earlier| earlier.0.iter().rev()))
    }

    pub fn learn(&mut self, record: Record) -> News {
        let agent = record.agent;
        let news = if record.time() > self.latest.time() {
            let before = std::mem::replace(&mut self.latest, record);
            self.keep(before.clone());
            News::Latest(before)
        } else {
            if record.time() < self.latest.time() {
                self.keep(record);
            }
            News::Nothing
        };
        self.forget_beyond_limit(agent);
        news
    }

    fn keep(&mut self, record: Record) {
        let earlier = &mut self.earlier.get_or_insert_default().0;
        let place = earlier.partition_point(|other| other.time() < record.time());
        if earlier.get(place).is_none_or(|other| other.time() != record.time()) {
            if earlier.len() == earlier.capacity() {
                // A list that doubles leaves a third of the memory of all accounts empty.
                earlier.reserve_exact(1 + earlier.len() / 4);
            }
            earlier.insert(place, record);
        }
    }

    fn forget_beyond_limit(&mut self, agent: AgentIndex) {
        let Some(Earlier(earlier)) = self.earlier.as_deref_mut() else { return };
        let limit = LOG_LENGTH - usize::from(self.latest.agent == agent);
        if earlier.len() > limit && earlier.iter().filter(|record| record.agent == agent).count() > limit {
            let oldest = earlier.iter().position(|record| record.agent == agent);
            oldest.map(|place| earlier.remove(place));
        }
    }

    /// Forgets what happened before `before`, except for where the account is.
    pub fn forget(&mut self, before: i64) {
        if let Some(Earlier(earlier)) = self.earlier.as_deref_mut() {
            earlier.drain(..earlier.partition_point(|record| record.at < before));
            if earlier.is_empty() {
                self.earlier = None;
            }
        }
    }
}
