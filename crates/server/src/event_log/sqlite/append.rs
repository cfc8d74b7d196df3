//! Appends events: one transaction for each call.

use group_dispatch_types::signing::TenantId;
use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::{
    key_index::{Key, KeyIndex},
    stream,
};
use crate::{
    event::{LoggedEvent, ProvenanceKind, StatusEvent},
    event_log::{AppendToken, LoggedBatch},
    tenant::TenantNumber,
};

const APPEND: &str = "
    INSERT INTO status_event (seq, tenant, at, source, user_id, whatsapp, status, detail_status, event_id,
        agent_account, user_name, name, country_code, ordinal, not_before)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

/// Returns the number of a tenant; `None` if it does not exist.
pub fn find_tenant(change: &Transaction<'_>, tenant: TenantId) -> Result<Option<TenantNumber>> {
    change
        .prepare_cached("SELECT number FROM tenant WHERE id = ?1")?
        .query_row([tenant.get().cast_signed()], |row| row.get(0).map(TenantNumber))
        .optional()
}

/// Appends events. If the transaction is not committed, `index` may have keys of events that are not stored, and must not be
/// used again.
pub fn append(
    change: &Transaction<'_>,
    index: &mut KeyIndex,
    tenant: TenantNumber,
    events: Vec<StatusEvent>,
) -> Result<LoggedBatch> {
    let after = index.catch_up(change)?;
    let (mut stored, mut repeated) = (Vec::new(), 0);
    let mut insert = change.prepare_cached(APPEND)?;
    for event in events {
        let Some(seq) = index.insert(change, Key::of(tenant, &event))? else {
            repeated += 1;
            continue;
        };
        let (ordinal, not_before) = event.provenance.columns();
        insert.execute(params![
            seq,
            tenant.0,
            event.at,
            event.source.code(),
            event.user_id.get().cast_signed(),
            event.whatsapp.get().cast_signed(),
            event.status.code(),
            event.detail_status.code(),
            &event.event_id,
            &event.agent_account,
            &event.user_name,
            &event.name,
            &event.country_code,
            ordinal,
            not_before,
        ])?;
        stored.push(LoggedEvent { seq: seq.cast_unsigned(), event });
    }
    let mut token = None;
    if let Some(&LoggedEvent { seq: last, .. }) = stored.last() {
        change.prepare_cached("UPDATE log SET last_seq = ?1")?.execute([last.cast_signed()])?;
        stream::add_step(change, last.cast_signed())?;
        change
            .prepare_cached("UPDATE tenant SET events = events + ?2 WHERE number = ?1")?
            .execute(params![tenant.0, stored.len() as i64])?;
        if stored.iter().any(|logged| logged.event.provenance.kind() == ProvenanceKind::Logged) {
            change
                .prepare_cached("UPDATE tenant SET has_logged = 1 WHERE number = ?1 AND NOT has_logged")?
                .execute([tenant.0])?;
        }
        index.write_full_segment(change)?;
        token = Some(AppendToken::Sqlite { after: after.cast_unsigned(), last });
    }
    Ok(LoggedBatch { tenant, stored, repeated, token })
}
