use hashbrown::HashSet;
use rusqlite::{Connection, OptionalExtension as _, Params, Result, Transaction, params};

use super::{
    key_index::{Key, KeyIndex},
    pool::Handle,
    retention::Sweep,
};
use crate::{
    TenantId,
    error::StoreError,
    event::{LoggedEvent, StatusEvent},
    event_log::{AppendToken, LoggedBatch, RetentionStep},
    tenant::TenantNumber,
};

/// The connection that writes, and what it knows of the log.
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

    /// Says also whether it is time to [`seal`](Self::seal).
    pub fn append(&mut self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<(LoggedBatch, bool), StoreError> {
        if events.iter().any(|event| !StatusEvent::TIMES.contains(&event.at)) {
            return Err(StoreError::TimeOutOfRange);
        }
        let change = self.connection.transaction()?;
        let number = number(&change, tenant)?.ok_or(StoreError::UnknownTenant(tenant))?;
        let before = self.index.catch_up(&change)?;
        let (mut seq, mut keys, mut stored, mut repeated) = (before, HashSet::new(), Vec::new(), 0);
        let mut add = change.prepare_cached(APPEND)?;
        for event in events {
            let key = Key::of(number, &event);
            if keys.contains(&key) || self.index.has(&change, &key)? {
                repeated += 1;
                continue;
            }
            seq += 1;
            keys.insert(key);
            add.execute(row(number, seq, &event))?;
            stored.push(LoggedEvent { seq: seq.cast_unsigned(), event });
        }
        drop(add);
        if !stored.is_empty() {
            change.prepare_cached("UPDATE log SET last_seq = ?1")?.execute([seq])?;
            change
                .prepare_cached("UPDATE tenant SET events = events + ?2 WHERE number = ?1")?
                .execute(params![number.0, seq - before])?;
        }
        change.commit()?;
        let is_full = self.index.add(keys, seq);
        let token = AppendToken::Sqlite { after: before.cast_unsigned(), last: seq.cast_unsigned() };
        Ok((LoggedBatch { tenant: number, stored, repeated, token: Some(token) }, is_full))
    }

    /// Moves the keys in memory to the file, if they are many.
    pub fn seal(&mut self) -> Result<(), StoreError> {
        if self.index.is_full() {
            let change = self.connection.transaction()?;
            // Another process may have done it.
            self.index.catch_up(&change)?;
            let sealed = self.index.is_full().then(|| self.index.write_segment(&change)).transpose()?;
            change.commit()?;
            if let Some(sealed) = sealed {
                self.index.sealed(sealed);
            }
        }
        Ok(())
    }

    pub fn apply_retention(&mut self, before: Option<i64>) -> Result<RetentionStep, StoreError> {
        let change = self.connection.transaction()?;
        let (trimmed, sweep) = self.sweep.step(&change, before)?;
        change.commit()?;
        self.sweep = sweep;
        Ok(trimmed)
    }
}

impl Handle for Writer {
    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    fn close(self) -> Result<(), StoreError> {
        self.connection.close().map_err(|(_, error)| error.into())
    }
}

fn number(change: &Transaction<'_>, tenant: TenantId) -> Result<Option<TenantNumber>> {
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
