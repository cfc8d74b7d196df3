//! Holds events back until their accounts have stayed as they are for a while.
//!
//! An event is left out if another one of its account at its source arrives within the settle time; the one that remains says
//! how many were. That is decided by the times at which the log got them, so that every reader decides the same. An account
//! that never stays is reported all the same: time is divided into windows of ten settle times, and no event is left out for
//! one of a later window.

use std::collections::{HashMap, VecDeque};

use group_dispatch_types::{Source, WhatsAppNumber};

use crate::event_log::stream::{StreamEvent, StreamPosition};

/// How many settle times a window has.
const WINDOW: i64 = 10;

/// See the [module](self). All times are in milliseconds, by one clock.
pub struct Settler {
    time: i64,
    held: VecDeque<Held>,
    /// The number of the last event of each account that is held.
    last: HashMap<(WhatsAppNumber, Source), u64>,
    /// The number of the first event that is held.
    first: u64,
    /// The position up to which nothing is held any more.
    passed: StreamPosition,
}

struct Held {
    event: StreamEvent,
    /// When it may go.
    due: i64,
    /// How many events were left out for it.
    before: u32,
    is_left_out: bool,
}

impl Settler {
    /// Makes one for a reader that begins at a position.
    pub fn new(time: i64, position: StreamPosition) -> Self {
        Self { time, held: VecDeque::new(), last: HashMap::new(), first: 0, passed: position }
    }

    /// Takes the next event of the log, which came at the time `now`.
    pub fn push(&mut self, event: StreamEvent, now: i64) {
        let account = (event.logged.event.whatsapp, event.logged.event.source);
        let number = self.first + self.held.len() as u64;
        let mut before = 0;
        if let Some(last) = self.last.insert(account, number)
            && let Some(earlier) = last.checked_sub(self.first).and_then(|place| self.held.get_mut(place as usize))
        {
            let window = |event: &StreamEvent| event.arrived.div_euclid(self.time * WINDOW);
            let is_soon = event.arrived - earlier.event.arrived < self.time;
            if is_soon && window(&event) == window(&earlier.event) {
                earlier.is_left_out = true;
                before = earlier.before + 1;
            }
        }
        // The clock of the database may be ahead.
        let due = event.arrived.min(now) + self.time;
        self.held.push_back(Held { event, due, before, is_left_out: false });
    }

    /// Returns the next event that has stayed until `now`, and how many were left out for it.
    pub fn pop(&mut self, now: i64) -> Option<(StreamEvent, u32)> {
        while let Some(held) = self.held.front().filter(|held| held.is_left_out || held.due <= now) {
            let (is_left_out, before) = (held.is_left_out, held.before);
            let event = self.held.pop_front()?.event;
            let account = (event.logged.event.whatsapp, event.logged.event.source);
            if self.last.get(&account) == Some(&self.first) {
                self.last.remove(&account);
            }
            self.first += 1;
            self.passed = event.position;
            if !is_left_out {
                return Some((event, before));
            }
        }
        None
    }

    /// Returns when the next event may go; `None` if none is held.
    pub fn due(&self) -> Option<i64> {
        self.held.front().map(|held| held.due)
    }

    /// Returns how many events are held.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Returns the position up to which nothing is held, of a reader that has read up to `read`.
    pub fn position(&self, read: StreamPosition) -> StreamPosition {
        if self.held.is_empty() { read } else { self.passed }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use group_dispatch_types::{AccountStatus, StatusDetail};
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::{
        event::{LoggedEvent, Provenance, StatusEvent},
        tenant::TenantNumber,
    };

    const TIME: i64 = 1_000;

    fn position(seq: u64) -> StreamPosition {
        format!("{seq}.00000000").parse().unwrap()
    }

    fn event(seq: u64, account: u64, arrived: i64) -> StreamEvent {
        let event = StatusEvent {
            event_id: None,
            user_id: 1_u32.into(),
            agent_account: "lsl001".into(),
            user_name: None,
            whatsapp: (8_618_217_331_411 + account).try_into().unwrap(),
            name: None,
            status: AccountStatus::Online,
            source: Source::Pc,
            country_code: String::new(),
            detail_status: StatusDetail::PcOnline,
            at: arrived,
            provenance: Provenance::Fed,
        };
        StreamEvent { position: position(seq), arrived, tenant: TenantNumber(1), logged: LoggedEvent { seq, event } }
    }

    /// What each event of a list gets, by the definition: whether it stays, and how many were left out before it.
    fn expected(events: &[(u64, i64)]) -> Vec<(u64, u32)> {
        let is_left_out = |index: usize| {
            let (account, arrived) = events[index];
            let next = events[index + 1..].iter().find(|(other, _)| *other == account);
            next.is_some_and(|(_, next)| next - arrived < TIME && next / (10 * TIME) == arrived / (10 * TIME))
        };
        let mut stay = Vec::new();
        for (index, (account, _)) in events.iter().enumerate().filter(|(index, _)| !is_left_out(*index)) {
            let earlier = (0..index).rev().filter(|earlier| events[*earlier].0 == *account);
            stay.push((index as u64, earlier.take_while(|earlier| is_left_out(*earlier)).count() as u32));
        }
        stay
    }

    proptest! {
        /// Whenever the reader looks: what stays comes once, in order, no earlier than its time.
        #[test]
        fn what_stays_is_reported_once_and_in_order(
            steps in vec((0..4_u64, 0..1_500_i64, any::<bool>()), 1..60),
        ) {
            let mut now = 100_000;
            let mut events = Vec::new();
            let mut settler = Settler::new(TIME, position(0));
            let mut reported = Vec::new();
            for (index, (account, later, looks)) in steps.into_iter().enumerate() {
                now += later;
                // What is due by then goes first, as a reader's timer sees to.
                while settler.due().is_some_and(|due| due <= now) {
                    match settler.pop(now) {
                        Some((event, before)) => {
                            prop_assert!(event.arrived + TIME <= now);
                            reported.push((event.logged.seq, before));
                        }
                        None => break,
                    }
                }
                events.push((account, now));
                settler.push(event(index as u64, account, now), now);
                if looks && let Some((event, before)) = settler.pop(now) {
                    reported.push((event.logged.seq, before));
                }
                if let Some((last, _)) = reported.last() {
                    prop_assert!(settler.position(position(index as u64)) >= position(*last), "no event comes twice");
                }
            }
            while let Some((event, before)) = settler.pop(i64::MAX) {
                reported.push((event.logged.seq, before));
            }
            prop_assert_eq!(reported, expected(&events));
            prop_assert_eq!((settler.held(), settler.last.len()), (0, 0));
        }
    }
}
