//! Recovery: loads the presence index at a start, from the latest snapshot and the events after it.
//!
//! ```text
//! event log   [ expired ][ ........ covered ........ ][ .. after .. ]
//! snapshot    [ ........ index up to the cursor .... ]
//!                                                    ^ cursor: catch_up() reads on from here
//! ```
//!
//! Without a readable snapshot all events are read, which takes half a minute for ten million; that is possible only if
//! none has expired. Other processes may write a new snapshot at any time, and then expire events that it covers. So
//! recovery starts again if the latest snapshot has changed since it began.

use std::time::{Duration, Instant};

use super::shared::{MAX_APPENDS, Shared};
use crate::{
    error::StoreError,
    event_log::{ReadCursor, Snapshot},
    presence::{
        self,
        index::{PresenceIndex, Stale},
    },
};

/// Chunks of a snapshot that are read at a time.
const CHUNKS_PER_READ: u32 = 16;

/// The outcome of a recovery.
struct Recovered {
    cursor: ReadCursor,
    events_read: usize,
    from_snapshot: bool,
}

impl Shared {
    /// Loads the index at a start.
    pub async fn recover(&self) -> Result<(), StoreError> {
        let began = Instant::now();
        let Recovered { cursor, events_read, from_snapshot } = self.recover_into(&self.index).await?;
        *self.cursor.lock() = cursor;
        tracing::info!(from_snapshot, events_read, milliseconds = milliseconds(began.elapsed()), "started");
        Ok(())
    }

    /// Computes the index again of each tenant whose index may have events that the log has no more, or lack some that have
    /// expired. Queries are answered as before until then; appends wait.
    pub async fn recover_stale(&self) -> Result<(), StoreError> {
        if self.index.stale().is_none() {
            return Ok(());
        }
        let began = Instant::now();
        // An append applies its events to the index that is replaced here, and the log need not return them.
        let _appends = self.append_permits.acquire_many(MAX_APPENDS).await.map_err(|_| StoreError::Closed)?;
        let _reading = self.reading.pause().await;
        let fresh = PresenceIndex::default();
        let Recovered { events_read, .. } = self.recover_into(&fresh).await?;
        let why = self.index.stale();
        self.index.replace_stale(&fresh);
        let milliseconds = milliseconds(began.elapsed());
        match why {
            Some(Stale::Lost) => tracing::warn!(
                events_read,
                milliseconds,
                "presence was computed again, because the database was restarted or is another one: commits that no standby had \
                 may be lost"
            ),
            Some(Stale::Unread) => tracing::info!(
                events_read,
                milliseconds,
                "presence was computed again, because events had expired before they were read"
            ),
            Some(Stale::Struck) | None => {
                tracing::info!(events_read, milliseconds, "presence was computed again, because an event was struck");
            }
        }
        Ok(())
    }

    /// Loads the latest snapshot and applies the events after it to an index that nobody uses yet.
    async fn recover_into(&self, index: &PresenceIndex) -> Result<Recovered, StoreError> {
        loop {
            // An earlier try is forgotten together with its tenants.
            index.set_tenants(Vec::new());
            let mut from = ReadCursor::default();
            let snapshot = self.log.latest_snapshot().await?;
            if let Some(snapshot) = &snapshot {
                if !self.load(snapshot, index).await? {
                    self.discard_unreadable(snapshot).await?;
                    continue;
                }
                // The list of tenants is read again, together with the events.
                from = ReadCursor { tenants: 0, ..snapshot.cursor };
            }
            if snapshot.is_none() && !self.log.has_all_events().await? {
                if self.log.latest_snapshot().await?.is_none() {
                    return Err(StoreError::SnapshotMissing);
                }
                continue;
            }
            let mut cursor = from;
            let events_read = self.apply_after(from, index, |_, reached| cursor = reached).await?;
            if self.log.latest_snapshot().await? == snapshot {
                return Ok(Recovered { cursor, events_read, from_snapshot: snapshot.is_some() });
            }
        }
    }

    /// Loads a snapshot into the index. Returns false if it can't be read or was deleted meanwhile.
    async fn load(&self, snapshot: &Snapshot, index: &PresenceIndex) -> Result<bool, StoreError> {
        let tenants = self.log.read(ReadCursor::default(), 0).await?.tenants;
        index.set_tenants(tenants.unwrap_or_default());
        let (mut bytes, mut left) = (0, snapshot.chunks);
        // The last chunk comes first, as the index wants it.
        while left > 0 {
            let range = left.saturating_sub(CHUNKS_PER_READ)..left;
            left = range.start;
            let chunks = self.log.read_chunks(snapshot, range.clone()).await?;
            // The chunks of removed tenants are empty.
            let is_read = |chunk: &Vec<u8>| chunk.is_empty() || presence::snapshot::load::load(index, chunk).is_some();
            if chunks.len() < range.len() || !chunks.iter().rev().all(is_read) {
                return Ok(false);
            }
            bytes += chunks.iter().map(Vec::len).sum::<usize>();
        }
        self.scheduler.record(snapshot.generation, bytes, 0);
        Ok(true)
    }

    /// Deletes a snapshot that can't be read, if the index follows from the events alone.
    async fn discard_unreadable(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let is_latest = async || Ok::<_, StoreError>(self.log.latest_snapshot().await?.as_ref() == Some(snapshot));
        if is_latest().await? {
            self.log.discard_snapshot(snapshot).await?;
            if is_latest().await? {
                return Err(StoreError::SnapshotUnreadable);
            }
            tracing::warn!(
                "the snapshot can't be read, because another version of this program wrote it or it is damaged; all events \
                 are read instead"
            );
        }
        Ok(())
    }
}

/// Returns a time as log lines have it.
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}
