//! Stores what a mirror found out: one transaction for each call.

use group_dispatch_types::Source;
use rusqlite::{Result, Transaction, params};

use super::{append, key_index::KeyIndex};
use crate::{
    event_log::{
        Appended, LoggedBatch, MirroredBatch,
        mirrored::{Gap, LatestLook, Look, LookCheck, MirrorEnd, MirroredFacts, check_looks},
    },
    tenant::TenantNumber,
};

/// Appends the facts. If the transaction is not committed, `index` must not be used again.
pub fn append(
    change: &Transaction<'_>,
    index: &mut KeyIndex,
    tenant: TenantNumber,
    facts: MirroredFacts,
) -> Result<MirroredBatch> {
    let MirroredFacts { looks, events, gaps } = facts;
    match check_looks(&looks, latest_looks(change, tenant)?) {
        LookCheck::Conflict(conflict) => return Ok(MirroredBatch::Conflict(conflict)),
        LookCheck::Repeated => {
            let repeated = |repeated| Appended { stored: 0, repeated };
            let (looks, gaps) = (repeated(looks.len()), repeated(gaps.len()));
            let events = LoggedBatch { tenant, stored: Vec::new(), repeated: events.len(), token: None };
            return Ok(MirroredBatch::Stored { events, looks, gaps });
        }
        LookCheck::New => {}
    }
    for look in looks.iter().filter(|look| !look.is_partial) {
        add_look(change, tenant, look)?;
    }
    let looks = Appended { stored: looks.len(), repeated: 0 };
    let gaps = add_gaps(change, tenant, &gaps)?;
    let events = append::append(change, index, tenant, events)?;
    Ok(MirroredBatch::Stored { events, looks, gaps })
}

fn latest_looks(change: &Transaction<'_>, TenantNumber(tenant): TenantNumber) -> Result<Vec<LatestLook>> {
    const LATEST: &str = "
        SELECT source, last, mirror FROM look AS latest
        WHERE tenant = ?1 AND NOT EXISTS (
            SELECT 1 FROM look AS later
            WHERE later.tenant = latest.tenant AND later.source = latest.source AND later.number > latest.number
        )";
    let mut latest = change.prepare_cached(LATEST)?;
    let latest = latest.query_map([tenant], |row| {
        let (source, mirror) = (Source::from(row.get::<_, i32>(0)?), row.get::<_, i64>(2)?.cast_unsigned());
        Ok(LatestLook { source, at: row.get(1)?, mirror })
    })?;
    latest.collect()
}

fn add_look(change: &Transaction<'_>, TenantNumber(tenant): TenantNumber, look: &Look) -> Result<()> {
    const LATEST: &str = "(SELECT max(number) FROM look WHERE tenant = ?1 AND source = ?2)";
    let Look { source, at, mirror, log_read, clock_offset, uncertainty, requests_per_minute, interval, .. } = *look;
    let sql = if look.is_in_stretch() {
        format!(
            "UPDATE look SET last = ?3, looks = looks + 1, mirror = ?4, log_read = ?5, clock_offset = ?6, uncertainty = ?7,
                 requests_per_minute = ?8, round_interval = ?9, ended = NULL
             WHERE tenant = ?1 AND source = ?2 AND number = {LATEST}"
        )
    } else {
        format!(
            "INSERT INTO look (tenant, source, number, first, last, looks, mirror, log_read, clock_offset, uncertainty,
                 requests_per_minute, round_interval)
             VALUES (?1, ?2, ifnull({LATEST}, 0) + 1, ?3, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9)"
        )
    };
    change.prepare_cached(&sql)?.execute(params![
        tenant,
        source.code(),
        at,
        mirror.cast_signed(),
        log_read,
        clock_offset,
        uncertainty,
        requests_per_minute,
        interval
    ])?;
    Ok(())
}

/// Ends the mirror of a tenant at a time. The looks stay, so that a mirror that begins again goes on behind them.
pub fn end(change: &Transaction<'_>, TenantNumber(tenant): TenantNumber, at: i64) -> Result<MirrorEnd> {
    const LATEST: &str = "
        tenant = ?1 AND ended IS NULL AND number = (
            SELECT max(number) FROM look AS other WHERE other.tenant = look.tenant AND other.source = look.source
        )";
    let last = format!("SELECT max(last) FROM look WHERE {LATEST}");
    let Some(last) = change.query_row(&last, [tenant], |row| row.get(0))? else { return Ok(MirrorEnd::NotMirrored) };
    change.execute(&format!("UPDATE look SET ended = ?2 WHERE {LATEST}"), [tenant, at])?;
    Ok(MirrorEnd::Ended { last })
}

fn add_gaps(change: &Transaction<'_>, TenantNumber(tenant): TenantNumber, gaps: &[Gap]) -> Result<Appended> {
    let mut insert = change.prepare_cached(
        "INSERT INTO gap (tenant, source, user_id, agent_account, whatsapp, from_at, to_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    )?;
    let mut stored = 0;
    for Gap { source, user_id, agent_account, whatsapp, from, to } in gaps {
        stored += insert.execute(params![
            tenant,
            source.code(),
            user_id.get().cast_signed(),
            agent_account,
            whatsapp.map(|number| number.get().cast_signed()),
            from,
            to
        ])?;
    }
    Ok(Appended { stored, repeated: gaps.len() - stored })
}

/// Deletes the looks and gaps that end before a time. The latest look of a source stays: it says since when nobody looked.
pub fn delete_expired(change: &Transaction<'_>, before: i64) -> Result<()> {
    const LOOKS: &str = "
        DELETE FROM look WHERE last < ?1 AND number < (
            SELECT max(number) FROM look AS other WHERE other.tenant = look.tenant AND other.source = look.source
        )";
    change.execute(LOOKS, [before])?;
    change.execute("DELETE FROM gap WHERE to_at < ?1", [before])?;
    Ok(())
}
