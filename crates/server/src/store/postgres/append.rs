//! Appends events.

use std::{pin::pin, time::Duration};

use deadpool_postgres::{ClientWrapper, Object, Pool};
use tokio::time::Instant;
use tokio_postgres::{binary_copy::BinaryCopyInWriter, types::ToSql};
use uuid::Uuid;

use super::{
    batch::Batch,
    failure::Failure,
    partitions::Partitions,
    row::{self, TYPES, columns},
};
use crate::{
    TenantId,
    store::{
        StoreError,
        log::{Logged, TenantNumber},
    },
};

/// How long a database that starts anew is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(100);

/// The tenant, which can't be removed now before the append is through, and what numbers this transaction may give.
const OPEN: &str = "
    SELECT number, pg_current_xact_id()::text::bigint,
        ARRAY(SELECT nextval('event_seq') FROM generate_series(1, $2::bigint))
    FROM tenant WHERE id = $1 FOR KEY SHARE";

/// Where another transaction is about the same key, this waits for its end.
const CLAIM: &str = "
    INSERT INTO event_key (tenant, key)
    SELECT number, key FROM tenant, unnest($2::uuid[]) AS key WHERE id = $1
    ON CONFLICT DO NOTHING RETURNING key";

const COPY: &str = concat!("COPY status_event (", columns!(), ") FROM STDIN BINARY");

const COUNT: &str = "
    INSERT INTO tally (tenant, share, events) VALUES ($1, pg_backend_pid() % 32, $2)
    ON CONFLICT (tenant, share) DO UPDATE SET events = tally.events + excluded.events";

/// Tries again for a while when the database is not there. Where it went away during a commit, nobody can tell whether
/// the events are stored: the next try finds them and counts them as repeats, or stores them.
pub async fn append(
    pool: &Pool,
    partitions: &Partitions,
    tenant: TenantId,
    batch: &Batch,
) -> Result<Logged, StoreError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match append_once(pool, partitions, tenant, batch).await {
            Err(failure) if failure.is_passing() && Instant::now() < deadline => tokio::time::sleep(PAUSE).await,
            outcome => return Ok(outcome?),
        }
    }
}

async fn append_once(pool: &Pool, partitions: &Partitions, tenant: TenantId, batch: &Batch) -> Result<Logged, Failure> {
    let client = pool.get().await?;
    let outcome = async {
        partitions.prepare(&client, batch.events()).await?;
        write(&client, tenant, batch).await
    }
    .await;
    if outcome.is_err() && client.batch_execute("ROLLBACK").await.is_err() {
        // Nobody can work with this connection.
        drop(Object::take(client));
    }
    outcome
}

/// Sends what need not wait for an answer together: each answer that is waited for costs the way to the database and
/// back.
async fn write(client: &ClientWrapper, tenant: TenantId, batch: &Batch) -> Result<Logged, Failure> {
    let (open, claim, count) =
        (client.prepare_cached(OPEN).await?, client.prepare_cached(CLAIM).await?, client.prepare_cached(COUNT).await?);
    let (id, blocks, keys) = (tenant.get().cast_signed(), batch.blocks(), batch.keys());
    let (of_open, of_claim): ([&(dyn ToSql + Sync); 2], [&(dyn ToSql + Sync); 2]) = ([&id, &blocks], [&id, &keys]);
    let ((), opened, claimed) = tokio::try_join!(
        biased;
        client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED"),
        client.query_opt(&open, &of_open),
        client.query(&claim, &of_claim),
    )?;
    let opened = opened.ok_or(StoreError::UnknownTenant(tenant))?;
    let number = TenantNumber(opened.try_get(0)?);
    let xact: i64 = opened.try_get(1)?;
    let blocks: Vec<i64> = opened.try_get(2)?;
    let new = claimed.iter().map(|row| row.try_get(0)).collect::<Result<Vec<Uuid>, _>>()?;

    let stored = batch.stored(&new, &blocks);
    let repeated = batch.len() - stored.len();
    if stored.is_empty() {
        client.batch_execute("ROLLBACK").await?;
        return Ok(Logged { tenant: number, stored, repeated, step: None });
    }
    let copy = client.prepare_cached(COPY).await?;
    let mut rows = pin!(BinaryCopyInWriter::new(client.copy_in(&copy).await?, &TYPES));
    for event in &stored {
        row::write(rows.as_mut(), (xact, number), event).await?;
    }
    rows.finish().await?;
    let events = i64::try_from(stored.len()).unwrap_or(i64::MAX);
    let of_count: [&(dyn ToSql + Sync); 2] = [&number.0, &events];
    tokio::try_join!(biased; client.execute(&count, &of_count), client.batch_execute("COMMIT"))?;
    Ok(Logged { tenant: number, stored, repeated, step: None })
}
