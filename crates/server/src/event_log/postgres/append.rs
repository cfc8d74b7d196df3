//! Appends batches of events: all in one transaction, and each of them whole.

use std::{
    collections::{HashMap, HashSet},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::Bytes;
use deadpool_postgres::{ClientWrapper, Object, Pool};
use futures_util::SinkExt as _;
use tokio::time::Instant;
use tokio_postgres::{error::SqlState, types::ToSql};
use uuid::Uuid;

use super::{
    append_batch::{AppendBatch, blocks},
    batch::{Batch, Written},
    failure::Failure,
    insert,
    partitions::Partitions,
    row::{self, columns},
};
use crate::{TenantId, tenant::TenantNumber};

/// How long a database that starts anew is waited for.
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// The tenants, none of which can be removed now before the append is through.
const TENANTS: &str = "SELECT id, number FROM tenant WHERE id = ANY($1) ORDER BY id FOR KEY SHARE";

/// This transaction, and what numbers it may give.
const OPEN: &str = "
    SELECT pg_current_xact_id()::text::bigint + base,
        ARRAY(SELECT nextval('event_seq') FROM generate_series(1, $1::bigint))
    FROM origin";

/// Where another transaction is about the same name, this waits for its end.
const CLAIM: &str = "
    INSERT INTO named_event (tenant, key) SELECT * FROM unnest($1::bigint[], $2::uuid[])
    ON CONFLICT DO NOTHING RETURNING tenant, key";

const COPY: &str = concat!("COPY status_event (", columns!(), ", key) FROM STDIN BINARY");

const COUNT: &str = "
    INSERT INTO tally (tenant, share, events)
    SELECT tenant, pg_backend_pid() % 32, events FROM unnest($1::bigint[], $2::bigint[]) AS stored (tenant, events)
    ON CONFLICT (tenant, share) DO UPDATE SET events = tally.events + excluded.events";

/// What all who append have in common.
pub struct Appender {
    pool: Pool,
    partitions: Partitions,
    /// Repeats have come, and so may more: `COPY` can't pass over them.
    expects_repeats: AtomicBool,
}

impl Appender {
    pub fn new(pool: Pool) -> Self {
        Self { pool, partitions: Partitions::default(), expects_repeats: AtomicBool::new(false) }
    }

    /// Says what became of each batch, but of those whose tenant is not known.
    ///
    /// Tries again for a while when the database is not there. Where it went away during a commit, nobody can tell
    /// whether the events are stored: the next try finds them and counts them as repeats, or stores them.
    pub async fn append(&self, batches: &[(TenantId, Batch)]) -> Result<Vec<Option<Written>>, Failure> {
        let deadline = Instant::now() + RETRY_TIMEOUT;
        loop {
            let expects_repeats = self.expects_repeats.load(Ordering::Relaxed);
            match self.append_once(batches, expects_repeats).await {
                Ok((written, met_repeats)) => {
                    self.expects_repeats.store(met_repeats, Ordering::Relaxed);
                    return Ok(written);
                }
                Err(failure) if failure.has_code(&SqlState::UNIQUE_VIOLATION) && !expects_repeats => {
                    self.expects_repeats.store(true, Ordering::Relaxed);
                }
                Err(failure) if failure.is_passing() && Instant::now() < deadline => {
                    tokio::time::sleep(RETRY_DELAY).await
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Says also whether there were repeats that `COPY` would have met.
    async fn append_once(
        &self,
        batches: &[(TenantId, Batch)],
        expects_repeats: bool,
    ) -> Result<(Vec<Option<Written>>, bool), Failure> {
        let client = self.pool.get().await?;
        let outcome = async {
            let events = batches.iter().flat_map(|(_, batch)| batch.events());
            self.partitions.prepare(&client, events).await?;
            write(&client, batches, expects_repeats).await
        }
        .await;
        if outcome.is_err() && client.batch_execute("ROLLBACK").await.is_err() {
            // Nobody can work with this connection.
            drop(Object::take(client));
        }
        outcome
    }
}

/// Sends what need not wait for an answer together: each answer that is waited for costs the way to the database and
/// back.
async fn write(
    client: &ClientWrapper,
    batches: &[(TenantId, Batch)],
    expects_repeats: bool,
) -> Result<(Vec<Option<Written>>, bool), Failure> {
    let (tenants, open) = (client.prepare_cached(TENANTS).await?, client.prepare_cached(OPEN).await?);
    let ids: Vec<i64> = batches.iter().map(|(tenant, _)| tenant.get().cast_signed()).collect();
    let blocks = blocks(batches.iter().map(|(_, batch)| batch.len()).sum());
    let (of_tenants, of_open): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 1]) = ([&ids], [&blocks]);
    let ((), tenants, opened) = tokio::try_join!(
        biased;
        client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED"),
        client.query(&tenants, &of_tenants),
        client.query_one(&open, &of_open),
    )?;
    let tenant = |row: &tokio_postgres::Row| {
        Ok((row.try_get::<_, i64>(0)?.cast_unsigned().into(), TenantNumber(row.try_get(1)?)))
    };
    let tenants = tenants.iter().map(tenant).collect::<Result<HashMap<TenantId, _>, Failure>>()?;
    let (xact, blocks): (i64, Vec<i64>) = (opened.try_get(0)?, opened.try_get(1)?);

    let mut group = AppendBatch::new(batches, &tenants);
    claim(client, &mut group).await?;
    group.number(&blocks);
    let events = group.rows().len();
    if expects_repeats && !group.is_empty() {
        group.keep(&insert::insert(client, group.rows(), xact).await?);
    }
    let met_repeats = group.rows().len() < events;
    if group.is_empty() {
        client.batch_execute("ROLLBACK").await?;
    } else {
        finish(client, &group, (!expects_repeats).then(|| row::encode(group.rows(), xact).freeze())).await?;
    }
    Ok((group.written(batches, &tenants, xact), met_repeats))
}

/// Leaves out the events whose names are known.
async fn claim(client: &ClientWrapper, group: &mut AppendBatch<'_>) -> Result<(), Failure> {
    let (tenants, keys) = group.named();
    if keys.is_empty() {
        return Ok(());
    }
    let claimed = client.query(&client.prepare_cached(CLAIM).await?, &[&tenants, &keys]).await?;
    let new = claimed.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    group.keep_of_named(&new.collect::<Result<HashSet<(i64, Uuid)>, Failure>>()?);
    Ok(())
}

/// Copies the rows, if they are not there yet, counts them and commits. If one of these fails, the commit is none.
async fn finish(client: &ClientWrapper, group: &AppendBatch<'_>, rows: Option<Bytes>) -> Result<(), Failure> {
    let count = client.prepare_cached(COUNT).await?;
    let (tenants, events) = group.counts();
    let of_count: [&(dyn ToSql + Sync); 2] = [&tenants, &events];
    let copying = match rows {
        Some(rows) => {
            let mut copying = Box::pin(client.copy_in::<_, Bytes>(&client.prepare_cached(COPY).await?).await?);
            copying.send(rows).await?;
            Some(copying)
        }
        None => None,
    };
    let copied = async {
        match copying {
            Some(mut copying) => copying.as_mut().finish().await,
            None => Ok(0),
        }
    };
    tokio::try_join!(biased; copied, client.execute(&count, &of_count), client.batch_execute("COMMIT"))?;
    Ok(())
}
