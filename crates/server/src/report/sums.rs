//! The rows of a report: sums over agents, accounts or everything, for each day or for all days.
//!
//! A row is online while at least one of its accounts is, at any source. Each subject counts its sessions that last; what lies
//! between two changes of "at least one" goes to the days that it touches.

use std::collections::{HashMap, HashSet};

use group_dispatch_types::{AccountStatus, Source, UserId, WhatsAppNumber, history::CalendarDay};

use super::{
    days::Day,
    feed::Sink,
    timeline::{Change, Session, Timeline},
};
use crate::event::fact::StatusFact;

/// Rows that a report has at most.
pub const MAX_ROWS: usize = 100_000;

/// What the rows are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// Whose sums they are.
    pub subjects: Subjects,
    /// Whether each day has rows of its own.
    pub by_day: bool,
}

/// Whose sums the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Each agent's.
    Agents,
    /// Each account's.
    Accounts,
    /// Those of all accounts together.
    All,
}

/// Whose sums a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// An agent's.
    Agent(UserId),
    /// An account's.
    Account(WhatsAppNumber),
    /// Those of all accounts together.
    All,
}

/// What a report is about.
#[derive(Clone)]
pub struct Plan {
    /// The rows.
    pub grouping: Grouping,
    /// The days, one after the other; at least one.
    pub days: Vec<Day>,
    /// The time after which nothing is known: nothing at or after it counts.
    pub now: i64,
    /// Only these agents count.
    pub agents: Option<HashSet<UserId>>,
    /// The account to which the facts are restricted.
    pub whatsapp: Option<WhatsAppNumber>,
    /// The time before which events are deleted; `None` if none are.
    pub known_since: Option<i64>,
}

impl Plan {
    /// Returns the end: that of the last day, or now.
    #[must_use]
    pub fn end(&self) -> i64 {
        self.days.last().map_or(self.now, |last| last.to.min(self.now))
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The day; `None` if it is about all days.
    pub day: Option<CalendarDay>,
    /// Whose sums it has.
    pub subject: Subject,
    /// The sums.
    pub sums: Sums,
}

/// The sums of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How long it was online, in milliseconds.
    pub online: i64,
    /// The longest time without being online, in milliseconds.
    pub longest_absence: i64,
    /// Sessions of its accounts that were there at any time of the row.
    pub sessions: u32,
    /// Facts with status 20.
    pub disconnects: u32,
    /// Facts with status 40.
    pub bans: u32,
    /// Sessions that began shortly after the last one had ended.
    pub flaps: u32,
    /// Whether a gap touches it.
    pub at_least: bool,
}

/// A time in which nobody could see everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// Where it is.
    pub source: Source,
    /// Whose accounts it is about.
    pub user_id: UserId,
    /// The account; `None`: any one of the agent.
    pub whatsapp: Option<WhatsAppNumber>,
    /// When it begins; `None`: at the beginning of time.
    pub from: Option<i64>,
    /// When it ends, inclusive.
    pub to: i64,
}

impl Unseen {
    /// Returns whether it touches a session with this end.
    #[must_use]
    pub fn touches(&self, session: &Session, end: i64) -> bool {
        self.source == session.source
            && self.user_id == session.user_id
            && self.whatsapp.is_none_or(|account| account == session.whatsapp)
            && self.from.is_none_or(|from| from < end)
            && self.to >= session.began.at
    }
}

/// A part of the time of a report: a day, or all days.
struct Stretch {
    day: Option<CalendarDay>,
    from: i64,
    to: i64,
}

/// A subject between two changes.
struct Presence {
    /// How many sessions last.
    sessions: u32,
    online_since: i64,
    absent_since: i64,
}

/// With which accounts agents have had events at a source.
pub type AgentAccounts = HashMap<(Source, UserId), HashSet<WhatsAppNumber>>;

/// See the [module](self).
pub struct Report {
    subjects: Subjects,
    agents: Option<HashSet<UserId>>,
    whatsapp: Option<WhatsAppNumber>,
    known_since: Option<i64>,
    stretches: Vec<Stretch>,
    presence: HashMap<Subject, Presence>,
    rows: HashMap<(usize, Subject), Sums>,
}

impl Report {
    /// Begins a report, with what is online before the first fact.
    #[must_use]
    pub fn new(plan: Plan, timeline: &Timeline) -> Self {
        let end = plan.end();
        let Plan { grouping: Grouping { subjects, by_day }, days, agents, whatsapp, known_since, .. } = plan;
        let begun = days.iter().filter(|day| day.from < end);
        let mut stretches: Vec<Stretch> =
            begun.map(|day| Stretch { day: Some(day.date), from: day.from, to: day.to.min(end) }).collect();
        if !by_day && let (Some(first), Some(last)) = (stretches.first(), stretches.last()) {
            stretches = vec![Stretch { day: None, from: first.from, to: last.to }];
        }
        let mut report =
            Self { subjects, agents, whatsapp, known_since, stretches, presence: HashMap::new(), rows: HashMap::new() };
        for session in timeline.lasting().filter(|session| report.is_selected(session.user_id)).collect::<Vec<_>>() {
            report.begin(report.subject(session.user_id, session.whatsapp), session.began.at);
        }
        report
    }

    /// Returns whether there are more rows than a report may have.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.rows.len() > MAX_ROWS
    }

    /// Returns the rows, by day and then by agent or account. `timeline` is what is online at the end; `unseen` are the gaps that
    /// touch the time of the report, and `accounts` those of agents with such gaps.
    #[must_use]
    pub fn finish(mut self, timeline: &Timeline, unseen: &[Unseen], accounts: &AgentAccounts) -> Vec<Row> {
        let end = self.stretches.last().map_or(i64::MIN, |last| last.to);
        for session in timeline.lasting() {
            self.end(&session, end);
        }
        for unseen in unseen {
            self.mark(unseen, accounts);
        }
        if self.subjects == Subjects::All {
            for stretch in 0..self.stretches.len() {
                self.rows.entry((stretch, Subject::All)).or_default();
            }
        }
        let mut rows: Vec<_> = self.rows.into_iter().collect();
        rows.sort_unstable_by_key(|(place, _)| *place);
        let row = |((stretch, subject), sums): ((usize, Subject), Sums)| {
            let Stretch { day, from, to } = self.stretches[stretch];
            let length = to - from;
            let longest_absence = match self.presence.get(&subject) {
                _ if sums.online == 0 => length,
                // The time after the last change is in no row yet.
                Some(presence) => sums.longest_absence.max(to - presence.absent_since.clamp(from, to)),
                None => sums.longest_absence,
            };
            let at_least = sums.at_least || self.known_since.is_some_and(|since| from < since);
            let is_empty = Sums { longest_absence: 0, ..sums } == Sums::default();
            let sums = Sums { longest_absence, at_least, ..sums };
            (subject == Subject::All || !is_empty).then_some(Row { day, subject, sums })
        };
        rows.into_iter().filter_map(row).collect()
    }

    fn is_selected(&self, agent: UserId) -> bool {
        self.agents.as_ref().is_none_or(|agents| agents.contains(&agent))
    }

    fn subject(&self, agent: UserId, account: WhatsAppNumber) -> Subject {
        match self.subjects {
            Subjects::Agents => Subject::Agent(agent),
            Subjects::Accounts => Subject::Account(account),
            Subjects::All => Subject::All,
        }
    }

    /// Counts a fact in the stretch of its time.
    fn count(&mut self, subject: Subject, at: i64, counter: impl FnOnce(&mut Sums) -> &mut u32) {
        let stretch = self.first_stretch(at);
        if self.stretches.get(stretch).is_some_and(|stretch| stretch.from <= at) {
            *counter(self.rows.entry((stretch, subject)).or_default()) += 1;
        }
    }

    /// Returns the first stretch that ends after a time.
    fn first_stretch(&self, at: i64) -> usize {
        self.stretches.partition_point(|stretch| stretch.to <= at)
    }

    fn begin(&mut self, subject: Subject, at: i64) {
        let start = self.stretches.first().map_or(at, |first| first.from);
        let presence = self.presence.entry(subject);
        let presence = presence.or_insert(Presence { sessions: 0, online_since: at, absent_since: start });
        if presence.sessions == 0 {
            presence.online_since = at;
        }
        presence.sessions += 1;
    }

    /// Ends a session of an agent that counts, in the sums.
    fn end(&mut self, session: &Session, at: i64) {
        if !self.is_selected(session.user_id) {
            return;
        }
        let subject = self.subject(session.user_id, session.whatsapp);
        self.count_session(subject, session.began.at, at);
        let Some(presence) = self.presence.get_mut(&subject) else { return };
        presence.sessions -= 1;
        let (absent_since, online_since) = (presence.absent_since, presence.online_since);
        // What lasts less than a millisecond interrupts nothing.
        if presence.sessions == 0 && at > online_since {
            presence.absent_since = at;
            self.add_absence(subject, absent_since, online_since);
            self.add_online(subject, online_since, at);
        }
    }

    fn count_session(&mut self, subject: Subject, from: i64, to: i64) {
        let first = self.first_stretch(from);
        for (place, stretch) in self.stretches.iter().enumerate().skip(first) {
            // One that ends as it begins is at that moment.
            let is_there = if from == to { stretch.from <= from } else { stretch.from < to };
            if !is_there {
                break;
            }
            if stretch.from < stretch.to {
                self.rows.entry((place, subject)).or_default().sessions += 1;
            }
        }
    }

    fn add_online(&mut self, subject: Subject, from: i64, to: i64) {
        let first = self.first_stretch(from);
        for (place, stretch) in self.stretches.iter().enumerate().skip(first) {
            let (from, to) = (from.max(stretch.from), to.min(stretch.to));
            if from >= to {
                break;
            }
            self.rows.entry((place, subject)).or_default().online += to - from;
        }
    }

    /// Adds an absence to the stretches in which it begins and ends. Those between have no time online, and need none.
    fn add_absence(&mut self, subject: Subject, from: i64, to: i64) {
        let last = self.first_stretch(to).min(self.stretches.len().saturating_sub(1));
        for place in [self.first_stretch(from), last] {
            let Some(stretch) = self.stretches.get(place) else { continue };
            let length = to.min(stretch.to) - from.max(stretch.from);
            if length > 0 {
                let sums = self.rows.entry((place, subject)).or_default();
                sums.longest_absence = sums.longest_absence.max(length);
            }
        }
    }

    /// Marks the rows that a gap touches.
    fn mark(&mut self, unseen: &Unseen, accounts: &AgentAccounts) {
        let of_agent = accounts.get(&(unseen.source, unseen.user_id));
        let is_selected = |account: &WhatsAppNumber| self.whatsapp.is_none_or(|selected| selected == *account);
        let of_agent = of_agent.into_iter().flatten().copied().filter(is_selected);
        let accounts: Vec<WhatsAppNumber> = unseen.whatsapp.map_or_else(|| of_agent.collect(), |account| vec![account]);
        if self.whatsapp.is_some() && accounts.is_empty() {
            return;
        }
        let subjects: Vec<Subject> = match self.subjects {
            Subjects::Agents => vec![Subject::Agent(unseen.user_id)],
            Subjects::All => vec![Subject::All],
            Subjects::Accounts => accounts.into_iter().map(Subject::Account).collect(),
        };
        let first = unseen.from.map_or(0, |from| self.first_stretch(from));
        for stretch in first..self.stretches.partition_point(|stretch| stretch.from <= unseen.to) {
            for subject in &subjects {
                self.rows.entry((stretch, *subject)).or_default().at_least = true;
            }
        }
    }
}

impl Sink for Report {
    fn take(&mut self, fact: &StatusFact, change: Change) {
        if let Some(session) = change.ended {
            self.end(&session, fact.at);
        }
        if !self.is_selected(fact.user_id) {
            return;
        }
        let subject = self.subject(fact.user_id, fact.whatsapp);
        if let Some(began) = &change.began {
            self.begin(subject, fact.at);
            if began.is_flap {
                self.count(subject, fact.at, |sums| &mut sums.flaps);
            }
        }
        match fact.status {
            AccountStatus::Disconnected => self.count(subject, fact.at, |sums| &mut sums.disconnects),
            AccountStatus::Banned => self.count(subject, fact.at, |sums| &mut sums.bans),
            _ => {}
        }
    }

    fn is_done(&self) -> bool {
        self.is_too_large()
    }
}
