//! The order of the events of one second: which one the input has, and storing a newest-first input from its end.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
};

use anyhow::Context;
use group_dispatch_server::event::StatusEvent;
use group_dispatch_types::{Source, UserId, WhatsAppNumber};

/// Whether later events stand later or earlier in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    OldestFirst,
    NewestFirst,
}

/// Derives the direction from the times: of each agent's events at one source, for a log lists agent after agent.
#[derive(Default)]
pub struct Detector {
    groups: HashMap<(UserId, Source), Group>,
    rises: bool,
    falls: bool,
    has_ties: bool,
}

/// The events of an agent at a source that have the time of the last one.
#[derive(Default)]
struct Group {
    at: i64,
    accounts: HashSet<WhatsAppNumber>,
}

impl Detector {
    pub fn observe(&mut self, event: &StatusEvent) {
        let group = self
            .groups
            .entry((event.user_id, event.source))
            .or_insert_with(|| Group { at: event.at, accounts: HashSet::new() });
        if event.at != group.at {
            self.rises |= event.at > group.at;
            self.falls |= event.at < group.at;
            group.at = event.at;
            group.accounts.clear();
        }
        self.has_ties |= !group.accounts.insert(event.whatsapp);
    }

    /// Returns the direction, or `None` if times both rise and fall or are all equal.
    pub const fn direction(&self) -> Option<Direction> {
        match (self.rises, self.falls) {
            (true, false) => Some(Direction::OldestFirst),
            (false, true) => Some(Direction::NewestFirst),
            _ => None,
        }
    }

    /// Whether the direction matters or may matter later, so that a writer that is only slow gets more time.
    pub const fn needs_more(&self) -> bool {
        match self.direction() {
            Some(Direction::NewestFirst) => true,
            Some(Direction::OldestFirst) => false,
            None => self.has_ties,
        }
    }

    /// Whether the direction matters: an account has several events at one time.
    pub const fn has_ties(&self) -> bool {
        self.has_ties
    }
}

/// Holds the events of a newest-first input on disk until all are read, and returns them from the last to the first.
///
/// Events of one account and time may stand far apart, with those of other agents between them, so that no window of
/// fixed size is enough. Memory holds one run of events and a number for each run.
pub struct Spool {
    file: File,
    /// Where each run begins, and how many bytes it has.
    runs: Vec<(u64, usize)>,
    end: u64,
}

impl Spool {
    pub fn new() -> anyhow::Result<Self> {
        let file = tempfile::tempfile().context(CANNOT_SPOOL)?;
        Ok(Self { file, runs: Vec::new(), end: 0 })
    }

    pub fn push(&mut self, events: &[StatusEvent]) -> anyhow::Result<()> {
        let run: Vec<_> = events.iter().map(to_stored).collect();
        let bytes = serde_json::to_vec(&run)?;
        self.file.write_all(&bytes).context(CANNOT_SPOOL)?;
        self.runs.push((self.end, bytes.len()));
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Returns the last run that was not returned yet, reversed.
    pub fn pop(&mut self) -> anyhow::Result<Option<Vec<StatusEvent>>> {
        let Some((start, length)) = self.runs.pop() else { return Ok(None) };
        let mut bytes = vec![0; length];
        self.file.seek(SeekFrom::Start(start)).context(CANNOT_SPOOL)?;
        self.file.read_exact(&mut bytes).context(CANNOT_SPOOL)?;
        let run: Vec<Stored> = serde_json::from_slice(&bytes)?;
        run.into_iter().rev().map(from_stored).collect::<anyhow::Result<_>>().map(Some)
    }
}

const CANNOT_SPOOL: &str = "cannot use a temporary file, in which a newest-first input is kept until it is read; \
                            expected room for it in the temporary folder (TMPDIR)";

/// An event with all its members as they are; its contract's form reads small times as seconds.
type Stored = ((Option<String>, u64, String, Option<String>, String, Option<String>), (i32, i32, String, i32, i64));

fn to_stored(event: &StatusEvent) -> Stored {
    let event = event.clone();
    (
        (
            event.event_id,
            event.user_id.get(),
            event.agent_account,
            event.user_name,
            event.whatsapp.to_string(),
            event.name,
        ),
        (event.status.code(), event.source.code(), event.country_code, event.detail_status.code(), event.at),
    )
}

fn from_stored(stored: Stored) -> anyhow::Result<StatusEvent> {
    let ((event_id, user_id, agent_account, user_name, whatsapp, name), rest) = stored;
    let (status, source, country_code, detail_status, at) = rest;
    Ok(StatusEvent {
        event_id,
        user_id: user_id.to_string().parse()?,
        agent_account,
        user_name,
        whatsapp: whatsapp.parse()?,
        name,
        status: status.into(),
        source: source.into(),
        country_code,
        detail_status: detail_status.into(),
        at,
    })
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::UtcOffset;

    use super::*;

    fn event(agent: u64, account: u64, at: i64) -> StatusEvent {
        let json = format!(
            r#"{{"userId": {agent}, "agentAccount": "a", "whatsApp": "{account}", "source": 9, "status": 77, "detailStatus": 99, "createTime": 1}}"#
        );
        StatusEvent { at, ..StatusEvent::from_json(json.as_bytes(), UtcOffset::UTC).unwrap() }
    }

    fn detected<const COUNT: usize>(events: [(u64, u64, i64); COUNT]) -> (Option<Direction>, bool) {
        let mut detector = Detector::default();
        for (agent, account, at) in events {
            detector.observe(&event(agent, account, at));
        }
        (detector.direction(), detector.has_ties())
    }

    #[test]
    fn the_direction_is_derived_from_the_times_of_each_agent() {
        let (oldest, newest) = (Some(Direction::OldestFirst), Some(Direction::NewestFirst));
        assert_eq!(detected([]), (None, false));
        assert_eq!(detected([(1, 1, 5), (1, 1, 5)]), (None, true));
        assert_eq!(detected([(1, 1, 5), (1, 2, 5)]), (None, false), "two accounts are no tie");
        assert_eq!(detected([(1, 1, 5), (1, 1, 5), (1, 1, 6)]), (oldest, true));
        assert_eq!(
            detected([(1, 1, 5), (1, 1, 4), (2, 1, 9), (2, 1, 9)]),
            (newest, true),
            "the next agent has a direction of its own"
        );
        assert_eq!(detected([(1, 1, 5), (1, 1, 4), (1, 1, 6)]), (None, false));
        assert_eq!(detected([(1, 1, 5), (2, 1, 4)]), (None, false), "agents are apart");
    }

    #[test]
    fn more_is_awaited_where_ties_may_be_stored_the_wrong_way_round() {
        let needs_more = |events: &[(u64, u64, i64)]| {
            let mut detector = Detector::default();
            events.iter().for_each(|(agent, account, at)| detector.observe(&event(*agent, *account, *at)));
            detector.needs_more()
        };
        assert!(needs_more(&[(1, 1, 5), (1, 2, 4)]), "times fall, and ties may follow");
        assert!(needs_more(&[(1, 1, 5), (1, 1, 5)]), "a tie, and no direction yet");
        assert!(!needs_more(&[(1, 1, 5), (1, 1, 5), (1, 1, 6)]), "oldest first is how it is stored");
        assert!(!needs_more(&[(1, 1, 5)]), "nothing to decide");
    }

    #[test]
    fn a_spool_returns_all_events_unchanged_from_the_last_to_the_first() {
        let mut events: Vec<_> = (0..25).map(|n| event(1, 100 + n, 3 - n.cast_signed())).collect();
        events[3].name = Some(String::new());
        events[4].event_id = Some("e".to_owned());
        events[5].user_name = Some("日本 \"x\"\n".to_owned());
        let mut spool = Spool::new().unwrap();
        for run in events.chunks(10) {
            spool.push(run).unwrap();
        }
        let mut returned = Vec::new();
        while let Some(run) = spool.pop().unwrap() {
            returned.extend(run);
        }
        returned.reverse();
        assert!(returned == events);
    }
}
