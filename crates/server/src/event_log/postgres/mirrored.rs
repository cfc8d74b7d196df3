//! Stores what a mirror found out: one transaction for each call, apart from the appends that the batcher gathers.
//!
//! The transaction locks the row of the tenant, so that of two mirrors at two servers one waits, and then finds the looks of
//! the other one. Appends of the batcher don't wait for that lock. The events are written as an append writes them, so that
//! repeats are found by the same indexes, and readers follow them by the same transaction numbers.

use deadpool_postgres::ClientWrapper;
use group_dispatch_types::signing::TenantId;
use tokio::sync::Mutex;
use tokio_postgres::{Row, error::SqlState, types::ToSql};

use super::{
    append::{BEGIN, MAX_COLLISIONS, NUMBERS, claim_names, copy, remove_stored},
    append_batch::AppendBatch,
    connection::{CHANGE_LIMIT, Connections},
    error::has_code,
    nul_escape::to_column,
    partitions::Partitions,
    session::{Session, begin},
};
use crate::{
    error::StoreError,
    event::{LoggedEvent, StatusEvent},
    event_log::{
        AppendToken, Appended, LoggedBatch, MirroredBatch,
        mirrored::{Freshness, Gap, LatestLook, Look, LookCheck, MirrorEnd, MirroredFacts, check_looks},
    },
    tenant::TenantNumber,
};

/// Other mirrors of the tenant wait for this lock, its callbacks, and a removal of the tenant.
pub const LOCK_TENANT: &str = "SELECT number FROM tenant WHERE id = $1 FOR NO KEY UPDATE";

const LATEST: &str = "
    SELECT DISTINCT ON (source) source, last, mirror FROM look WHERE tenant = $1 ORDER BY source, number DESC";

const CONTINUE: &str = "
    UPDATE look SET last = $3, looks = looks + 1, mirror = $4, log_read = $5, clock_offset = $6, uncertainty = $7,
        requests_per_minute = $8, round_interval = $9, ended = NULL
    WHERE tenant = $1 AND source = $2
        AND number = (SELECT max(number) FROM look WHERE tenant = $1 AND source = $2)";
const BEGIN_STRETCH: &str = "
    INSERT INTO look (tenant, source, number, first, last, looks, mirror, log_read, clock_offset, uncertainty,
        requests_per_minute, round_interval)
    SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $3, 1, $4, $5, $6, $7, $8, $9
    FROM look WHERE tenant = $1 AND source = $2";
pub const COUNT_LOOK: &str = "UPDATE look_version SET version = version + 1";

const END: &str = "
    WITH ended AS (
        UPDATE look SET ended = $2
        WHERE tenant = $1 AND ended IS NULL AND number = (
            SELECT max(number) FROM look AS other WHERE other.tenant = look.tenant AND other.source = look.source
        )
        RETURNING last
    )
    SELECT max(last) FROM ended";

const ADD_GAPS: &str = "
    INSERT INTO gap (tenant, source, user_id, agent_account, whatsapp, from_at, to_at)
    SELECT $1, * FROM unnest($2::integer[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
    ON CONFLICT DO NOTHING";

/// The freshness of all sources of all tenants, for [`read_freshness`].
pub const FRESHNESS: &str = "
    SELECT DISTINCT ON (tenant, source) tenant, source, min(first) OVER (PARTITION BY tenant, source), first, last,
        mirror, log_read, clock_offset, uncertainty, requests_per_minute, round_interval, ended
    FROM look ORDER BY tenant, source, number DESC";

/// Writes what mirrors found out.
pub struct MirrorWriter {
    connections: Connections,
    partitions: Mutex<Partitions>,
}

impl MirrorWriter {
    pub fn new(connections: Connections) -> Self {
        Self { connections, partitions: Mutex::default() }
    }

    /// Appends the facts. If this fails by a lost connection, it is unknown whether they are stored; a retry finds out.
    pub async fn append(&self, tenant: TenantId, facts: &MirroredFacts) -> Result<MirroredBatch, StoreError> {
        let mut collisions = 0;
        loop {
            let outcome = self.connections.run(CHANGE_LIMIT, async |session| {
                self.partitions.lock().await.create_missing(session, facts.events.iter()).await?;
                write(session, tenant, facts).await
            });
            match outcome.await {
                Err(error) if has_code(&error, &SqlState::UNIQUE_VIOLATION) && collisions < MAX_COLLISIONS => {
                    collisions += 1;
                }
                outcome => return outcome,
            }
        }
    }
}

/// Writes the transaction. If this fails, the connection is closed, and with it the transaction.
async fn write(session: &Session, id: TenantId, facts: &MirroredFacts) -> Result<MirroredBatch, StoreError> {
    let MirroredFacts { looks, events, gaps } = facts;
    session.batch_execute(BEGIN).await?;
    let lock = session.prepare_cached(LOCK_TENANT).await?;
    let tenant = session.query_opt(&lock, &[&id.get().cast_signed()]).await?;
    let tenant = TenantNumber(tenant.ok_or(StoreError::UnknownTenant(id))?.try_get(0)?);
    match check_looks(looks, latest_looks(session, tenant).await?) {
        LookCheck::Conflict(conflict) => {
            session.batch_execute("ROLLBACK").await?;
            return Ok(MirroredBatch::Conflict(conflict));
        }
        LookCheck::Repeated => {
            // The lock is a change, so that this waits for standbys as the commit of the first try did.
            session.batch_execute("COMMIT").await?;
            let repeated = |repeated| Appended { stored: 0, repeated };
            let (looks, gaps) = (repeated(looks.len()), repeated(gaps.len()));
            let events = LoggedBatch { tenant, stored: Vec::new(), repeated: events.len(), token: None };
            return Ok(MirroredBatch::Stored { events, looks, gaps });
        }
        LookCheck::New => {}
    }
    for look in looks.iter().filter(|look| !look.is_partial) {
        add_look(session, tenant, look).await?;
    }
    let gaps = add_gaps(session, tenant, gaps).await?;
    let events = append_events(session, tenant, events, looks.iter().any(|look| !look.is_partial)).await?;
    Ok(MirroredBatch::Stored { events, looks: Appended { stored: looks.len(), repeated: 0 }, gaps })
}

/// Ends the mirror of a tenant at a time. The looks stay, so that a mirror that begins again goes on behind them.
pub async fn end(connections: &Connections, tenant: TenantId, at: i64) -> Result<MirrorEnd, StoreError> {
    connections
        .run(CHANGE_LIMIT, async |session| {
            let transaction = begin(session).await?;
            let tenant = transaction.query_opt(LOCK_TENANT, &[&tenant.get().cast_signed()]).await?;
            let Some(tenant) = tenant else { return Ok(MirrorEnd::Unknown) };
            let tenant: i64 = tenant.try_get(0)?;
            let last = transaction.query_one(END, &[&tenant, &at]).await?.try_get(0)?;
            let Some(last) = last else { return Ok(MirrorEnd::NotMirrored) };
            transaction.execute(COUNT_LOOK, &[]).await?;
            transaction.commit().await?;
            Ok(MirrorEnd::Ended { last })
        })
        .await
}

async fn latest_looks(session: &ClientWrapper, tenant: TenantNumber) -> Result<Vec<LatestLook>, StoreError> {
    let rows = session.query(&session.prepare_cached(LATEST).await?, &[&tenant.0]).await?;
    let latest = |row: &Row| {
        let (source, mirror) = (row.try_get::<_, i32>(0)?.into(), row.try_get::<_, i64>(2)?.cast_unsigned());
        Ok(LatestLook { source, at: row.try_get(1)?, mirror })
    };
    rows.iter().map(latest).collect()
}

async fn add_look(session: &ClientWrapper, tenant: TenantNumber, look: &Look) -> Result<(), StoreError> {
    let Look { source, at, mirror, log_read, clock_offset, .. } = *look;
    let (source, mirror, uncertainty) = (source.code(), mirror.cast_signed(), i64::from(look.uncertainty));
    let [requests, interval] = [look.requests_per_minute, look.interval].map(|number| number.map(i64::from));
    let change = session.prepare_cached(if look.is_in_stretch() { CONTINUE } else { BEGIN_STRETCH }).await?;
    let values: [&(dyn ToSql + Sync); 9] =
        [&tenant.0, &source, &at, &mirror, &log_read, &clock_offset, &uncertainty, &requests, &interval];
    session.execute(&change, &values).await?;
    Ok(())
}

async fn add_gaps(session: &ClientWrapper, tenant: TenantNumber, gaps: &[Gap]) -> Result<Appended, StoreError> {
    if gaps.is_empty() {
        return Ok(Appended::default());
    }
    let sources: Vec<i32> = gaps.iter().map(|gap| gap.source.code()).collect();
    let agents: Vec<i64> = gaps.iter().map(|gap| gap.user_id.get().cast_signed()).collect();
    let agent_accounts: Vec<_> = gaps.iter().map(|gap| to_column(&gap.agent_account)).collect();
    let accounts: Vec<_> = gaps.iter().map(|gap| gap.whatsapp.map(|number| number.get().cast_signed())).collect();
    let (from, to): (Vec<Option<i64>>, Vec<i64>) = gaps.iter().map(|gap| (gap.from, gap.to)).unzip();
    let insert = session.prepare_cached(ADD_GAPS).await?;
    let values: [&(dyn ToSql + Sync); 7] = [&tenant.0, &sources, &agents, &agent_accounts, &accounts, &from, &to];
    let stored = usize::try_from(session.execute(&insert, &values).await?).map_err(StoreError::database)?;
    Ok(Appended { stored, repeated: gaps.len() - stored })
}

/// Writes the events, and commits.
async fn append_events(
    session: &Session,
    tenant: TenantNumber,
    events: &[StatusEvent],
    has_looks: bool,
) -> Result<LoggedBatch, StoreError> {
    let mut batch = AppendBatch::of_tenant(tenant, events);
    claim_names(session, &mut batch.rows).await?;
    remove_stored(session, &mut batch.rows).await?;
    let numbers = session.prepare_cached(NUMBERS).await?;
    let numbers = session.query_one(&numbers, &[&i64::try_from(batch.rows.len()).unwrap_or(i64::MAX)]).await?;
    let (xact, blocks): (i64, Vec<i64>) = (numbers.try_get(0)?, numbers.try_get(1)?);
    batch.assign_numbers(&blocks);
    if has_looks {
        // Late, because the mirrors of all tenants wait for this row.
        session.batch_execute(COUNT_LOOK).await?;
    }
    if batch.rows.is_empty() {
        session.batch_execute("COMMIT").await?;
    } else {
        copy(session, &batch.rows, xact).await?;
    }
    let server = session.backend().server;
    let token = (!batch.rows.is_empty()).then_some(AppendToken::Postgres { server, xact, appends: 1 });
    let mut stored: Vec<_> =
        batch.rows.iter().map(|row| LoggedEvent { seq: row.seq.cast_unsigned(), event: row.event.clone() }).collect();
    stored.sort_unstable_by_key(|logged| logged.seq);
    Ok(LoggedBatch { tenant, repeated: events.len() - stored.len(), stored, token })
}

/// Reads a row of [`FRESHNESS`].
pub fn read_freshness(row: &Row) -> Result<(TenantNumber, Freshness), StoreError> {
    let optional = |column: usize| -> Result<Option<u32>, StoreError> {
        let number: Option<i64> = row.try_get(column)?;
        number.map(u32::try_from).transpose().map_err(StoreError::database)
    };
    let freshness = Freshness {
        source: row.try_get::<_, i32>(1)?.into(),
        first: row.try_get(2)?,
        since: row.try_get(3)?,
        last: row.try_get(4)?,
        mirror: row.try_get::<_, i64>(5)?.cast_unsigned(),
        log_read: row.try_get(6)?,
        clock_offset: row.try_get(7)?,
        uncertainty: row.try_get::<_, i64>(8)?.try_into().map_err(StoreError::database)?,
        requests_per_minute: optional(9)?,
        interval: optional(10)?,
        ended: row.try_get(11)?,
    };
    Ok((TenantNumber(row.try_get(0)?), freshness))
}
