//! Snapshots of the presence index: one that is complete, and at most one draft.

use std::{ops::Range, time::Duration};

use tokio::sync::Mutex;
use tokio_postgres::types::ToSql;

use super::{
    connect::ConnectOptions,
    connection::{Connections, READ_LIMIT, within},
    follow::{cursor_at, watermark},
    open_lock::release,
    session::Session,
};
use crate::{
    error::StoreError,
    event_log::{ReadCursor, Snapshot, SnapshotChunk, SnapshotDraft},
};

/// The limit of each step of writing a draft.
const STEP_LIMIT: Duration = Duration::from_secs(15);

/// Writes drafts, on a connection that holds the lock of the one process that writes.
#[derive(Default)]
pub struct SnapshotWriter(Mutex<Option<Session>>);

/// Returns the latest complete snapshot.
pub async fn latest(connections: &Connections) -> Result<Option<Snapshot>, StoreError> {
    const LATEST: &str = "
        SELECT generation, position, parts FROM saved_state WHERE parts IS NOT NULL ORDER BY generation DESC LIMIT 1";
    let latest = connections.run(READ_LIMIT, async |session| {
        Ok(session.query_opt(LATEST, &[]).await?.map(|row| (row, session.backend().server)))
    });
    let Some((row, server)) = latest.await? else {
        return Ok(None);
    };
    let chunks = u32::try_from(row.try_get::<_, i64>(2)?).map_err(StoreError::database)?;
    // Another server may lack some of its events.
    let cursor = ReadCursor { server, ..cursor_at(row.try_get(1)?) };
    Ok(Some(Snapshot { generation: row.try_get(0)?, chunks, cursor }))
}

/// Returns chunks of a snapshot; fewer if it was deleted.
pub async fn chunks(
    connections: &Connections,
    generation: i64,
    places: Range<u32>,
) -> Result<Vec<Vec<u8>>, StoreError> {
    const CHUNKS: &str = "
        SELECT bytes FROM saved_part WHERE generation = $1 AND place >= $2 AND place < $3 ORDER BY place";
    let (start, end) = (i64::from(places.start), i64::from(places.end));
    let read =
        connections.run(READ_LIMIT, async |session| Ok(session.query(CHUNKS, &[&generation, &start, &end]).await?));
    let rows = read.await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

impl SnapshotWriter {
    /// Begins a draft. Returns `None` if another process writes one, or a snapshot covers more: the events that it
    /// covers may have expired. Or if the list of tenants has changed: an event may have been struck.
    ///
    /// # Errors
    /// If the cursor is of another server, or the database fails.
    pub async fn begin(
        &self,
        options: &ConnectOptions,
        cursor: ReadCursor,
    ) -> Result<Option<SnapshotDraft>, StoreError> {
        let mut held = self.0.lock().await;
        // An unfinished draft of this process still holds the lock.
        if let Some(unfinished) = held.take() {
            release(unfinished).await;
        }
        let session = options.connect().await?;
        if cursor.may_be_lost_at(session.backend().server) {
            // Its position would cover events of this server that the snapshot lacks.
            return Err(lost());
        }
        let Some(generation) = within(STEP_LIMIT, begin_on(&session, cursor)).await? else {
            release(session).await;
            return Ok(None);
        };
        *held = Some(session);
        Ok(Some(SnapshotDraft { generation, chunks: 0 }))
    }

    /// Adds chunks to the draft.
    pub async fn add(&self, draft: &mut SnapshotDraft, chunks: Vec<SnapshotChunk>) -> Result<(), StoreError> {
        let mut held = self.0.lock().await;
        // If this fails, the connection is closed.
        let session = held.take().ok_or_else(lost)?;
        // The lock waits for a removal of a tenant, and a later one waits for it.
        const ADD: &str = "
            WITH known AS (SELECT number FROM tenant WHERE number = ANY($3) FOR KEY SHARE)
            INSERT INTO saved_part (generation, place, tenant, bytes)
            SELECT $1, $2 + part.number - 1, part.tenant, CASE WHEN known.number IS NULL THEN '' ELSE part.bytes END
            FROM unnest($3::bigint[], $4::bytea[]) WITH ORDINALITY AS part (tenant, bytes, number)
            LEFT JOIN known ON known.number = part.tenant";
        let (tenants, bytes): (Vec<_>, Vec<_>) = chunks.into_iter().map(|chunk| (chunk.tenant.0, chunk.bytes)).unzip();
        let values: [&(dyn ToSql + Sync); 4] = [&draft.generation, &i64::from(draft.chunks), &tenants, &bytes];
        let added = within(STEP_LIMIT, session.execute(ADD, &values)).await?;
        draft.chunks += u32::try_from(added).map_err(StoreError::database)?;
        *held = Some(session);
        Ok(())
    }

    /// Makes the draft the latest snapshot, and deletes those before it.
    pub async fn finish(&self, draft: SnapshotDraft) -> Result<(), StoreError> {
        let session = self.0.lock().await.take().ok_or_else(lost)?;
        const FINISH: &str = "
            WITH finished AS (
                UPDATE saved_state SET parts = $2 WHERE generation = $1 RETURNING generation
            ),
            before AS (
                DELETE FROM saved_state USING finished WHERE saved_state.generation < finished.generation
            )
            SELECT FROM finished";
        let chunks = i64::from(draft.chunks);
        let finished = within(STEP_LIMIT, session.query_opt(FINISH, &[&draft.generation, &chunks])).await?;
        finished.ok_or_else(lost)?;
        release(session).await;
        Ok(())
    }

    pub async fn stop(&self) {
        *self.0.lock().await = None;
    }
}

/// Returns the generation of a new draft; `None` if another process writes one, or a snapshot covers more.
async fn begin_on(session: &Session, cursor: ReadCursor) -> Result<Option<i64>, StoreError> {
    const LOCK: &str = "SELECT pg_try_advisory_lock(hashtext('group_dispatch.save'))";
    if !session.query_one(LOCK, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    session.execute("DELETE FROM saved_state WHERE parts IS NULL", &[]).await?;
    const BEGIN: &str = "
        INSERT INTO saved_state (position)
        SELECT $1 WHERE NOT EXISTS (SELECT FROM saved_state WHERE position > $1)
            AND ($2::bigint = 0 OR $2 = (SELECT version FROM tenant_version FOR SHARE))
        RETURNING generation";
    // The lock waits for a strike: then the version is another one.
    let draft = session.query_opt(BEGIN, &[&watermark(cursor), &cursor.tenants.cast_signed()]).await?;
    Ok(draft.map(|row| row.try_get(0)).transpose()?)
}

fn lost() -> StoreError {
    StoreError::database(
        "the snapshot was not written: another one has been begun, or the connection was lost or leads to another server now",
    )
}
