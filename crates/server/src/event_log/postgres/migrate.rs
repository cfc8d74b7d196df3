//! Brings the schema up to date.
//!
//! A database that hangs ends this with an error. Locks of others do not: while a migration of another process or a
//! program such as `VACUUM FULL` has them, this waits, and says so in the log. A migration has no limit.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use tokio_postgres::{Client, Transaction, error::SqlState};

use super::{
    connection::{READ_LIMIT, within},
    error::has_code,
};
use crate::{error::StoreError, event_log::open_error::OpenError};

/// How long a statement waits for a lock before that is logged. Below [`READ_LIMIT`], which is for each statement.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout TO '5s'";
/// How often a migration that runs is logged.
const LOG_INTERVAL: Duration = Duration::from_secs(30);

/// The migrations of the schema, in order. A released one never changes.
const SCRIPTS: [&str; 10] = [
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
    include_str!("migrations/7.sql"),
    include_str!("migrations/8.sql"),
    include_str!("migrations/9.sql"),
    include_str!("migrations/10.sql"),
];

/// The oldest version of PostgreSQL that the queries work with, as `server_version_num` has it.
const MIN_SERVER_VERSION: i32 = 140_000;

/// One process migrates at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('group_dispatch.migration'))";

const PREPARE: &str = "
    SET LOCAL lock_timeout TO 0;
    CREATE SCHEMA IF NOT EXISTS group_dispatch;
    CREATE TABLE IF NOT EXISTS migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())";

const VERSION: &str = "SELECT coalesce(max(version), 0) FROM migration";

/// The latest transaction number of the log, if this cluster has not reached it. That is the case after a dump was
/// restored into another cluster.
macro_rules! later_than_cluster {
    () => {
        "FROM origin, (
            SELECT greatest((SELECT max(xact) FROM status_event), (SELECT max(position) - 1 FROM saved_state)) AS xact
        ) AS latest
        WHERE latest.xact >= base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    };
}

const IS_BASE_LOW: &str = concat!("SELECT EXISTS (SELECT ", later_than_cluster!(), ")");

/// Raises the base of transaction numbers.
const RAISE_BASE: &str = concat!("UPDATE origin SET base = (SELECT latest.xact + 1 ", later_than_cluster!(), ")");

/// Runs the scripts that the database does not have yet, in one transaction. Writes nothing if the schema is up to date,
/// so that a database that takes no writes can be opened.
pub async fn migrate(client: &mut Client, is_read_only: bool) -> Result<(), OpenError> {
    const SERVER_VERSION: &str = "SELECT current_setting('server_version_num')::integer";
    let row = within(READ_LIMIT, client.query_one(SERVER_VERSION, &[])).await?;
    if row.try_get::<_, i32>(0)? < MIN_SERVER_VERSION {
        return Err(OpenError::OldPostgres);
    }
    let began = Instant::now();
    loop {
        match migrate_once(client, is_read_only).await {
            Err(OpenError::Store(error)) if has_code(&error, &SqlState::LOCK_NOT_AVAILABLE) => tracing::warn!(
                seconds = began.elapsed().as_secs(),
                "the start waits for a lock: another server migrates the database, or a program such as VACUUM FULL has \
                 locked its tables"
            ),
            outcome => return outcome,
        }
    }
}

/// Fails if a lock can't be had for some seconds.
async fn migrate_once(client: &mut Client, is_read_only: bool) -> Result<(), OpenError> {
    let checked = timeout(READ_LIMIT, is_up_to_date(client)).await;
    if checked.unwrap_or(Err(OpenError::Store(StoreError::Unresponsive)))? {
        return Ok(());
    }
    if is_read_only {
        return Err(OpenError::ReadOnly);
    }
    let change = within(READ_LIMIT, client.transaction()).await?;
    within(READ_LIMIT, change.batch_execute(LOCK_TIMEOUT)).await?;
    within(READ_LIMIT, change.batch_execute(LOCK)).await?;
    let (began, mut running) = (Instant::now(), Box::pin(run_pending(change)));
    loop {
        match timeout(LOG_INTERVAL, &mut running).await {
            Ok(outcome) => return outcome,
            Err(_) => tracing::warn!(
                seconds = began.elapsed().as_secs(),
                "the schema is still being migrated; this is one transaction, and starts again if it is interrupted"
            ),
        }
    }
}

async fn run_pending(change: Transaction<'_>) -> Result<(), OpenError> {
    change.batch_execute(PREPARE).await?;
    let version: i32 = change.query_one(VERSION, &[]).await?.try_get(0)?;
    let scripts = pending(version)?;
    if !scripts.is_empty() && version > 0 {
        tracing::info!(
            from = version,
            to = SCRIPTS.len(),
            "the schema is migrated; in a large database this may take long"
        );
    }
    for (script, version) in scripts.iter().zip(version + 1..) {
        change.batch_execute(script).await?;
        change.execute("INSERT INTO migration (version) VALUES ($1)", &[&version]).await?;
    }
    if change.query_one(IS_BASE_LOW, &[]).await?.try_get(0)? {
        change.execute(RAISE_BASE, &[]).await?;
    }
    Ok(change.commit().await?)
}

async fn is_up_to_date(client: &mut Client) -> Result<bool, OpenError> {
    let snapshot = client.build_transaction().read_only(true).start().await?;
    snapshot.batch_execute(LOCK_TIMEOUT).await?;
    let version = current_version(&snapshot).await?;
    if usize::try_from(version).ok() != Some(SCRIPTS.len()) {
        return Ok(false);
    }
    Ok(!snapshot.query_one(IS_BASE_LOW, &[]).await?.try_get::<_, bool>(0)?)
}

/// Returns the version of the schema, 0 if there is none, and changes nothing.
pub async fn current_version(snapshot: &Transaction<'_>) -> Result<i32, OpenError> {
    const EXISTS: &str = "SELECT to_regclass('group_dispatch.migration') IS NOT NULL";
    if !snapshot.query_one(EXISTS, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let version = snapshot.query_one(VERSION, &[]).await?.try_get(0)?;
    pending(version).map(|_| version)
}

/// Returns the scripts after a version.
fn pending(version: i32) -> Result<&'static [&'static str], OpenError> {
    usize::try_from(version).ok().and_then(|done| SCRIPTS.get(done..)).ok_or(OpenError::Newer)
}
