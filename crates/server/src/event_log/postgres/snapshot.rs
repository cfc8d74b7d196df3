//! States of the read model: one that is whole, and at most one that is being written.

use std::{ops::Range, sync::Arc};

use deadpool_postgres::Pool;
use tokio::sync::Mutex;
use tokio_postgres::Client;

use super::{
    connect::ConnectOptions,
    failure::Failure,
    follow::{position_at, watermark},
};
use crate::event_log::{ReadCursor, Snapshot, SnapshotDraft};

/// The connection that holds the lock of whoever saves, which goes with it.
#[derive(Clone, Default)]
pub struct SnapshotWriter(Arc<Mutex<Option<Client>>>);

const SAVED: &str = "
    SELECT generation, position, parts FROM saved_state WHERE parts IS NOT NULL ORDER BY generation DESC LIMIT 1";

pub async fn saved(pool: &Pool) -> Result<Option<Snapshot>, Failure> {
    let Some(row) = pool.get().await?.query_opt(SAVED, &[]).await? else {
        return Ok(None);
    };
    let parts =
        u32::try_from(row.try_get::<_, i64>(2)?).map_err(|_| Failure::other("a saved state is out of range"))?;
    Ok(Some(Snapshot { generation: row.try_get(0)?, chunks: parts, position: position_at(row.try_get(1)?, 0) }))
}

pub async fn parts(pool: &Pool, generation: i64, places: Range<u32>) -> Result<Vec<Vec<u8>>, Failure> {
    const PARTS: &str = "
        SELECT bytes FROM saved_part WHERE generation = $1 AND place >= $2 AND place < $3 ORDER BY place";
    let (start, end) = (i64::from(places.start), i64::from(places.end));
    let rows = pool.get().await?.query(PARTS, &[&generation, &start, &end]).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

impl SnapshotWriter {
    pub async fn begin(
        &self,
        address: &ConnectOptions,
        position: ReadCursor,
    ) -> Result<Option<SnapshotDraft>, Failure> {
        let mut held = self.0.lock().await;
        // What this process began and did not finish is left with its lock.
        if let Some(before) = held.take() {
            release(before).await;
        }
        let client = address.connect_alone().await?;
        const LOCK: &str = "SELECT pg_try_advisory_lock(hashtext('group_dispatch.save'))";
        if !client.query_one(LOCK, &[]).await?.try_get::<_, bool>(0)? {
            return Ok(None);
        }
        client.execute("DELETE FROM saved_state WHERE parts IS NULL", &[]).await?;
        // A state that covers less than another must not take its place: what that one covers may be gone by now.
        const BEGIN: &str = "
            INSERT INTO saved_state (position)
            SELECT $1 WHERE NOT EXISTS (SELECT FROM saved_state WHERE position > $1) RETURNING generation";
        let Some(row) = client.query_opt(BEGIN, &[&watermark(position)]).await? else {
            release(client).await;
            return Ok(None);
        };
        let generation = row.try_get(0)?;
        *held = Some(client);
        Ok(Some(SnapshotDraft { generation, chunks: 0 }))
    }

    pub async fn add(&self, saving: &mut SnapshotDraft, parts: Vec<Vec<u8>>) -> Result<(), Failure> {
        let held = self.0.lock().await;
        let client = held.as_ref().ok_or_else(lost)?;
        const ADD: &str = "
            INSERT INTO saved_part (generation, place, bytes)
            SELECT $1, $2 + number - 1, bytes FROM unnest($3::bytea[]) WITH ORDINALITY AS part (bytes, number)";
        let added = client.execute(ADD, &[&saving.generation, &i64::from(saving.chunks), &parts]).await?;
        saving.chunks += u32::try_from(added).map_err(|_| Failure::other("a saved state has too many parts"))?;
        Ok(())
    }

    pub async fn finish(&self, saving: SnapshotDraft) -> Result<(), Failure> {
        let client = self.0.lock().await.take().ok_or_else(lost)?;
        const FINISH: &str = "
            WITH finished AS (
                UPDATE saved_state SET parts = $2 WHERE generation = $1 RETURNING generation
            ),
            before AS (
                DELETE FROM saved_state USING finished WHERE saved_state.generation < finished.generation
            )
            SELECT FROM finished";
        client.query_opt(FINISH, &[&saving.generation, &i64::from(saving.chunks)]).await?.ok_or_else(lost)?;
        release(client).await;
        Ok(())
    }

    pub async fn stop(&self) {
        *self.0.lock().await = None;
    }
}

/// Gives back the lock. It goes with the connection too, but not before PostgreSQL has noticed that this is closed.
async fn release(client: Client) {
    let _ = client.execute("SELECT pg_advisory_unlock_all()", &[]).await;
}

fn lost() -> Failure {
    Failure::other("the state was not saved: another has been begun, or the connection was lost")
}
