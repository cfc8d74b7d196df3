//! What the log has to tell. Each function sees one snapshot.

use group_dispatch_types::{AccountStatus, ParseError, Source, StatusDetail, WhatsAppNumber};
use rusqlite::{Result, Row, Transaction, params, types::Type};

use super::tenants;
use crate::{
    event::{LoggedEvent, StatusEvent},
    event_log::{Changes, ReadCursor},
    tenant::TenantNumber,
};

pub const EVENTS_AFTER: &str = "
    SELECT seq, tenant, at, source, user_id, whatsapp, status, detail_status, event_id, agent_account, user_name, name,
        country_code
    FROM status_event WHERE seq > ?1 ORDER BY seq LIMIT ?2";

pub fn changes(snapshot: &Transaction<'_>, position: ReadCursor, most: usize) -> Result<Changes> {
    let (last_seq, version) = snapshot
        .prepare_cached("SELECT last_seq, tenants_version FROM log")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned())))?;
    let tenants = (version != position.tenants).then(|| tenants::all(snapshot)).transpose()?;
    let mut events = Vec::new();
    if most > 0 && position.events < last_seq {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let mut statement = snapshot.prepare_cached(EVENTS_AFTER)?;
        let mut rows = statement.query(params![position.events.cast_signed(), limit])?;
        while let Some(row) = rows.next()? {
            events.push(event(row)?);
        }
    }
    let more = most > 0 && events.len() == most;
    let reached = match events.last() {
        Some((_, last)) if more => last.seq,
        _ if most == 0 => position.events,
        _ => last_seq,
    };
    Ok(Changes { tenants, events, position: ReadCursor { events: reached, tenants: version }, more })
}

/// A row of [`EVENTS_AFTER`].
pub fn event(row: &Row<'_>) -> Result<(TenantNumber, LoggedEvent)> {
    let event = StatusEvent {
        at: row.get(2)?,
        source: Source::from(row.get::<_, i32>(3)?),
        user_id: row.get::<_, i64>(4)?.try_into().map_err(|error: ParseError| unreadable(4, error))?,
        whatsapp: WhatsAppNumber::new(row.get::<_, i64>(5)?.cast_unsigned()).map_err(|error| unreadable(5, error))?,
        status: AccountStatus::from(row.get::<_, i32>(6)?),
        detail_status: StatusDetail::from(row.get::<_, i32>(7)?),
        event_id: row.get(8)?,
        agent_account: row.get(9)?,
        user_name: row.get(10)?,
        name: row.get(11)?,
        country_code: row.get(12)?,
    };
    Ok((TenantNumber(row.get(1)?), LoggedEvent { seq: row.get::<_, i64>(0)?.cast_unsigned(), event }))
}

/// Takes a page of the file in hand.
pub fn ready(snapshot: &Transaction<'_>) -> Result<()> {
    snapshot.prepare_cached("SELECT 1 FROM log")?.exists([]).map(drop)
}

/// Something in the file that this store does not write. The message says what was expected, not what was found.
fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error))
}
