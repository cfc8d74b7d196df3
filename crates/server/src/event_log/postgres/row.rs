//! An event as a row of `status_event`.

use bytes::{BufMut as _, BytesMut};
use tokio_postgres::Row;
use uuid::Uuid;

use super::nul_escape::{from_column, to_column};
use crate::{
    error::StoreError,
    event::{LoggedEvent, Provenance, StatusEvent},
    tenant::TenantNumber,
};

/// The columns of an event, in the order of [`read_event`] and [`NewRow`].
macro_rules! columns {
    () => {
        "at, seq, xact, tenant, user_id, whatsapp, source, status, detail_status, agent_account, country_code, \
         event_id, user_name, name, ordinal, not_before"
    };
}
pub(super) use columns;
pub const XACT_COLUMN: usize = 2;

pub fn read_event(row: &Row) -> Result<(TenantNumber, LoggedEvent), StoreError> {
    let number = |column| row.try_get::<_, i64>(column);
    let code = |column| row.try_get::<_, i32>(column);
    let text = |column| row.try_get(column).map(from_column);
    let optional = |column| row.try_get::<_, Option<String>>(column).map(|text| text.map(from_column));
    let event = StatusEvent {
        at: number(0)?,
        user_id: number(4)?.try_into().map_err(StoreError::database)?,
        whatsapp: number(5)?.cast_unsigned().try_into().map_err(StoreError::database)?,
        source: code(6)?.into(),
        status: code(7)?.into(),
        detail_status: code(8)?.into(),
        agent_account: text(9)?,
        country_code: text(10)?,
        event_id: optional(11)?,
        user_name: optional(12)?,
        name: optional(13)?,
        provenance: Provenance::of_columns(row.try_get(14)?, row.try_get(15)?).map_err(StoreError::database)?,
    };
    Ok((TenantNumber(number(3)?), LoggedEvent { seq: number(1)?.cast_unsigned(), event }))
}

/// An event that is to be written: [`columns`], and its key behind them.
pub struct NewRow<'a> {
    pub tenant: TenantNumber,
    pub key: Uuid,
    pub seq: i64,
    pub event: &'a StatusEvent,
    /// The append that the event came with, and its place there.
    pub place: (usize, usize),
}

impl NewRow<'_> {
    pub fn tenant_and_key(&self) -> (i64, Uuid) {
        (self.tenant.0, self.key)
    }
}

/// Encodes rows for `COPY ... BINARY` in one buffer. The writer of `tokio_postgres` would send messages of 4 KB, value
/// by value.
pub fn encode(rows: &[NewRow<'_>], xact: i64) -> BytesMut {
    const COLUMNS: i16 = 17;
    let mut buffer = BytesMut::with_capacity(rows.len() * 256 + 64);
    buffer.put_slice(b"PGCOPY\n\xff\r\n\0");
    // Neither flags nor extensions.
    buffer.put_u64(0);
    for NewRow { tenant, key, seq, event, .. } in rows {
        buffer.put_i16(COLUMNS);
        let (user, account) = (event.user_id.get().cast_signed(), event.whatsapp.get().cast_signed());
        for number in [event.at, *seq, xact, tenant.0, user, account] {
            buffer.put_i32(8);
            buffer.put_i64(number);
        }
        for code in [event.source.code(), event.status.code(), event.detail_status.code()] {
            buffer.put_i32(4);
            buffer.put_i32(code);
        }
        for text in [Some(&event.agent_account), Some(&event.country_code)] {
            put_text(&mut buffer, text);
        }
        for text in [&event.event_id, &event.user_name, &event.name] {
            put_text(&mut buffer, text.as_ref());
        }
        let (ordinal, not_before) = event.provenance.columns();
        for number in [ordinal, not_before] {
            buffer.put_i32(number.map_or(-1, |_| 8));
            number.into_iter().for_each(|number| buffer.put_i64(number));
        }
        buffer.put_i32(16);
        buffer.put_slice(key.as_bytes());
    }
    buffer.put_i16(-1);
    buffer
}

fn put_text(buffer: &mut BytesMut, text: Option<&String>) {
    let text = text.map(|text| to_column(text));
    // PostgreSQL rejects a text that is too long for its length field.
    buffer.put_i32(text.as_ref().map_or(-1, |text| i32::try_from(text.len()).unwrap_or(i32::MAX)));
    if let Some(text) = text {
        buffer.put_slice(text.as_bytes());
    }
}
