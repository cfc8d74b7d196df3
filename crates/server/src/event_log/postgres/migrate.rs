//! Brings the schema up to date, whoever else is about it at the same time.

use tokio_postgres::{Client, Transaction};

use crate::event_log::open_error::OpenError;

/// What turned each version into the next; a script that was released is never changed.
const SCRIPTS: [&str; 2] = [include_str!("migrations/1.sql"), include_str!("migrations/2.sql")];

/// The oldest version that is known to do all that is asked of it.
const MIN_SERVER_VERSION: i32 = 140_000;

const BEGIN: &str = "
    BEGIN;
    SELECT pg_advisory_xact_lock(hashtext('group_dispatch.migration'));
    CREATE SCHEMA IF NOT EXISTS group_dispatch;
    CREATE TABLE IF NOT EXISTS migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())";

/// A copy of the log in another cluster, as a dump and its restoration make one, may know of transactions that are yet
/// to come there: then those are counted from behind them.
const ADOPT: &str = "
    UPDATE origin SET base = latest.xact + 1
    FROM (
        SELECT greatest((SELECT max(xact) FROM status_event), (SELECT max(position) - 1 FROM saved_state)) AS xact
    ) AS latest
    WHERE latest.xact >= base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

/// All in one transaction: it happens whole or not at all, and one process does it at a time.
pub async fn migrate(client: &Client) -> Result<(), OpenError> {
    let outcome = migrate_within(client).await;
    if outcome.is_err() {
        // It fails only with the connection, and the transaction with both.
        client.batch_execute("ROLLBACK").await.ok();
    }
    outcome
}

/// Returns the version of the schema, 0 where there is none, and changes nothing.
pub async fn current_version(snapshot: &Transaction<'_>) -> Result<i32, OpenError> {
    const EXISTS: &str = "SELECT to_regclass('group_dispatch.migration') IS NOT NULL";
    if !snapshot.query_one(EXISTS, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let version = snapshot.query_one("SELECT coalesce(max(version), 0) FROM migration", &[]).await?.try_get(0)?;
    if usize::try_from(version).is_ok_and(|version| version <= SCRIPTS.len()) {
        Ok(version)
    } else {
        Err(OpenError::Newer)
    }
}

async fn migrate_within(client: &Client) -> Result<(), OpenError> {
    let row = client.query_one("SELECT current_setting('server_version_num')::integer", &[]).await?;
    if row.try_get::<_, i32>(0)? < MIN_SERVER_VERSION {
        return Err(OpenError::OldPostgres);
    }
    client.batch_execute(BEGIN).await?;
    let row = client.query_one("SELECT coalesce(max(version), 0) FROM migration", &[]).await?;
    let version: i32 = row.try_get(0)?;
    let done = usize::try_from(version).map_err(|_| OpenError::Newer)?;
    for (script, version) in SCRIPTS.get(done..).ok_or(OpenError::Newer)?.iter().zip(version + 1..) {
        client.batch_execute(script).await?;
        client.execute("INSERT INTO migration (version) VALUES ($1)", &[&version]).await?;
    }
    client.execute(ADOPT, &[]).await?;
    client.batch_execute("COMMIT").await?;
    Ok(())
}
