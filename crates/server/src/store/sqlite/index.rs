//! Which events are in the log already.
//!
//! A table of keys with an index would be written all over with every batch. Instead the keys of the events that came
//! last are in memory; when they are many they go to the file in order, as a segment, with a Bloom filter that tells
//! whether it is worth looking there. Each key is so written once, and hardly any is looked for in vain.

use std::collections::HashSet;

use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::{filter::Filter, read};
use crate::{
    event::StatusEvent,
    store::{event_key::event_key, log::TenantNumber},
};

/// So many keys are kept in memory at most, and so long is a segment.
pub const SEGMENT: usize = if cfg!(test) { 64 } else { 1 << 18 };

/// What tells an event from all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub tenant: i64,
    pub key: [u8; 16],
}

impl Key {
    pub fn of(tenant: TenantNumber, event: &StatusEvent) -> Self {
        Self { tenant: tenant.0, key: event_key(event) }
    }

    /// Two hashes.
    pub fn halves(&self) -> (u64, u64) {
        let hash = u128::from_le_bytes(self.key);
        // An odd number with its bits well mixed: the tenants' own numbers are small.
        let tenant = self.tenant.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((hash as u64) ^ tenant, (hash >> 64) as u64)
    }
}

/// The keys of all events up to some point.
#[derive(Default)]
pub struct Index {
    /// Of the list of segments as it was read last; 0 is none.
    version: i64,
    segments: Vec<(i64, Filter)>,
    /// Keys of the events that came after the last segment.
    recent: HashSet<Key>,
    first_seq: i64,
    last_seq: i64,
}

impl Index {
    /// Learns what others appended. It is true for as long as nobody else can write.
    pub fn catch_up(&mut self, change: &Transaction<'_>) -> Result<i64> {
        let (last_seq, version) = change
            .prepare_cached("SELECT last_seq, segments_version FROM log")?
            .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
        if version != self.version {
            *self = Self { version, ..Self::of_segments(change)? };
        }
        if last_seq > self.last_seq {
            let mut events = change.prepare_cached(read::EVENTS_AFTER)?;
            let mut rows = events.query(params![self.last_seq, i64::MAX])?;
            while let Some(row) = rows.next()? {
                let (tenant, logged) = read::event(row)?;
                self.recent.insert(Key::of(tenant, &logged.event));
            }
            self.last_seq = last_seq;
        }
        Ok(last_seq)
    }

    fn of_segments(change: &Transaction<'_>) -> Result<Self> {
        let mut index = Self { first_seq: 1, ..Self::default() };
        let mut segments = change.prepare("SELECT number, last_seq, filter FROM segment ORDER BY number")?;
        let mut rows = segments.query([])?;
        while let Some(row) = rows.next()? {
            index.segments.push((row.get(0)?, Filter::from_bytes(row.get(2)?)));
            index.last_seq = row.get(1)?;
            index.first_seq = index.last_seq + 1;
        }
        Ok(index)
    }

    pub fn has(&self, change: &Transaction<'_>, key: &Key) -> Result<bool> {
        if self.recent.contains(key) {
            return Ok(true);
        }
        // What comes again comes soon.
        for (segment, _) in self.segments.iter().rev().filter(|(_, filter)| filter.may_have(key)) {
            let found = change
                .prepare_cached("SELECT 1 FROM segment_key WHERE segment = ?1 AND tenant = ?2 AND key = ?3")?
                .exists(params![segment, key.tenant, key.key])?;
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes in the keys of what was appended, up to the event `last_seq`; says whether it is time to write a segment.
    pub fn add(&mut self, keys: HashSet<Key>, last_seq: i64) -> bool {
        if self.recent.is_empty() {
            self.recent = keys;
        } else {
            self.recent.extend(keys);
        }
        self.last_seq = last_seq;
        self.recent.len() >= SEGMENT
    }

    /// Writes the recent keys as a segment. Nothing of it is known here before [`sealed`](Self::sealed).
    pub fn write_segment(&self, change: &Transaction<'_>) -> Result<Sealed> {
        let mut keys: Vec<_> = self.recent.iter().copied().collect();
        keys.sort_unstable();
        let filter = Filter::of(keys.iter());
        let earliest: Option<i64> = change
            .prepare_cached("SELECT min(at) FROM status_event WHERE seq BETWEEN ?1 AND ?2")?
            .query_row([self.first_seq, self.last_seq], |row| row.get(0))
            .optional()?
            .flatten();
        change
            .prepare_cached("INSERT INTO segment (first_seq, last_seq, earliest, filter) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![self.first_seq, self.last_seq, earliest.unwrap_or(i64::MIN), filter.as_bytes()])?;
        let number = change.last_insert_rowid();
        let mut add = change.prepare_cached("INSERT INTO segment_key (segment, tenant, key) VALUES (?1, ?2, ?3)")?;
        for Key { tenant, key } in keys {
            add.execute(params![number, tenant, key])?;
        }
        let version = change.query_row("SELECT segments_version FROM log", [], |row| row.get(0))?;
        Ok(Sealed { number, filter, version })
    }

    /// The segment is in the file for good.
    pub fn sealed(&mut self, Sealed { number, filter, version }: Sealed) {
        self.segments.push((number, filter));
        self.recent = HashSet::new();
        self.first_seq = self.last_seq + 1;
        self.version = version;
    }

    pub fn is_full(&self) -> bool {
        self.recent.len() >= SEGMENT
    }
}

/// A segment that was written.
pub struct Sealed {
    number: i64,
    filter: Filter,
    version: i64,
}
