//! An event as a row.

use std::pin::Pin;

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use tokio_postgres::{
    Row,
    binary_copy::BinaryCopyInWriter,
    types::{FromSql, Type},
};

use super::{
    failure::Failure,
    text::{from_column, to_column},
};
use crate::{
    event::StatusEvent,
    store::log::{LoggedEvent, TenantNumber},
};

/// The columns of an event, in the order in which [`EventRow`] reads and [`write`] gives them.
macro_rules! columns {
    () => {
        "at, seq, xact, tenant, user_id, whatsapp, source, status, detail_status, agent_account, country_code, \
         event_id, user_name, name"
    };
}
pub(super) use columns;

pub const TYPES: [Type; 14] = [
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::INT4,
    Type::INT4,
    Type::INT4,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
];

/// An event that was read, and what the log knows of it.
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

/// Something in the log that this program does not write.
fn unreadable() -> Failure {
    Failure::other("an event in the log is out of range")
}

/// Writes an event as the next row.
pub async fn write(
    rows: Pin<&mut BinaryCopyInWriter>,
    (xact, tenant): (i64, TenantNumber),
    logged: &LoggedEvent,
) -> Result<(), Failure> {
    let event = &logged.event;
    rows.write(&[
        &event.at,
        &logged.seq.cast_signed(),
        &xact,
        &tenant.0,
        &event.user_id.get().cast_signed(),
        &event.whatsapp.get().cast_signed(),
        &event.source.code(),
        &event.status.code(),
        &event.detail_status.code(),
        &to_column(&event.agent_account),
        &to_column(&event.country_code),
        &event.event_id.as_deref().map(to_column),
        &event.user_name.as_deref().map(to_column),
        &event.name.as_deref().map(to_column),
    ])
    .await?;
    Ok(())
}
