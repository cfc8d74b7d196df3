//! Reads how up to date the sources are.

use group_dispatch_types::Source;
use rusqlite::{Result, Transaction};

use crate::{event_log::mirrored::Freshness, tenant::TenantNumber};

/// Returns the freshness of all sources of all tenants.
pub fn all(snapshot: &Transaction<'_>) -> Result<Vec<(TenantNumber, Freshness)>> {
    const FRESHNESS: &str = "
        SELECT tenant, source, earliest, first, last, mirror, log_read, clock_offset, uncertainty, requests_per_minute,
            round_interval, ended
        FROM look JOIN (
            SELECT tenant AS of_tenant, source AS of_source, min(first) AS earliest, max(number) AS latest
            FROM look GROUP BY tenant, source
        ) ON tenant = of_tenant AND source = of_source AND number = latest
        ORDER BY tenant, source";
    let mut statement = snapshot.prepare_cached(FRESHNESS)?;
    let freshness = statement.query_map([], |row| {
        let freshness = Freshness {
            source: Source::from(row.get::<_, i32>(1)?),
            first: row.get(2)?,
            since: row.get(3)?,
            last: row.get(4)?,
            mirror: row.get::<_, i64>(5)?.cast_unsigned(),
            log_read: row.get(6)?,
            clock_offset: row.get(7)?,
            uncertainty: row.get(8)?,
            requests_per_minute: row.get(9)?,
            interval: row.get(10)?,
            ended: row.get(11)?,
        };
        Ok((TenantNumber(row.get(0)?), freshness))
    })?;
    freshness.collect()
}
