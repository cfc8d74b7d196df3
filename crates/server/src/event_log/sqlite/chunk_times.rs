//! The earliest and the latest time of each chunk of the log, so that reading some days skips the events of others.
//!
//! Events come nearly in the order of time, and a chunk of 4,096 has a few minutes or hours, where a segment may have weeks. The
//! times of a chunk are read when they are first asked for, and stay in memory: 40 bytes for each chunk. They hold for what is
//! left of its events when some are deleted. They are read again when the list of segments changes, because then numbers may
//! have changed as well.

use std::ops::Range;

use hashbrown::HashMap;
use rusqlite::{Result, Transaction, params};

/// The numbers of a chunk begin with a multiple of this.
const CHUNK: i64 = if cfg!(test) { 16 } else { 4096 };

/// See the [module](self).
#[derive(Default)]
pub struct ChunkTimes {
    /// The version of the list of segments.
    version: i64,
    chunks: HashMap<i64, (i64, i64)>,
}

impl ChunkTimes {
    /// Returns the parts of a range of numbers that may have events of some times, and leaves out those chunks that have none.
    pub fn ranges(
        &mut self,
        snapshot: &Transaction<'_>,
        numbers: Range<i64>,
        times: &Range<i64>,
    ) -> Result<Vec<Range<i64>>> {
        let version = snapshot.prepare_cached("SELECT segments_version FROM log")?.query_row([], |row| row.get(0))?;
        if version != self.version {
            *self = Self { version, ..Self::default() };
        }
        let mut ranges: Vec<Range<i64>> = Vec::new();
        for chunk in numbers.start.div_euclid(CHUNK)..=(numbers.end - 1).div_euclid(CHUNK) {
            let range = (chunk * CHUNK).max(numbers.start)..((chunk + 1) * CHUNK).min(numbers.end);
            // A chunk that is not full gets more events.
            let is_full = (chunk + 1) * CHUNK <= numbers.end;
            if is_full && !self.has_some(snapshot, chunk, times)? {
                continue;
            }
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
        Ok(ranges)
    }

    fn has_some(&mut self, snapshot: &Transaction<'_>, chunk: i64, times: &Range<i64>) -> Result<bool> {
        const TIMES: &str = "
            SELECT ifnull(min(at), 9223372036854775807), ifnull(max(at), -9223372036854775808)
            FROM status_event WHERE seq >= ?1 AND seq < ?2";
        let (earliest, latest) = match self.chunks.get(&chunk) {
            Some(known) => *known,
            None => {
                let numbers = params![chunk * CHUNK, (chunk + 1) * CHUNK];
                let read = snapshot.prepare_cached(TIMES)?.query_row(numbers, |row| Ok((row.get(0)?, row.get(1)?)))?;
                self.chunks.insert(chunk, read);
                read
            }
        };
        Ok(earliest < times.end && latest >= times.start)
    }
}
