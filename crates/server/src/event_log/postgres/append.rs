//! Writes several appends in one transaction, each of them whole.
//!
//! New events are copied, and repeats make the next transactions insert. That pays for the goal "PostgreSQL ingest at
//! least 0.80 of `COPY`": batches of 10,000 events got 0.92 to 1.07 of the speed of `COPY`, and 0.43 to 0.47 if all
//! were inserted (`cargo bench -p group-dispatch-server --bench postgres`; the plain version: `inserts = true`).

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use bytes::Bytes;
use deadpool_postgres::{ClientWrapper, Object, Pool};
use futures_util::SinkExt as _;
use group_dispatch_types::signing::TenantId;
use tokio::time::Instant;
use tokio_postgres::{error::SqlState, types::ToSql};
use uuid::Uuid;

use super::{
    append_batch::{Append, AppendBatch, Written, blocks_for},
    error::{has_code, is_transient},
    insert,
    partitions::Partitions,
    row::{self, columns},
};
use crate::{error::StoreError, tenant::TenantNumber};

/// How long an append waits for a database that restarts.
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// The tenants. None of them can be removed before the transaction ends.
const TENANTS: &str = "SELECT id, number FROM tenant WHERE id = ANY($1) ORDER BY id FOR KEY SHARE";

/// The number of this transaction, and blocks of event numbers.
const BEGIN: &str = "
    SELECT pg_current_xact_id()::text::bigint + base,
        ARRAY(SELECT nextval('event_seq') FROM generate_series(1, $1::bigint))
    FROM origin";

/// Inserts the names that are new. Waits for a transaction that inserts the same name.
const CLAIM: &str = "
    INSERT INTO named_event (tenant, key) SELECT * FROM unnest($1::bigint[], $2::uuid[])
    ON CONFLICT DO NOTHING RETURNING tenant, key";

const COPY: &str = concat!("COPY status_event (", columns!(), ", key) FROM STDIN BINARY");

/// Counts the events of each tenant in one of 32 rows, so that transactions seldom wait for each other.
const COUNT: &str = "
    INSERT INTO tally (tenant, share, events)
    SELECT tenant, pg_backend_pid() % 32, events FROM unnest($1::bigint[], $2::bigint[]) AS stored (tenant, events)
    ON CONFLICT (tenant, share) DO UPDATE SET events = tally.events + excluded.events";

/// Writes transactions, one at a time.
pub struct Appender {
    pool: Pool,
    partitions: Partitions,
    /// Whether the last transaction had repeats. Then the next one inserts, because `COPY` fails at a repeat.
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
        let deadline = Instant::now() + RETRY_TIMEOUT;
        loop {
            match self.append_once(appends).await {
                Ok((written, has_repeats)) => {
                    self.expects_repeats = has_repeats;
                    return Ok(written);
                }
                Err(error) if has_code(&error, &SqlState::UNIQUE_VIOLATION) && !self.expects_repeats => {
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
        let outcome = async {
            self.partitions.create_missing(&client, appends.iter().flat_map(|append| &append.events)).await?;
            write(&client, appends, self.expects_repeats).await
        }
        .await;
        if outcome.is_err() && client.batch_execute("ROLLBACK").await.is_err() {
            // The connection is unusable: it must not go back to the pool.
            drop(Object::take(client));
        }
        outcome
    }
}

/// Writes the transaction by `INSERT` or by `COPY`. Also returns whether there were repeats that `COPY` would fail at.
///
/// Statements that don't need an earlier result are sent together, because each wait costs a round trip.
async fn write(
    client: &ClientWrapper,
    appends: &[Append],
    inserts: bool,
) -> Result<(Vec<Option<Written>>, bool), StoreError> {
    let (tenants, begin) = (client.prepare_cached(TENANTS).await?, client.prepare_cached(BEGIN).await?);
    let ids: Vec<i64> = appends.iter().map(|append| append.tenant.get().cast_signed()).collect();
    let blocks = blocks_for(appends.iter().map(|append| append.events.len()).sum());
    let (of_tenants, of_begin): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 1]) = ([&ids], [&blocks]);
    let ((), tenants, begun) = tokio::try_join!(
        biased;
        client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED"),
        client.query(&tenants, &of_tenants),
        client.query_one(&begin, &of_begin),
    )?;
    let tenant = |row: &tokio_postgres::Row| {
        Ok((row.try_get::<_, i64>(0)?.cast_unsigned().into(), TenantNumber(row.try_get(1)?)))
    };
    let tenants = tenants.iter().map(tenant).collect::<Result<HashMap<TenantId, _>, StoreError>>()?;
    let (xact, blocks): (i64, Vec<i64>) = (begun.try_get(0)?, begun.try_get(1)?);

    let mut batch = AppendBatch::new(appends, &tenants);
    claim_names(client, &mut batch).await?;
    batch.assign_numbers(&blocks);
    let events = batch.rows().len();
    if inserts && events > 0 {
        batch.retain_numbers(&insert::insert(client, batch.rows(), xact).await?);
    }
    let has_repeats = batch.rows().len() < events;
    if batch.rows().is_empty() {
        client.batch_execute("ROLLBACK").await?;
    } else {
        finish(client, &batch, (!inserts).then(|| row::encode(batch.rows(), xact).freeze())).await?;
    }
    Ok((batch.written(appends, &tenants, xact), has_repeats))
}

/// Claims the names of events that have an `eventId`, and drops the events whose names are taken.
async fn claim_names(client: &ClientWrapper, batch: &mut AppendBatch<'_>) -> Result<(), StoreError> {
    let (tenants, keys) = batch.named();
    if keys.is_empty() {
        return Ok(());
    }
    let claimed = client.query(&client.prepare_cached(CLAIM).await?, &[&tenants, &keys]).await?;
    let new = claimed.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    batch.retain_named(&new.collect::<Result<HashSet<(i64, Uuid)>, StoreError>>()?);
    Ok(())
}

/// Copies the rows unless they are inserted already, counts them, and commits. If one of these fails, nothing is
/// committed.
async fn finish(client: &ClientWrapper, batch: &AppendBatch<'_>, rows: Option<Bytes>) -> Result<(), StoreError> {
    let count = client.prepare_cached(COUNT).await?;
    let (tenants, events) = batch.counts();
    let of_count: [&(dyn ToSql + Sync); 2] = [&tenants, &events];
    let mut copying = None;
    if let Some(rows) = rows {
        let sink = client.copy_in::<_, Bytes>(&client.prepare_cached(COPY).await?).await?;
        copying.insert(Box::pin(sink)).send(rows).await?;
    }
    let copied = async {
        match &mut copying {
            Some(sink) => sink.as_mut().finish().await,
            None => Ok(0),
        }
    };
    tokio::try_join!(biased; copied, client.execute(&count, &of_count), client.batch_execute("COMMIT"))?;
    Ok(())
}
