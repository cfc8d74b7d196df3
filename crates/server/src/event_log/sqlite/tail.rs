//! The events after the last segment, by account and by agent.
//!
//! They have no order in the file yet, so a page of one account would have to read all of them, up to a quarter of a million. Their
//! places are in memory instead, from the first such page on: for each event, that of the one before it of the same account and of
//! the same agent. A row that is gone since is skipped. When the list of segments changes, or an event was struck, the places
//! are read again.

use std::ops::Range;

use hashbrown::HashMap;
use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::{
    event_order::OrderedBy,
    read::{self, columns},
};
use crate::{event::LoggedEvent, event_log::history::EventSearch};

/// Places at most; behind more, the rows are read as before.
const MAX_PLACES: i64 = 1 << 20;
/// Events that a page reads one by one. Reading more takes longer than reading all of them.
const MAX_READ_EVENTS: usize = 20_000;

const EVENT: &str = concat!("SELECT ", columns!(), " FROM status_event WHERE seq = ?1");

/// See the [module](self).
#[derive(Default)]
pub struct Tail {
    /// The version of the list of segments that it belongs to.
    version: i64,
    first_seq: i64,
    /// Of each event, by its number less `first_seq`: the one before it of its account, and of its agent.
    before: Vec<[Option<Place>; 2]>,
    /// The last event of each account and of each agent, with their tenant.
    last: [HashMap<(i64, i64), Place>; 2],
}

/// The number of an event less that of the first one, plus 1.
type Place = std::num::NonZeroU32;

impl Tail {
    /// Returns the events of some accounts or agents that a search selects, of those with these numbers, which are all after the last
    /// segment; `None` if reading all is faster. Those of an account or agent begin with the one that came last.
    pub fn find(
        &mut self,
        snapshot: &Transaction<'_>,
        search: &EventSearch,
        numbers: Range<i64>,
        by: OrderedBy,
        ids: &[i64],
    ) -> Result<Option<Vec<LoggedEvent>>> {
        if numbers.end - numbers.start > MAX_PLACES {
            *self = Self::default();
            return Ok(None);
        }
        self.catch_up(snapshot, &numbers)?;
        let mut event = snapshot.prepare_cached(EVENT)?;
        let (mut found, mut left) = (Vec::new(), MAX_READ_EVENTS);
        for id in ids {
            let mut place = self.last[by as usize].get(&(search.tenant.0, *id)).copied();
            while let Some(at) = place {
                let offset = at.get() - 1;
                let seq = self.first_seq + i64::from(offset);
                place = self.before[offset as usize][by as usize];
                // An older snapshot, or a later page.
                if seq >= numbers.end || search.horizon.is_some_and(|horizon| seq > horizon) {
                    continue;
                }
                if left == 0 {
                    return Ok(None);
                }
                left -= 1;
                let logged = event.query_row([seq], read::event).optional()?;
                found.extend(logged.filter(|(of, logged)| search.selects(*of, logged)).map(|(_, logged)| logged));
            }
        }
        Ok(Some(found))
    }

    /// Reads the places of the events that have come since.
    fn catch_up(&mut self, snapshot: &Transaction<'_>, numbers: &Range<i64>) -> Result<()> {
        const MEMBERS: &str =
            "SELECT seq, tenant, whatsapp, user_id FROM status_event WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
        let version: i64 =
            snapshot.prepare_cached("SELECT segments_version FROM log")?.query_row([], |row| row.get(0))?;
        if (version, numbers.start) != (self.version, self.first_seq) {
            *self = Self { version, first_seq: numbers.start, ..Self::default() };
        }
        let next = self.first_seq + self.before.len() as i64;
        let mut members = snapshot.prepare_cached(MEMBERS)?;
        let mut rows = members.query(params![next, numbers.end])?;
        while let Some(row) = rows.next()? {
            let offset = row.get::<_, i64>(0)? - self.first_seq;
            let Some(place) = u32::try_from(offset + 1).ok().and_then(Place::new) else { break };
            // Numbers may be missing.
            self.before.resize(offset as usize, [None; 2]);
            let tenant = row.get(1)?;
            let mut before = [None; 2];
            for (by, before) in before.iter_mut().enumerate() {
                *before = self.last[by].insert((tenant, row.get(2 + by)?), place);
            }
            self.before.push(before);
        }
        Ok(())
    }
}
