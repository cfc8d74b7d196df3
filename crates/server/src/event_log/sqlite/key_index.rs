//! Which events are in the log already.
//!
//! A table of keys with an index would be written all over with every batch. Instead the keys of the events that came
//! last are in memory; when they are many they go to the file in order, as a segment, with a Bloom filter that tells
//! whether it is worth looking there. Each key is so written once, and hardly any is looked for in vain.

use hashbrown::HashSet;
use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::{
    bloom_filter::{BloomFilter, Hashes},
    read,
};
use crate::{event::StatusEvent, event_log::event_key::event_key, tenant::TenantNumber};

/// So many keys are kept in memory at most, and so long is a segment.
pub const SEGMENT_KEYS: usize = if cfg!(test) { 64 } else { 1 << 18 };

/// So many of a segment's keys are in one row, which with them just fits into a page.
const BLOCK_KEYS: usize = if cfg!(test) { 8 } else { 165 };
/// Bytes of a key.
const KEY_BYTES: usize = 24;

/// What tells an event from all others: the tenant, and what tells it from the tenant's others.
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

    /// Two hashes.
    pub fn hashes(&self) -> Hashes {
        let words = self.0.as_chunks().0;
        let [tenant, one, other] = [0, 1, 2].map(|word| u64::from_le_bytes(words[word]));
        // An odd number with its bits well mixed: the tenants' own numbers are small.
        (one ^ tenant.wrapping_mul(0x9E37_79B9_7F4A_7C15), other)
    }
}

/// The keys of all events up to some point.
#[derive(Default)]
pub struct KeyIndex {
    /// Of the list of segments as it was read last; 0 is none.
    version: i64,
    segments: Vec<(i64, BloomFilter)>,
    /// Keys of the events that came after the last segment.
    recent: HashSet<Key>,
    first_seq: i64,
    last_seq: i64,
}

impl KeyIndex {
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
        let mut segments = change.prepare("SELECT number, last_seq, bloom_filter FROM segment ORDER BY number")?;
        let mut rows = segments.query([])?;
        while let Some(row) = rows.next()? {
            index.segments.push((row.get(0)?, BloomFilter::from_bytes(row.get_ref(2)?.as_blob()?)));
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

    /// Takes in the keys of what was appended, up to the event `last_seq`; says whether it is time to write a segment.
    pub fn add(&mut self, keys: HashSet<Key>, last_seq: i64) -> bool {
        if self.recent.is_empty() {
            self.recent = keys;
        } else {
            self.recent.extend(keys);
        }
        self.last_seq = last_seq;
        self.recent.len() >= SEGMENT_KEYS
    }

    /// Writes the recent keys as a segment. Nothing of it is known here before [`sealed`](Self::sealed).
    pub fn write_segment(&self, change: &Transaction<'_>) -> Result<Sealed> {
        let (number, filter) =
            insert_segment(change, None, (self.first_seq, self.last_seq), self.recent.iter().copied().collect())?;
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
        self.recent.len() >= SEGMENT_KEYS
    }
}

/// A segment that was written.
pub struct Sealed {
    number: i64,
    filter: BloomFilter,
    version: i64,
}

/// Writes the keys of the events between two numbers. Returns the segment's number, which may be given, and its filter.
fn insert_segment(
    change: &Transaction<'_>,
    number: Option<i64>,
    (first_seq, last_seq): (i64, i64),
    mut keys: Vec<Key>,
) -> Result<(i64, BloomFilter)> {
    keys.sort_unstable();
    let filter = BloomFilter::of(keys.iter().map(Key::hashes));
    let earliest: Option<i64> = change
        .prepare_cached("SELECT min(at) FROM status_event WHERE seq BETWEEN ?1 AND ?2")?
        .query_row([first_seq, last_seq], |row| row.get(0))
        .optional()?
        .flatten();
    change
        .prepare_cached(
            "INSERT INTO segment (number, first_seq, last_seq, earliest, bloom_filter) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![number, first_seq, last_seq, earliest.unwrap_or(i64::MIN), filter.to_bytes()])?;
    let number = change.last_insert_rowid();
    let mut add = change.prepare_cached("INSERT INTO segment_keys (segment, first, keys) VALUES (?1, ?2, ?3)")?;
    for block in keys.chunks(BLOCK_KEYS) {
        let bytes: Vec<u8> = block.iter().flat_map(|key| key.0).collect();
        add.execute(params![number, block[0].0, bytes])?;
    }
    Ok((number, filter))
}

/// Writes a segment again, from the events that have its numbers now.
pub fn rewrite_segment(change: &Transaction<'_>, number: i64) -> Result<()> {
    let (first_seq, last_seq) =
        change.query_row("SELECT first_seq, last_seq FROM segment WHERE number = ?1", [number], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
    let mut keys = Vec::new();
    let mut events = change.prepare_cached(read::EVENTS_AFTER)?;
    // Not more events than numbers, which are limited.
    let mut rows = events.query(params![first_seq - 1, last_seq - first_seq + 1])?;
    while let Some(row) = rows.next()? {
        let (tenant, logged) = read::event(row)?;
        if logged.seq.cast_signed() > last_seq {
            break;
        }
        keys.push(Key::of(tenant, &logged.event));
    }
    drop(rows);
    change.execute("DELETE FROM segment_keys WHERE segment = ?1", [number])?;
    change.execute("DELETE FROM segment WHERE number = ?1", [number])?;
    insert_segment(change, Some(number), (first_seq, last_seq), keys)?;
    Ok(())
}
