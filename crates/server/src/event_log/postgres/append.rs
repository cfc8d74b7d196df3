//! Writes several appends in one transaction, each of them whole.
//!
//! Events are copied. `COPY` fails at a repeat, so the transaction is then done again without the events that are
//! stored, as are the next ones while repeats come.
//!
//! That pays for the goal "PostgreSQL ingest at least 0.80 of `COPY`": batches of 10,000 events got 0.92 to 1.07 of the
//! speed of `COPY`, and 0.43 to 0.47 by `INSERT ... ON CONFLICT DO NOTHING` (`cargo bench -p group-dispatch-server --bench
//! postgres`).

use std::{
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, resume_unwind},
    pin::pin,
    time::Duration,
};

use bytes::Bytes;
use deadpool_postgres::{ClientWrapper, Object, Pool};
use futures_util::{FutureExt as _, SinkExt as _};
use group_dispatch_types::signing::TenantId;
use tokio::time::Instant;
use tokio_postgres::{Row, error::SqlState, types::ToSql};
use uuid::Uuid;

use super::{
    append_batch::{Append, AppendBatch, Written},
    error::{has_code, is_transient},
    partitions::Partitions,
    row::{NewRow, columns, encode},
};
use crate::{error::StoreError, tenant::TenantNumber};

/// How long an append waits for a database that restarts.
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);
const RETRY_DELAY: Duration = Duration::from_millis(100);
/// How often an append is done again because another process has stored one of its events meanwhile.
const MAX_COLLISIONS: u32 = 10;

/// The tenants. None of them can be removed before the transaction ends.
const TENANTS: &str = "SELECT id, number FROM tenant WHERE id = ANY($1) ORDER BY id FOR KEY SHARE";

/// Tables are read by an index alone: a plan that is cached from when a table was small would scan it.
pub(super) const BEGIN: &str = "
    BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off";

/// The number of this transaction, and enough blocks of 256 event numbers.
const NUMBERS: &str = "
    SELECT pg_current_xact_id()::text::bigint + base,
        ARRAY(SELECT nextval('event_seq') FROM generate_series(1, ($1::bigint + 255) / 256))
    FROM origin";

/// Inserts the names that are new. Waits for a transaction that inserts the same name.
const CLAIM: &str = "
    INSERT INTO named_event (tenant, key) SELECT * FROM unnest($1::bigint[], $2::uuid[])
    ON CONFLICT DO NOTHING RETURNING tenant, key";

/// The events that are stored. `OFFSET 0` has each looked up in the index: the planner can't know how few they are.
pub(super) const STORED: &str = "
    SELECT tenant, key FROM unnest($1::bigint[], $2::uuid[], $3::bigint[]) AS event (tenant, key, at)
    WHERE EXISTS (
        SELECT FROM status_event AS stored
        WHERE stored.at = event.at AND stored.tenant = event.tenant AND stored.key = event.key
        OFFSET 0
    )";

const COPY: &str = concat!("COPY status_event (", columns!(), ", key) FROM STDIN BINARY");

/// Counts the events of each tenant in one of 32 rows, so that transactions seldom wait for each other.
const COUNT: &str = "
    INSERT INTO tally (tenant, share, events)
    SELECT tenant, pg_backend_pid() % 32, count(*) FROM unnest($1::bigint[]) AS stored (tenant)
    GROUP BY tenant ORDER BY tenant
    ON CONFLICT (tenant, share) DO UPDATE SET events = tally.events + excluded.events";

/// Writes transactions, one at a time.
pub struct Appender {
    pool: Pool,
    partitions: Partitions,
    /// Whether the last transaction had repeats.
    expects_repeats: bool,
}

impl Appender {
    pub fn new(pool: Pool) -> Self {
        Self { pool, partitions: Partitions::default(), expects_repeats: false }
    }

    /// Returns the outcome of each append; `None` if its tenant does not exist.
    ///
    /// Retries while the database can't be reached. If the connection breaks during a commit, it is unknown whether the
    /// events are stored: the retry either finds them and counts them as repeats, or stores them.
    pub async fn append(&mut self, appends: &[Append]) -> Result<Vec<Option<Written>>, StoreError> {
        let (deadline, mut collisions) = (Instant::now() + RETRY_TIMEOUT, 0);
        loop {
            match self.append_once(appends).await {
                Ok((written, has_repeats)) => {
                    self.expects_repeats = has_repeats;
                    return Ok(written);
                }
                Err(error) if has_code(&error, &SqlState::UNIQUE_VIOLATION) && collisions < MAX_COLLISIONS => {
                    collisions += 1;
                    self.expects_repeats = true;
                }
                Err(error) if is_transient(&error) && Instant::now() < deadline => {
                    tokio::time::sleep(RETRY_DELAY).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn append_once(&mut self, appends: &[Append]) -> Result<(Vec<Option<Written>>, bool), StoreError> {
        let client = self.pool.get().await?;
        let work = async {
            self.partitions.create_missing(&client, appends.iter().flat_map(|append| &append.events)).await?;
            write(&client, appends, self.expects_repeats).await
        };
        let outcome = AssertUnwindSafe(work).catch_unwind().await;
        let is_ended = matches!(outcome, Ok(Ok(_)));
        if !is_ended && (outcome.is_err() || client.batch_execute("ROLLBACK").await.is_err()) {
            // The connection must not go back to the pool: it may be broken, or still in the transaction.
            drop(Object::take(client));
        }
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// Writes the transaction. Also returns whether there were repeats that `COPY` would fail at.
///
/// Statements that don't need an earlier result are sent together, because each wait costs a round trip.
async fn write(
    client: &ClientWrapper,
    appends: &[Append],
    expects_repeats: bool,
) -> Result<(Vec<Option<Written>>, bool), StoreError> {
    let (tenants, numbers) = (client.prepare_cached(TENANTS).await?, client.prepare_cached(NUMBERS).await?);
    let ids: Vec<i64> = appends.iter().map(|append| append.tenant.get().cast_signed()).collect();
    let events = appends.iter().map(|append| append.events.len()).sum::<usize>() as i64;
    let (of_tenants, of_numbers): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 1]) = ([&ids], [&events]);
    let ((), tenants, numbers) = tokio::try_join!(
        biased;
        client.batch_execute(BEGIN),
        client.query(&tenants, &of_tenants),
        client.query_one(&numbers, &of_numbers),
    )?;
    let tenant = |row: &Row| Ok((row.try_get::<_, i64>(0)?.cast_unsigned().into(), TenantNumber(row.try_get(1)?)));
    let tenants = tenants.iter().map(tenant).collect::<Result<HashMap<TenantId, _>, StoreError>>()?;
    let (xact, blocks): (i64, Vec<i64>) = (numbers.try_get(0)?, numbers.try_get(1)?);

    let mut batch = AppendBatch::new(appends, &tenants);
    claim_names(client, &mut batch.rows).await?;
    let has_repeats = expects_repeats && remove_stored(client, &mut batch.rows).await?;
    if batch.rows.is_empty() {
        client.batch_execute("ROLLBACK").await?;
    } else {
        batch.assign_numbers(&blocks);
        copy(client, &batch.rows, xact).await?;
    }
    Ok((batch.written(appends, &tenants, xact), has_repeats))
}

/// Claims the names of events that have an `eventId`, and removes the events whose names are taken.
async fn claim_names(client: &ClientWrapper, rows: &mut Vec<NewRow<'_>>) -> Result<(), StoreError> {
    let named = rows.iter().filter(|row| row.event.event_id.is_some());
    let (tenants, keys): (Vec<i64>, Vec<Uuid>) = named.map(NewRow::tenant_and_key).unzip();
    if !keys.is_empty() {
        let new = tenants_and_keys(&client.query(&client.prepare_cached(CLAIM).await?, &[&tenants, &keys]).await?)?;
        rows.retain(|row| row.event.event_id.is_none() || new.contains(&row.tenant_and_key()));
    }
    Ok(())
}

/// Removes the events that are stored. Returns whether there are any.
async fn remove_stored(client: &ClientWrapper, rows: &mut Vec<NewRow<'_>>) -> Result<bool, StoreError> {
    let (tenants, keys): (Vec<i64>, Vec<Uuid>) = rows.iter().map(NewRow::tenant_and_key).unzip();
    let times: Vec<i64> = rows.iter().map(|row| row.event.at).collect();
    let stored = client.query(&client.prepare_cached(STORED).await?, &[&tenants, &keys, &times]).await?;
    let stored = tenants_and_keys(&stored)?;
    rows.retain(|row| !stored.contains(&row.tenant_and_key()));
    Ok(!stored.is_empty())
}

fn tenants_and_keys(rows: &[Row]) -> Result<HashSet<(i64, Uuid)>, StoreError> {
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Copies the rows, counts them, and commits. If one of these fails, nothing is committed.
async fn copy(client: &ClientWrapper, rows: &[NewRow<'_>], xact: i64) -> Result<(), StoreError> {
    let count = client.prepare_cached(COUNT).await?;
    let mut sink = pin!(client.copy_in::<_, Bytes>(&client.prepare_cached(COPY).await?).await?);
    sink.send(encode(rows, xact).freeze()).await?;
    let tenants: Vec<i64> = rows.iter().map(|row| row.tenant.0).collect();
    let of_count: [&(dyn ToSql + Sync); 1] = [&tenants];
    tokio::try_join!(biased; sink.finish(), client.execute(&count, &of_count), client.batch_execute("COMMIT"))?;
    Ok(())
}
