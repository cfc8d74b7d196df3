//! Detects whether an input is oldest first or newest first.

use std::collections::{HashMap, HashSet};

use group_dispatch_server::event::StatusEvent;
use group_dispatch_types::{Source, UserId, WhatsAppNumber};

use super::line::Line;

/// The note on an input whose direction matters and is not known.
pub const UNKNOWN_ORDER: &str = "an account has several events at one time, and the times of the input don't show which \
                                 happened first: assuming oldest first; set --order newest-first or --order oldest-first";

/// Whether later events are further down or further up in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    OldestFirst,
    NewestFirst,
}

/// Detects the direction by the times of each agent's events at one source: a log lists agent after agent.
#[derive(Default)]
pub struct OrderDetector {
    groups: HashMap<(UserId, Source), LatestGroup>,
    rises: bool,
    falls: bool,
    has_ties: bool,
}

/// The last events of an agent at a source that have one time.
#[derive(Default)]
struct LatestGroup {
    at: i64,
    accounts: HashSet<WhatsAppNumber>,
}

impl OrderDetector {
    /// Observes a line, unless it is invalid or its order is known.
    pub fn observe_line(&mut self, line: &Line) {
        if let Line { event: Ok(Some(event)), is_ordered: false, .. } = line {
            self.observe(event);
        }
    }

    fn observe(&mut self, event: &StatusEvent) {
        let group = self
            .groups
            .entry((event.user_id, event.source))
            .or_insert_with(|| LatestGroup { at: event.at, accounts: HashSet::new() });
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

    /// Returns whether the direction matters or may matter later, so that it is worth waiting for a slow writer.
    pub const fn needs_more(&self) -> bool {
        match self.direction() {
            Some(Direction::NewestFirst) => true,
            Some(Direction::OldestFirst) => false,
            None => self.has_ties,
        }
    }

    /// Returns whether the direction matters: an account has several events at one time.
    pub const fn has_ties(&self) -> bool {
        self.has_ties
    }
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

    fn detect<const COUNT: usize>(events: [(u64, u64, i64); COUNT]) -> (Option<Direction>, bool) {
        let mut detector = OrderDetector::default();
        for (agent, account, at) in events {
            detector.observe(&event(agent, account, at));
        }
        (detector.direction(), detector.has_ties())
    }

    #[test]
    fn the_times_of_each_agent_decide_the_direction() {
        let (oldest, newest) = (Some(Direction::OldestFirst), Some(Direction::NewestFirst));
        assert_eq!(detect([]), (None, false));
        assert_eq!(detect([(1, 1, 5), (1, 1, 5)]), (None, true));
        assert_eq!(detect([(1, 1, 5), (1, 2, 5)]), (None, false), "two accounts are no tie");
        assert_eq!(detect([(1, 1, 5), (1, 1, 5), (1, 1, 6)]), (oldest, true));
        assert_eq!(
            detect([(1, 1, 5), (1, 1, 4), (2, 1, 9), (2, 1, 9)]),
            (newest, true),
            "the next agent has a direction of its own"
        );
        assert_eq!(detect([(1, 1, 5), (1, 1, 4), (1, 1, 6)]), (None, false));
        assert_eq!(detect([(1, 1, 5), (2, 1, 4)]), (None, false), "agents are apart");
    }

    #[test]
    fn more_lines_are_needed_while_ties_may_be_stored_in_the_wrong_order() {
        let needs_more = |events: &[(u64, u64, i64)]| {
            let mut detector = OrderDetector::default();
            events.iter().for_each(|(agent, account, at)| detector.observe(&event(*agent, *account, *at)));
            detector.needs_more()
        };
        assert!(needs_more(&[(1, 1, 5), (1, 2, 4)]), "times fall, and ties may follow");
        assert!(needs_more(&[(1, 1, 5), (1, 1, 5)]), "a tie, and no direction yet");
        assert!(!needs_more(&[(1, 1, 5), (1, 1, 5), (1, 1, 6)]), "oldest first is how it is stored");
        assert!(!needs_more(&[(1, 1, 5)]), "nothing to decide");
    }
}
