//! Strikes events in a SQLite file. A struck event has a negative number: readers begin at 0.

use group_dispatch_types::signing::TenantId;
use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::{
    event_order,
    read::{self, columns},
    snapshot,
};
use crate::{
    event::{LoggedEvent, now},
    event_log::strike::{EventFilter, Strike},
    tenant::TenantNumber,
};

const MATCHING: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM status_event
    WHERE seq > 0 AND tenant = ?1 AND at >= ?2 AND at < ?3 AND (?4 IS NULL OR event_id = ?4)
        AND (?5 IS NULL OR user_id = ?5) AND (?6 IS NULL OR whatsapp = ?6) AND (?7 IS NULL OR source = ?7)
    LIMIT 2"
);

/// Returns the events that a filter selects, at most two of them; `None` if the tenant does not exist. This reads the whole log.
pub fn find(
    snapshot: &Transaction<'_>,
    id: TenantId,
    filter: &EventFilter,
) -> Result<Option<Vec<(TenantNumber, LoggedEvent)>>> {
    let tenant: Option<i64> = snapshot
        .query_row("SELECT number FROM tenant WHERE id = ?1", [id.get().cast_signed()], |row| row.get(0))
        .optional()?;
    let Some(tenant) = tenant else { return Ok(None) };
    let parameters = params![
        tenant,
        filter.times.start,
        filter.times.end,
        filter.event_id,
        filter.user_id.map(|id| id.get().cast_signed()),
        filter.whatsapp.map(|number| number.get().cast_signed()),
        filter.source.map(|source| source.code()),
    ];
    snapshot.prepare(MATCHING)?.query_map(parameters, read::event)?.collect::<Result<_>>().map(Some)
}

/// Strikes an event that was found.
pub fn strike(
    change: &Transaction<'_>,
    TenantNumber(tenant): TenantNumber,
    LoggedEvent { seq, event }: LoggedEvent,
    is_dry_run: bool,
) -> Result<Strike> {
    if !snapshot::has_all_events(change)? {
        return Ok(Strike::EventsExpired);
    }
    if !is_dry_run {
        let seq = seq.cast_signed();
        if change.execute("UPDATE status_event SET seq = -seq WHERE seq = ?1", [seq])? == 0 {
            return Ok(Strike::Missing);
        }
        event_order::delete(change, seq)?;
        change.execute("INSERT INTO strike (seq, tenant, struck_at) VALUES (?1, ?2, ?3)", [seq, tenant, now()])?;
        // A process that has not read the event will not find it among the new ones: it reads all keys again.
        change.execute("UPDATE log SET segments_version = segments_version + 1", [])?;
        // Snapshots and drafts have the event in them.
        change.execute("DELETE FROM saved", [])?;
    }
    Ok(Strike::Struck(Box::new(event)))
}
