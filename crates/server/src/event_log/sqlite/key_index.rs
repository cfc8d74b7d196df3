//! The key index: finds out whether an event is in the log already.
//!
//! Every event has a key ([`event_key`]). Keys are random, so a table with an index on them would be written all over
//! with each batch. Instead, the keys of the latest events are in memory only. When they are many, they are sorted and
//! written to the file once, as a segment, with a Bloom filter that stays in memory:
//!
//! ```text
//! seq     1 ................ 262144 ................ 524288 .......... now
//!         [    segment 1     ]     [    segment 2     ]     [  recent  ]
//!         filter in memory         filter in memory         hash set in memory
//!         sorted keys on disk      sorted keys on disk      read from the events at a start
//! ```
//!
//! A new key is looked up in the hash set and in the filters. Only where a filter may contain it (one in ten thousand
//! unknown keys) is the segment read, by one row of sorted keys. Other processes append too: `log.last_seq` and
//! `log.segments_version` say what to read from the file first.
//!
//! This pays for the goal "durable ingest at least 6 times the plain baseline": appending was 4.9 times as fast as with a
//! table that has an index on the keys (`cargo bench -p group-dispatch-server --bench parts -- repeats`; the ratio grows
//! with the number of events).

use std::mem;

use hashbrown::HashSet;
use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::{
    bloom_filter::{BloomFilter, KeyHashes},
    read::{self, columns},
};
use crate::{event::StatusEvent, event_log::event_key::event_key, tenant::TenantNumber};

/// How many keys a segment has at least. That many are in memory, about 10 MB, and read again at a start.
const SEGMENT_KEYS: usize = if cfg!(test) { 64 } else { 1 << 18 };
/// How many keys of a segment are in one row: as many as fit into a page.
const BLOCK_KEYS: usize = if cfg!(test) { 8 } else { 165 };
const KEY_BYTES: usize = 24;

/// The struck events, as [`read::event`] reads them, but with negative numbers.
const STRUCK: &str = concat!("SELECT ", columns!(), " FROM status_event WHERE seq < 0");

/// The key of an event among the events of all tenants.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; KEY_BYTES]);

impl Key {
    pub fn of(TenantNumber(tenant): TenantNumber, event: &StatusEvent) -> Self {
        Self::new(tenant.cast_unsigned(), event_key(event))
    }

    pub fn new(tenant: u64, key: [u8; 16]) -> Self {
        let mut bytes = [0; KEY_BYTES];
        bytes[..8].copy_from_slice(&tenant.to_le_bytes());
        bytes[8..].copy_from_slice(&key);
        Self(bytes)
    }

    /// Returns the hashes, which Bloom filters in the file depend on.
    pub fn hashes(&self) -> KeyHashes {
        let words = self.0.as_chunks().0;
        let [tenant, one, other] = [0, 1, 2].map(|word| u64::from_le_bytes(words[word]));
        // Multiplied by an odd number with well mixed bits, because tenants have small numbers.
        KeyHashes { block: one ^ tenant.wrapping_mul(0x9E37_79B9_7F4A_7C15), bits: other }
    }
}

/// The keys of all events.
#[derive(Default)]
pub struct KeyIndex {
    /// The version of the list of segments that was read last; 0 before the first.
    version: i64,
    segments: Vec<(i64, BloomFilter)>,
    /// Keys of the events after the last segment.
    recent: HashSet<Key>,
    /// The first event after the last segment.
    first_seq: i64,
    last_seq: i64,
}

impl KeyIndex {
    /// Reads what other processes have appended, and writes the segments that are missing. Returns the number of the
    /// last event. As long as `change` is open, nobody else can append.
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
                self.last_seq = logged.seq.cast_signed();
                self.write_full_segment(change)?;
            }
            self.last_seq = last_seq;
        }
        Ok(last_seq)
    }

    fn of_segments(change: &Transaction<'_>) -> Result<Self> {
        let mut index = Self { first_seq: 1, ..Self::default() };
        let mut segments = change.prepare("SELECT number, last_seq, bloom_filter FROM segment ORDER BY number")?;
        let mut rows = segments.query([])?;
        while let Some(row) = rows.next()? {
            index.segments.push((row.get(0)?, BloomFilter::from_bytes(row.get_ref(2)?.as_blob()?)));
            index.last_seq = row.get(1)?;
            index.first_seq = index.last_seq + 1;
        }
        // Struck events have numbers outside of all segments. Feeding them again has to change nothing.
        let mut struck = change.prepare(STRUCK)?;
        let mut rows = struck.query([])?;
        while let Some(row) = rows.next()? {
            let (tenant, logged) = read::event(row)?;
            index.recent.insert(Key::of(tenant, &logged.event));
        }
        Ok(index)
    }

    /// Inserts the key of the next event and returns its number; `None` if the key is known: the event is a repeat then.
    pub fn insert(&mut self, change: &Transaction<'_>, key: Key) -> Result<Option<i64>> {
        if self.recent.contains(&key) || self.is_in_segment(change, &key)? {
            return Ok(None);
        }
        self.recent.insert(key);
        self.last_seq += 1;
        Ok(Some(self.last_seq))
    }

    fn is_in_segment(&self, change: &Transaction<'_>, key: &Key) -> Result<bool> {
        // The newest first: most repeats come soon.
        for (segment, _) in self.segments.iter().rev().filter(|(_, filter)| filter.may_contain(key.hashes())) {
            let found = change
                .prepare_cached(
                    "SELECT keys FROM segment_keys WHERE segment = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1",
                )?
                .query_row(params![segment, key.0], |row| {
                    Ok(row.get_ref(0)?.as_blob()?.as_chunks().0.binary_search(&key.0).is_ok())
                })
                .optional()?;
            if found == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes the recent keys as a segment if they are enough for one. All their events have to be in the file.
    pub fn write_full_segment(&mut self, change: &Transaction<'_>) -> Result<()> {
        if self.recent.len() < SEGMENT_KEYS {
            return Ok(());
        }
        let mut keys: Vec<Key> = mem::take(&mut self.recent).into_iter().collect();
        keys.sort_unstable();
        let filter = BloomFilter::of(keys.iter().map(Key::hashes));
        change
            .prepare_cached(
                "INSERT INTO segment (first_seq, last_seq, earliest, latest, bloom_filter)
                 SELECT ?1, ?2, min(at), max(at), ?3 FROM status_event WHERE seq BETWEEN ?1 AND ?2",
            )?
            .execute(params![self.first_seq, self.last_seq, filter.to_bytes()])?;
        let number = change.last_insert_rowid();
        let mut insert =
            change.prepare_cached("INSERT INTO segment_keys (segment, first, keys) VALUES (?1, ?2, ?3)")?;
        for block in keys.chunks(BLOCK_KEYS) {
            let bytes: Vec<u8> = block.iter().flat_map(|key| key.0).collect();
            insert.execute(params![number, block[0].0, bytes])?;
        }
        self.segments.push((number, filter));
        self.first_seq = self.last_seq + 1;
        self.version = change.query_row("SELECT segments_version FROM log", [], |row| row.get(0))?;
        Ok(())
    }
}

/// Deletes the segments that have events from `seq` on. [`KeyIndex::catch_up`] writes them again.
pub fn delete_segments(change: &Transaction<'_>, seq: i64) -> Result<()> {
    change.execute(
        "DELETE FROM segment_keys WHERE segment IN (SELECT number FROM segment WHERE last_seq >= ?1)",
        [seq],
    )?;
    change.execute("DELETE FROM segment WHERE last_seq >= ?1", [seq]).map(drop)
}
