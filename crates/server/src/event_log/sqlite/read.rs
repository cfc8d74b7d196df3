//! Reads events and tenants from the log. Each function sees one snapshot.

use group_dispatch_types::{AccountStatus, ParseError, Source, StatusDetail, WhatsAppNumber};
use rusqlite::{Result, Row, Transaction, params, types::Type};

use super::{freshness, tenants};
use crate::{
    event::{LoggedEvent, Provenance, StatusEvent},
    event_log::{Changes, ReadCursor},
    tenant::TenantNumber,
};

/// The columns of an event, as [`event`] reads them.
macro_rules! columns {
    () => {
        "seq, tenant, at, source, user_id, whatsapp, status, detail_status, event_id, agent_account, user_name, name, \
         country_code, ordinal, not_before"
    };
}
pub(super) use columns;

/// The events after a number.
pub const EVENTS_AFTER: &str =
    concat!("SELECT ", columns!(), " FROM status_event WHERE seq > ?1 ORDER BY seq LIMIT ?2");

pub fn changes(snapshot: &Transaction<'_>, cursor: ReadCursor, limit: usize) -> Result<Changes> {
    let number = |row: &Row<'_>, column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let (last_seq, version, looks) = snapshot
        .prepare_cached("SELECT last_seq, tenants_version, looks_version FROM log")?
        .query_row([], |row| Ok((number(row, 0)?, number(row, 1)?, number(row, 2)?)))?;
    let tenants = (version != cursor.tenants).then(|| tenants::all(snapshot)).transpose()?;
    let freshness = (looks != cursor.looks).then(|| freshness::all(snapshot)).transpose()?;
    let mut statement = snapshot.prepare_cached(EVENTS_AFTER)?;
    let events = statement.query_map(params![cursor.events.cast_signed(), limit as i64], event)?;
    let events = events.collect::<Result<Vec<_>>>()?;
    let more = events.len() == limit;
    // The numbers up to `last_seq` may have gaps.
    let reached = if more { events.last().map_or(cursor.events, |(_, last)| last.seq) } else { last_seq };
    let cursor = ReadCursor { events: reached, tenants: version, looks, server: 0 };
    Ok(Changes { tenants, freshness, events, cursor, more, may_lack_expired: false })
}

/// Reads a row of [`columns`].
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
        provenance: Provenance::of_columns(row.get(13)?, row.get(14)?).map_err(|error| unreadable(13, error))?,
    };
    Ok((TenantNumber(row.get(1)?), LoggedEvent { seq: row.get::<_, i64>(0)?.cast_unsigned(), event }))
}

/// A value that this program does not write. The message says what was expected, not what was found.
pub fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error))
}
