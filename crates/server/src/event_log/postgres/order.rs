//! Finds and repairs ties that an older version stored newest first, in a PostgreSQL database.

use std::time::Duration;

use deadpool_postgres::Transaction;
use group_dispatch_types::signing::TenantId;
use tokio::time::Instant;
use tokio_postgres::{Client, IsolationLevel};

use super::{
    PostgresLog,
    connect::ConnectOptions,
    connection::{READ_LIMIT, within},
    migrate, open_lock, retention,
};
use crate::{
    error::StoreError,
    event_log::{
        feed_order::{ARRIVALS, OLDER_TENANTS, Scan, Tenant, TenantOrder},
        open_error::OpenError,
    },
};

/// Since this schema version, `tenant.feed_order_seq` says how far older versions stored events.
const FEED_ORDER_VERSION: i32 = 2;
/// Events that are read at a time.
const PAGE_EVENTS: i32 = 10_000;
/// Swaps that one statement does.
const STATEMENT_SWAPS: usize = 10_000;
/// How long the connection of a program that has ended may stay open.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const LOCK_RETRY_DELAY: Duration = Duration::from_millis(50);

/// In a database of an older version, which stored all events. The sequence counts blocks of 256 numbers.
const ALL_OLDER: &str = "SELECT number, id, last_value + 255 FROM tenant, event_seq WHERE is_called";

/// Servers of older versions hold no lock. They are recognized by the name of their connections.
const HAS_OTHERS: &str = "
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND application_name = current_setting('application_name')
    )";

/// The planner can't know how few events a statement changes.
const BY_INDEX: &str =
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

const SWAP: &str = "
    UPDATE status_event SET seq = swap.one + swap.other - status_event.seq
    FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS swap (at, one, other)
    WHERE status_event.tenant = $1 AND status_event.at = swap.at AND status_event.seq IN (swap.one, swap.other)";

impl PostgresLog {
    /// Finds events that an older version stored newest first, in one snapshot. Changes nothing.
    ///
    /// # Errors
    /// If the database can't be reached, has no log, or was changed by a newer version.
    pub async fn inspect_order(url: &str) -> Result<Vec<TenantOrder>, OpenError> {
        let mut client = ConnectOptions::parse(url)?.connect().await?;
        let snapshot = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        let snapshot = snapshot.start().await?;
        let version = migrate::current_version(&snapshot).await?;
        if version == 0 {
            return Err(OpenError::Missing);
        }
        let found = scan(&snapshot, version, None, false).await?;
        Ok(found.into_iter().map(|tenant| tenant.order).collect())
    }

    /// Repairs events that an older version stored newest first, in one transaction for each tenant, while no server
    /// uses the database.
    ///
    /// # Errors
    /// If the tenant does not exist, other programs use the database, or as for [`connect`](Self::connect).
    pub async fn repair_order(url: &str, only: Option<TenantId>) -> Result<Vec<TenantOrder>, OpenError> {
        let mut client = ConnectOptions::parse(url)?.connect().await?;
        let is_read_only = client.backend().is_read_only;
        lock(&client).await?;
        migrate::migrate(&mut client, is_read_only).await?;
        let found = scan(&client.transaction().await?, FEED_ORDER_VERSION, only, true).await?;
        for tenant in found.iter().filter(|tenant| !tenant.order.is_beyond_repair()) {
            let change = client.transaction().await?;
            repair_tenant(&change, tenant).await?;
            change.commit().await?;
        }
        open_lock::release(client).await;
        Ok(found.into_iter().map(|tenant| tenant.order).collect())
    }
}

/// Fails while other programs use the database. Programs that start later are rejected.
async fn lock(client: &Client) -> Result<(), OpenError> {
    let deadline = Instant::now() + LOCK_TIMEOUT;
    while !within(READ_LIMIT, open_lock::try_lock(client, open_lock::EXCLUSIVE)).await?
        || within(READ_LIMIT, client.query_one(HAS_OTHERS, &[])).await?.try_get(0)?
    {
        if Instant::now() > deadline {
            return Err(OpenError::InUse);
        }
        tokio::time::sleep(LOCK_RETRY_DELAY).await;
    }
    Ok(())
}

async fn scan(
    snapshot: &Transaction<'_>,
    version: i32,
    only: Option<TenantId>,
    collects_swaps: bool,
) -> Result<Vec<Tenant>, OpenError> {
    let has_all_events = snapshot.query_one(retention::HAS_ALL_EVENTS, &[]).await?.try_get(0)?;
    let mut scan = Scan::new(only, has_all_events, collects_swaps);
    for tenant in snapshot.query(if version < FEED_ORDER_VERSION { ALL_OLDER } else { OLDER_TENANTS }, &[]).await? {
        scan.add_tenant(|column| tenant.try_get(column))?;
    }
    let arrivals = snapshot.prepare(ARRIVALS).await?;
    let arrivals = snapshot.bind(&arrivals, &[&scan.last_seq()?]).await?;
    loop {
        let rows = snapshot.query_portal(&arrivals, PAGE_EVENTS).await?;
        if rows.is_empty() {
            return Ok(scan.finish());
        }
        for row in rows {
            scan.observe(|column| row.try_get(column))?;
        }
    }
}

async fn repair_tenant(change: &Transaction<'_>, tenant: &Tenant) -> Result<(), StoreError> {
    // Nobody can append events of the tenant meanwhile.
    change.execute("SELECT FROM tenant WHERE number = $1 FOR UPDATE", &[&tenant.number]).await?;
    change.batch_execute(BY_INDEX).await?;
    for swaps in tenant.swaps.chunks(STATEMENT_SWAPS) {
        let at: Vec<i64> = swaps.iter().map(|swap| swap.at).collect();
        let (one, other): (Vec<i64>, Vec<i64>) = swaps.iter().map(|swap| (swap.one, swap.other)).unzip();
        if change.execute(SWAP, &[&tenant.number, &at, &one, &other]).await? != 2 * swaps.len() as u64 {
            return Err(StoreError::database("events changed during the repair; run it again"));
        }
    }
    if !tenant.swaps.is_empty() {
        // The snapshot follows from the order before. The next start reads all events instead.
        change.execute("DELETE FROM saved_state", &[]).await?;
    }
    change.execute("UPDATE tenant SET feed_order_seq = 0 WHERE number = $1", &[&tenant.number]).await?;
    Ok(())
}
