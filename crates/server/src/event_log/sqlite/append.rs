//! Appends events: one transaction for each call.

use std::{
    borrow::{Borrow, BorrowMut},
    mem,
};

use group_dispatch_types::signing::TenantId;
use rusqlite::{Connection, OptionalExtension as _, Params, Transaction, params};

use super::{
    key_index::{Key, KeyIndex},
    retention::Sweep,
};
use crate::{
    error::StoreError,
    event::{LoggedEvent, StatusEvent},
    event_log::{AppendToken, LoggedBatch, RetentionStep},
    tenant::TenantNumber,
};

/// The connection that writes, and its state between transactions.
pub struct Writer {
    connection: Connection,
    index: KeyIndex,
    sweep: Sweep,
}

const APPEND: &str = "
    INSERT INTO status_event (seq, tenant, at, source, user_id, whatsapp, status, detail_status, event_id,
        agent_account, user_name, name, country_code)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

impl Writer {
    pub fn new(connection: Connection) -> Self {
        Self { connection, index: KeyIndex::default(), sweep: Sweep::default() }
    }

    pub fn append(&mut self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError> {
        let change = self.connection.transaction()?;
        let tenant = number(&change, tenant)?.ok_or(StoreError::UnknownTenant(tenant))?;
        // Taken out until the transaction is committed: after an error or a panic the index may have keys of events that were
        // not stored, and the next append loads it again.
        let mut index = mem::take(&mut self.index);
        let appended = append(change, &mut index, tenant, events)?;
        self.index = index;
        Ok(appended)
    }

    pub fn apply_retention(&mut self, before: Option<i64>) -> Result<RetentionStep, StoreError> {
        let change = self.connection.transaction()?;
        let (step, sweep) = self.sweep.step(&change, before)?;
        change.commit()?;
        self.sweep = sweep;
        Ok(step)
    }
}

impl Borrow<Connection> for Writer {
    fn borrow(&self) -> &Connection {
        &self.connection
    }
}

impl BorrowMut<Connection> for Writer {
    fn borrow_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

fn append(
    change: Transaction<'_>,
    index: &mut KeyIndex,
    tenant: TenantNumber,
    events: Vec<StatusEvent>,
) -> Result<LoggedBatch, StoreError> {
    let after = index.catch_up(&change)?;
    let (mut last, mut stored, mut repeated) = (after, Vec::new(), 0);
    let mut insert = change.prepare_cached(APPEND)?;
    for event in events {
        if index.insert(&change, Key::of(tenant, &event))? {
            last += 1;
            insert.execute(row(tenant, last, &event))?;
            stored.push(LoggedEvent { seq: last.cast_unsigned(), event });
        } else {
            repeated += 1;
        }
    }
    drop(insert);
    if !stored.is_empty() {
        change.prepare_cached("UPDATE log SET last_seq = ?1")?.execute([last])?;
        change
            .prepare_cached("UPDATE tenant SET events = events + ?2 WHERE number = ?1")?
            .execute(params![tenant.0, last - after])?;
        index.write_full_segment(&change)?;
    }
    change.commit()?;
    let token = AppendToken::Sqlite { after: after.cast_unsigned(), last: last.cast_unsigned() };
    let token = (!stored.is_empty()).then_some(token);
    Ok(LoggedBatch { tenant, stored, repeated, token })
}

fn number(change: &Transaction<'_>, tenant: TenantId) -> rusqlite::Result<Option<TenantNumber>> {
    change
        .prepare_cached("SELECT number FROM tenant WHERE id = ?1")?
        .query_row([tenant.get().cast_signed()], |row| row.get(0).map(TenantNumber))
        .optional()
}

fn row(tenant: TenantNumber, seq: i64, event: &StatusEvent) -> impl Params + '_ {
    (
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
    )
}
