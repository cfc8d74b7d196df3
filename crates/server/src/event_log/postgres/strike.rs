//! Strikes events in a PostgreSQL database. A struck event has a negative transaction: readers begin at 0.

use std::time::Duration;

use deadpool_postgres::Transaction;
use group_dispatch_types::signing::TenantId;

use super::{
    connection::Connections,
    nul_escape::to_column,
    retention,
    row::{columns, read_event},
    session::begin,
    tenants::COUNT_CHANGE,
};
use crate::{
    error::StoreError,
    event_log::strike::{EventFilter, Strike},
};

/// The limit of a strike, for which no request waits. Without a time, the filter has the whole log read.
const STRIKE_LIMIT: Duration = Duration::from_secs(60 * 60);
const LIMIT: &str = "SET LOCAL statement_timeout TO '1h'";

const MATCHING: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM status_event
    WHERE xact >= 0 AND tenant = $1 AND at >= $2 AND at < $3 AND ($4::text IS NULL OR event_id = $4)
        AND ($5::bigint IS NULL OR user_id = $5) AND ($6::bigint IS NULL OR whatsapp = $6)
        AND ($7::integer IS NULL OR source = $7)
    LIMIT 2"
);

/// Strikes the event that a filter selects.
pub async fn strike(
    connections: &Connections,
    id: TenantId,
    filter: EventFilter,
    is_dry_run: bool,
) -> Result<Strike, StoreError> {
    connections.run(STRIKE_LIMIT, async |session| strike_in(begin(session).await?, id, &filter, is_dry_run).await).await
}

async fn strike_in(
    change: Transaction<'_>,
    id: TenantId,
    filter: &EventFilter,
    is_dry_run: bool,
) -> Result<Strike, StoreError> {
    change.batch_execute(LIMIT).await?;
    let tenant = change.query_opt("SELECT number FROM tenant WHERE id = $1", &[&id.get().cast_signed()]).await?;
    let tenant: i64 = tenant.ok_or(StoreError::UnknownTenant(id))?.try_get(0)?;
    let event_id = filter.event_id.as_deref().map(to_column);
    let user = filter.user_id.map(|id| id.get().cast_signed());
    let account = filter.whatsapp.map(|number| number.get().cast_signed());
    let source = filter.source.map(|source| source.code());
    let (start, end) = (filter.times.start, filter.times.end);
    let matching = change.query(MATCHING, &[&tenant, &start, &end, &event_id, &user, &account, &source]).await?;
    let [row] = matching.as_slice() else {
        return Ok(if matching.is_empty() { Strike::Missing } else { Strike::Ambiguous });
    };
    let (_, found) = read_event(row)?;
    // Retention deletes no events meanwhile, and no snapshot is begun (`snapshot.rs`).
    change.execute(retention::LOCK, &[]).await?;
    change.execute(COUNT_CHANGE, &[]).await?;
    if !change.query_one(retention::HAS_ALL_EVENTS, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(Strike::EventsExpired);
    }
    if !is_dry_run {
        let (at, seq) = (found.event.at, found.seq.cast_signed());
        const STRIKE: &str = "
            UPDATE status_event SET xact = -xact WHERE tenant = $1 AND at = $2 AND seq = $3 AND xact >= 0";
        if change.execute(STRIKE, &[&tenant, &at, &seq]).await? == 0 {
            return Ok(Strike::Missing);
        }
        change.execute("INSERT INTO strike (tenant, at, seq) VALUES ($1, $2, $3)", &[&tenant, &at, &seq]).await?;
        // Snapshots and drafts have the event in them.
        change.execute("DELETE FROM saved_state", &[]).await?;
        change.commit().await?;
    }
    Ok(Strike::Struck(Box::new(found.event)))
}
