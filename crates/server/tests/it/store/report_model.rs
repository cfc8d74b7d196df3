//! Sessions and sums by their definition (D61), from all events at once: slow, and written without what the server computes with.

use std::collections::{BTreeMap, BTreeSet};

use group_dispatch_server::{
    event::{Provenance, ProvenanceKind, StatusEvent},
    store::{FactFilter, Gap, Grouping, Row, Subject, Subjects, Sums},
};
use group_dispatch_types::{AccountStatus, Source, UserId, WhatsAppNumber, history::CalendarDay};

/// An event and its number.
#[derive(Clone)]
pub struct Known {
    pub seq: u64,
    pub event: StatusEvent,
}

impl Known {
    fn place(&self) -> (i64, u64) {
        (self.event.at, self.seq)
    }
}

/// A session, with the times and numbers of the events with which it began and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub agent: UserId,
    pub account: WhatsAppNumber,
    pub source: Source,
    pub began: (i64, u64),
    pub ended: Option<(i64, u64)>,
    pub is_flap: bool,
}

/// What is known at a time.
pub struct Model {
    events: Vec<Known>,
    sessions: Vec<Session>,
    gaps: Vec<Gap>,
    /// With which accounts each agent has had events at each source.
    accounts: BTreeSet<(Source, UserId, WhatsAppNumber)>,
    end: i64,
}

impl Model {
    /// Takes the events before `end` that a filter selects, whatever their agents are.
    pub fn new(all: &[Known], gaps: &[Gap], filter: &FactFilter, end: i64) -> Self {
        let mut events: Vec<Known> = all
            .iter()
            .filter(|known| !is_copy(known, all) && known.event.at < end)
            .filter(|known| filter.whatsapp.is_none_or(|number| number == known.event.whatsapp))
            .filter(|known| filter.source.is_none_or(|source| source == known.event.source))
            .cloned()
            .collect();
        events.sort_by_key(Known::place);
        let sessions = sessions(&events);
        let account = |known: &Known| (known.event.source, known.event.user_id, known.event.whatsapp);
        Self { events, sessions, gaps: gaps.to_vec(), accounts: all.iter().map(account).collect(), end }
    }

    /// Returns the sessions that end at `from` or later and begin before `to`, and whether a gap touches each.
    pub fn sessions(&self, agents: Option<UserId>, from: i64, to: i64) -> Vec<(Session, bool)> {
        let mut selected: Vec<Session> = self
            .sessions
            .iter()
            .filter(|session| agents.is_none_or(|agent| agent == session.agent))
            .filter(|session| session.began.0 < to && session.ended.is_none_or(|(at, _)| at >= from))
            .copied()
            .collect();
        selected.sort_by_key(|session| match session.ended {
            Some(ended) => (0, ended),
            None => (1, session.began),
        });
        let is_touched = |session: &Session| {
            self.gaps.iter().any(|gap| {
                (gap.source, gap.user_id) == (session.source, session.agent)
                    && gap.whatsapp.is_none_or(|account| account == session.account)
                    && gap.from.is_none_or(|from| from < session.ended.map_or(self.end, |(at, _)| at))
                    && gap.to >= session.began.0
            })
        };
        selected.into_iter().map(|session| (session, is_touched(&session))).collect()
    }

    /// Returns the rows of a report over stretches of time.
    pub fn rows(
        &self,
        grouping: Grouping,
        filter: &FactFilter,
        stretches: &[(Option<CalendarDay>, i64, i64)],
    ) -> Vec<Row> {
        let is_selected = |agent: UserId| filter.user_id.is_none_or(|selected| selected == agent);
        let subject = |agent: UserId, account: WhatsAppNumber| match grouping.subjects {
            Subjects::Agents => Subject::Agent(agent),
            Subjects::Accounts => Subject::Account(account),
            Subjects::All => Subject::All,
        };
        let mut rows = Vec::new();
        for &(day, from, to) in stretches {
            if from >= self.end {
                continue;
            }
            let to = to.min(self.end);
            let mut of = BTreeMap::<Subject, Sums>::new();
            if grouping.subjects == Subjects::All {
                of.entry(Subject::All).or_default();
            }
            let mut online = BTreeMap::<Subject, Vec<(i64, i64)>>::new();
            for session in self.sessions.iter().filter(|session| is_selected(session.agent)) {
                let subject = subject(session.agent, session.account);
                let (begin, end) = (session.began.0, session.ended.map_or(self.end, |(at, _)| at));
                let is_there = begin < to && (end > from || begin == end && begin >= from);
                if is_there {
                    of.entry(subject).or_default().sessions += 1;
                    online.entry(subject).or_default().push((begin.max(from), end.min(to)));
                }
                if session.is_flap && (from..to).contains(&begin) {
                    of.entry(subject).or_default().flaps += 1;
                }
            }
            for known in &self.events {
                let StatusEvent { user_id, whatsapp, status, at, .. } = known.event;
                if (from..to).contains(&at) && is_selected(user_id) {
                    match status {
                        AccountStatus::Disconnected => {
                            of.entry(subject(user_id, whatsapp)).or_default().disconnects += 1
                        }
                        AccountStatus::Banned => of.entry(subject(user_id, whatsapp)).or_default().bans += 1,
                        _ => {}
                    }
                }
            }
            for subject in self.unseen(grouping, filter, from, to) {
                of.entry(subject).or_default().at_least = true;
            }
            for (subject, mut sums) in of {
                (sums.online, sums.longest_absence) = measure(online.remove(&subject).unwrap_or_default(), from, to);
                rows.push(Row { day, subject, sums });
            }
        }
        rows
    }

    /// Returns whose rows gaps touch.
    fn unseen(&self, grouping: Grouping, filter: &FactFilter, from: i64, to: i64) -> BTreeSet<Subject> {
        let accounts_of = |gap: &Gap| -> BTreeSet<WhatsAppNumber> {
            let of_agent =
                self.accounts.iter().filter(|(source, agent, _)| (*source, *agent) == (gap.source, gap.user_id));
            let accounts = of_agent.map(|(.., account)| *account);
            accounts.filter(|account| filter.whatsapp.is_none_or(|selected| selected == *account)).collect()
        };
        let mut touched = BTreeSet::new();
        for gap in &self.gaps {
            let is_selected = filter.user_id.is_none_or(|agent| agent == gap.user_id)
                && filter.source.is_none_or(|source| source == gap.source)
                && filter.whatsapp.is_none_or(|account| match gap.whatsapp {
                    Some(of) => of == account,
                    None => accounts_of(gap).contains(&account),
                });
            if !is_selected || gap.to < from || gap.from.is_some_and(|begin| begin >= to) {
                continue;
            }
            match (grouping.subjects, gap.whatsapp) {
                (Subjects::Agents, _) => drop(touched.insert(Subject::Agent(gap.user_id))),
                (Subjects::All, _) => drop(touched.insert(Subject::All)),
                (Subjects::Accounts, Some(account)) => drop(touched.insert(Subject::Account(account))),
                (Subjects::Accounts, None) => touched.extend(accounts_of(gap).into_iter().map(Subject::Account)),
            }
        }
        touched
    }
}

/// Whether an event is a copy: a fed one that is not later than as many others as logged ones say the same of its second.
fn is_copy(known: &Known, all: &[Known]) -> bool {
    let says = |event: &StatusEvent| {
        let StatusEvent { user_id, whatsapp, source, status, detail_status, at, .. } = *event;
        (user_id, whatsapp, source, status, detail_status, at.div_euclid(1000))
    };
    let of = |kind| {
        let same = all.iter().filter(|other| says(&other.event) == says(&known.event));
        same.filter(move |other| other.event.provenance.kind() == kind)
    };
    let earlier = of(ProvenanceKind::Fed).filter(|other| other.place() < known.place()).count();
    known.event.provenance == Provenance::Fed && earlier < of(ProvenanceKind::Logged).count()
}

/// The agent with which an account is online after events at one source, by D16.
fn online_agent(events: &[&Known]) -> Option<UserId> {
    let claims = |known: &&&Known| matches!(known.event.status, AccountStatus::Online | AccountStatus::Banned);
    let holder = events.iter().rfind(claims)?.event.user_id;
    let latest = events.iter().rfind(|known| known.event.user_id == holder)?;
    (latest.event.status == AccountStatus::Online).then_some(holder)
}

fn sessions(events: &[Known]) -> Vec<Session> {
    let places: BTreeSet<_> = events.iter().map(|known| (known.event.whatsapp, known.event.source)).collect();
    let mut sessions = Vec::<Session>::new();
    for (account, source) in places {
        let here: Vec<&Known> =
            events.iter().filter(|known| (known.event.whatsapp, known.event.source) == (account, source)).collect();
        let first = sessions.len();
        for last in 0..here.len() {
            let (before, now) = (online_agent(&here[..last]), online_agent(&here[..=last]));
            if before == now {
                continue;
            }
            let place = here[last].place();
            if before.is_some() {
                sessions.last_mut().unwrap().ended = Some(place);
            }
            if let Some(agent) = now {
                let is_flap = sessions[first..].last().is_some_and(|session| {
                    session.agent == agent && session.ended.is_some_and(|(ended, _)| place.0 - ended <= 60_000)
                });
                sessions.push(Session { agent, account, source, began: place, ended: None, is_flap });
            }
        }
    }
    sessions
}

/// Returns how long it was online, and the longest time without that.
fn measure(mut online: Vec<(i64, i64)>, from: i64, to: i64) -> (i64, i64) {
    online.retain(|(begin, end)| begin < end);
    online.sort_unstable();
    let (mut sum, mut longest, mut reached) = (0, 0, from);
    for (begin, end) in online {
        longest = longest.max(begin - reached);
        sum += (end - begin.max(reached)).max(0);
        reached = reached.max(end);
    }
    (sum, longest.max(to - reached))
}
