//! An event as a row of `status_event`.

use bytes::{BufMut as _, BytesMut};
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use tokio_postgres::{Row, types::FromSql};
use uuid::Uuid;

use super::{
    failure::Failure,
    nul_escape::{from_column, to_column},
};
use crate::{
    event::{LoggedEvent, StatusEvent},
    tenant::TenantNumber,
};

/// The columns of an event, in the order of [`EventRow`] and [`NewRow`].
macro_rules! columns {
    () => {
        "at, seq, xact, tenant, user_id, whatsapp, source, status, detail_status, agent_account, country_code, \
         event_id, user_name, name"
    };
}
pub(super) use columns;

/// An event that was read.
pub struct EventRow {
    pub xact: i64,
    pub tenant: TenantNumber,
    pub logged: LoggedEvent,
}

impl EventRow {
    pub fn read(row: &Row) -> Result<Self, Failure> {
        let number = |column| row.try_get::<_, i64>(column);
        let optional = |column| Ok::<_, Failure>(row.try_get::<_, Option<String>>(column)?.map(from_column));
        let event = StatusEvent {
            at: number(0)?,
            user_id: UserId::try_from(number(4)?).map_err(|_| unreadable())?,
            whatsapp: WhatsAppNumber::new(number(5)?.cast_unsigned()).map_err(|_| unreadable())?,
            source: code::<Source>(row, 6)?,
            status: code::<AccountStatus>(row, 7)?,
            detail_status: code::<StatusDetail>(row, 8)?,
            agent_account: from_column(get(row, 9)?),
            country_code: from_column(get(row, 10)?),
            event_id: optional(11)?,
            user_name: optional(12)?,
            name: optional(13)?,
        };
        let logged = LoggedEvent { seq: number(1)?.cast_unsigned(), event };
        Ok(Self { xact: number(2)?, tenant: TenantNumber(number(3)?), logged })
    }
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, Failure> {
    Ok(row.try_get(column)?)
}

fn code<T: From<i32>>(row: &Row, column: usize) -> Result<T, Failure> {
    Ok(get::<i32>(row, column)?.into())
}

/// A value that this program does not write.
fn unreadable() -> Failure {
    Failure::other("an event in the log is out of range")
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
    /// The text columns.
    pub fn texts(&self) -> [Option<&str>; 5] {
        let event = self.event;
        let (agent, country) = (Some(&*event.agent_account), Some(&*event.country_code));
        [agent, country, event.event_id.as_deref(), event.user_name.as_deref(), event.name.as_deref()]
    }

    /// The bigint columns, without `xact`.
    pub fn numbers(&self) -> [i64; 5] {
        let (user, account) = (self.event.user_id.get(), self.event.whatsapp.get());
        [self.event.at, self.seq, self.tenant.0, user.cast_signed(), account.cast_signed()]
    }

    /// The integer columns.
    pub fn codes(&self) -> [i32; 3] {
        [self.event.source.code(), self.event.status.code(), self.event.detail_status.code()]
    }
}

/// Encodes rows for `COPY ... BINARY` in one buffer. The writer of `tokio_postgres` would send messages of 4 KB, value
/// by value.
pub fn encode(rows: &[NewRow<'_>], xact: i64) -> BytesMut {
    const COLUMNS: i16 = 15;
    let mut buffer = BytesMut::with_capacity(rows.len() * 256 + 64);
    buffer.put_slice(b"PGCOPY\n\xff\r\n\0");
    // Neither flags nor extensions.
    buffer.put_u64(0);
    for row in rows {
        buffer.put_i16(COLUMNS);
        let [at, seq, tenant, user, account] = row.numbers();
        for number in [at, seq, xact, tenant, user, account] {
            buffer.put_i32(8);
            buffer.put_i64(number);
        }
        for code in row.codes() {
            buffer.put_i32(4);
            buffer.put_i32(code);
        }
        for text in row.texts() {
            put_text(&mut buffer, text);
        }
        buffer.put_i32(16);
        buffer.put_slice(row.key.as_bytes());
    }
    buffer.put_i16(-1);
    buffer
}

fn put_text(buffer: &mut BytesMut, text: Option<&str>) {
    let text = text.map(to_column);
    // PostgreSQL rejects a text that is too long for its length field.
    buffer.put_i32(text.as_ref().map_or(-1, |text| i32::try_from(text.len()).unwrap_or(i32::MAX)));
    if let Some(text) = text {
        buffer.put_slice(text.as_bytes());
    }
}
