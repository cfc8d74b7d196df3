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
    pin::pin,
};

use bytes::Bytes;
use deadpool_postgres::ClientWrapper;
use futures_util::SinkExt as _;
use group_dispatch_types::signing::TenantId;
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_postgres::{Row, error::SqlState, types::ToSql};
use uuid::Uuid;

use super::{
    append_batch::{Append, AppendBatch, Written},
    connection::Connections,
    error::{has_code, is_connection_lost, is_rejection, waits_for_standby},
    partitions::Partitions,
    row::{NewRow, columns, encode},
    session::{Process, Session},
};
use crate::{error::StoreError, tenant::TenantNumber};

/// How often an append is done again because another process has stored one of its events meanwhile.
pub(super) const MAX_COLLISIONS: u32 = 10;
/// How many processes of PostgreSQL are remembered after their connections were lost.
const MAX_ABANDONED: usize = 16;

/// The tenants. None of them can be removed before the transaction ends.
const TENANTS: &str = "SELECT id, number FROM tenant WHERE id = ANY($1) ORDER BY id FOR KEY SHARE";

/// Tables are read by an index alone: a plan that is cached from when a table was small would scan it.
pub(super) const BEGIN: &str = "
    BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off";

/// The number of this transaction, and enough blocks of 256 event numbers.
pub(super) const NUMBERS: &str = "
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

/// Which of these processes still exist, and whether each waits for a standby. Another process may have the same id.
const ABANDONED: &str = "
    SELECT pid, started, coalesce(wait_event = 'SyncRep', false)
    FROM unnest($1::integer[], $2::bigint[]) AS abandoned (pid, started) JOIN pg_stat_activity USING (pid)
    WHERE started = (extract(epoch FROM backend_start) * 1000000)::bigint";

/// Writes transactions, one at a time.
pub struct Appender {
    connections: Connections,
    partitions: Partitions,
    /// Whether the last transaction had repeats.
    expects_repeats: bool,
    /// The processes of PostgreSQL behind lost connections. They may still be committing.
    pub(super) abandoned: Vec<Process>,
}

impl Appender {
    pub fn new(connections: Connections) -> Self {
        Self { connections, partitions: Partitions::default(), expects_repeats: false, abandoned: Vec::new() }
    }

    /// Returns the outcome of each append; `None` if its tenant does not exist.
    ///
    /// If it fails by a lost connection, it is unknown whether the events are stored. A retry either finds them and counts
    /// them as repeats, or stores them.
    pub async fn append(&mut self, appends: &[Append], deadline: Instant) -> Result<Vec<Option<Written>>, StoreError> {
        self.check_abandoned(deadline).await?;
        let mut collisions = 0;
        loop {
            match self.append_once(appends, deadline).await {
                Ok((written, has_repeats)) => {
                    self.expects_repeats = has_repeats;
                    return Ok(written);
                }
                Err(error) if has_code(&error, &SqlState::UNIQUE_VIOLATION) && collisions < MAX_COLLISIONS => {
                    collisions += 1;
                    self.expects_repeats = true;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn append_once(
        &mut self,
        appends: &[Append],
        deadline: Instant,
    ) -> Result<(Vec<Option<Written>>, bool), StoreError> {
        let (process, partitions, expects_repeats) = (&Mutex::new(None), &mut self.partitions, self.expects_repeats);
        let outcome = self.connections.run(deadline.saturating_duration_since(Instant::now()), async |session| {
            *process.lock() = Some(session.backend().process);
            let outcome = async {
                partitions.create_missing(session, appends.iter().flat_map(|append| &append.events)).await?;
                write(session, appends, expects_repeats).await
            };
            match outcome.await {
                // The connection is still good, and must not stay in the transaction.
                Err(error) if is_rejection(&error) => {
                    session.batch_execute("ROLLBACK").await?;
                    Ok(Err(error))
                }
                outcome => outcome.map(Ok),
            }
        });
        let outcome = outcome.await;
        if outcome.as_ref().is_err_and(is_connection_lost) {
            // The next server may not have them.
            self.partitions = Partitions::default();
            if self.abandoned.len() < MAX_ABANDONED {
                self.abandoned.extend(*process.lock());
            }
        }
        outcome.flatten()
    }

    /// Fails while a transaction whose connection was lost waits for a standby. A retry would wait behind it, and leave
    /// one more process waiting each time, until the database has no connection to spare.
    pub(super) async fn check_abandoned(&mut self, deadline: Instant) -> Result<(), StoreError> {
        if self.abandoned.is_empty() {
            return Ok(());
        }
        let limit = deadline.saturating_duration_since(Instant::now());
        let (pids, started): (Vec<_>, Vec<_>) = self.abandoned.iter().map(|of| (of.pid, of.started)).unzip();
        let existing = self.connections.run(limit, async |session| {
            let rows = session.query(ABANDONED, &[&pids, &started]).await?;
            let process = |row: &Row| Ok((Process { pid: row.try_get(0)?, started: row.try_get(1)? }, row.try_get(2)?));
            rows.iter().map(process).collect::<Result<Vec<(Process, bool)>, _>>()
        });
        let existing = existing.await?;
        self.abandoned = existing.iter().map(|(process, _)| *process).collect();
        if existing.iter().any(|(_, waits)| *waits) { Err(waits_for_standby()) } else { Ok(()) }
    }
}

/// Writes the transaction. Also returns whether there were repeats that `COPY` would fail at.
///
/// Statements that don't need an earlier result are sent together, because each wait costs a round trip.
async fn write(
    client: &Session,
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
        // The events may be on no standby yet. This transaction has a number and has locked rows, so that its commit is
        // in the write-ahead log behind them, and waits for the standbys as their commit did.
        client.batch_execute("COMMIT").await?;
    } else {
        batch.assign_numbers(&blocks);
        copy(client, &batch.rows, xact).await?;
    }
    Ok((batch.written(appends, &tenants, (xact, client.backend().server)), has_repeats))
}

/// Claims the names of events that have an `eventId`, and removes the events whose names are taken.
pub(super) async fn claim_names(client: &ClientWrapper, rows: &mut Vec<NewRow<'_>>) -> Result<(), StoreError> {
    let named = rows.iter().filter(|row| row.event.event_id.is_some());
    let (tenants, keys): (Vec<i64>, Vec<Uuid>) = named.map(NewRow::tenant_and_key).unzip();
    if !keys.is_empty() {
        let new = tenants_and_keys(&client.query(&client.prepare_cached(CLAIM).await?, &[&tenants, &keys]).await?)?;
        rows.retain(|row| row.event.event_id.is_none() || new.contains(&row.tenant_and_key()));
    }
    Ok(())
}

/// Removes the events that are stored. Returns whether there are any.
pub(super) async fn remove_stored(client: &ClientWrapper, rows: &mut Vec<NewRow<'_>>) -> Result<bool, StoreError> {
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
pub(super) async fn copy(client: &ClientWrapper, rows: &[NewRow<'_>], xact: i64) -> Result<(), StoreError> {
    let count = client.prepare_cached(COUNT).await?;
    let mut sink = pin!(client.copy_in::<_, Bytes>(&client.prepare_cached(COPY).await?).await?);
    sink.send(encode(rows, xact).freeze()).await?;
    let tenants: Vec<i64> = rows.iter().map(|row| row.tenant.0).collect();
    let of_count: [&(dyn ToSql + Sync); 1] = [&tenants];
    tokio::try_join!(biased; sink.finish(), client.execute(&count, &of_count), client.batch_execute("COMMIT"))?;
    Ok(())
}
