//! What changes the store. Each function runs in a transaction that nobody else writes in.

use group_dispatch_types::AccountStatus;
use rusqlite::{OptionalExtension as _, Result, Transaction, named_params, params};

use super::{Appended, Removal, StoreError};
use crate::{ApiKey, TenantId, event::StatusEvent, store::event_key::event_key};

pub fn append(change: &Transaction<'_>, tenant: TenantId, events: &[StatusEvent]) -> Result<Appended, StoreError> {
    if events.iter().any(|event| !StatusEvent::TIMES.contains(&event.at)) {
        return Err(StoreError::TimeOutOfRange);
    }
    let mut seq = events_of(change, tenant)?.ok_or(StoreError::UnknownTenant(tenant))?;
    let mut appended = Appended::default();
    for event in events {
        if is_new(change, tenant, event)? {
            seq += 1;
            store(change, tenant, event, seq)?;
            appended.stored += 1;
        } else {
            appended.repeated += 1;
        }
    }
    change.prepare_cached("UPDATE tenant SET events = ?2 WHERE id = ?1")?.execute([tenant.get().cast_signed(), seq])?;
    Ok(appended)
}

/// How many events a tenant has; none for an unknown tenant.
fn events_of(change: &Transaction<'_>, tenant: TenantId) -> Result<Option<i64>> {
    change
        .prepare_cached("SELECT events FROM tenant WHERE id = ?1")?
        .query_row([tenant.get().cast_signed()], |row| row.get(0))
        .optional()
}

fn is_new(change: &Transaction<'_>, tenant: TenantId, event: &StatusEvent) -> Result<bool> {
    let added = change
        .prepare_cached("INSERT INTO event_key (tenant_id, key) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![tenant.get().cast_signed(), event_key(event)])?;
    Ok(added == 1)
}

const LOG: &str = "
    INSERT INTO status_event (tenant_id, source, user_id, at, seq, event_id, agent_account, user_name,
        whatsapp, name, status, detail_status, country_code)
    VALUES (:tenant, :source, :user, :at, :seq, :event_id, :agent_account, :user_name,
        :whatsapp, :name, :status, :detail_status, :country_code)";

const AGENT_ACCOUNT: &str = "
    INSERT INTO agent (tenant_id, user_id, agent_account, agent_account_at)
    VALUES (:tenant, :user, :agent_account, :at)
    ON CONFLICT DO UPDATE SET agent_account = excluded.agent_account, agent_account_at = excluded.agent_account_at
    WHERE excluded.agent_account_at >= agent_account_at";

const USER_NAME: &str = "
    UPDATE agent SET user_name = :user_name, user_name_at = :at
    WHERE tenant_id = :tenant AND user_id = :user AND (user_name_at IS NULL OR user_name_at <= :at)";

const PRESENCE: &str = "
    INSERT INTO presence (tenant_id, source, whatsapp, user_id, name, status, at, seq)
    VALUES (:tenant, :source, :whatsapp, :user, :name, :status, :at, :seq)
    ON CONFLICT DO UPDATE SET user_id = excluded.user_id, name = excluded.name, status = excluded.status,
        at = excluded.at, seq = excluded.seq
    WHERE excluded.at >= at";

const LAST_ONLINE: &str = "
    INSERT INTO last_online (tenant_id, source, user_id, whatsapp, at, seq)
    VALUES (:tenant, :source, :user, :whatsapp, :at, :seq)
    ON CONFLICT DO UPDATE SET at = excluded.at, seq = excluded.seq
    WHERE excluded.at >= at";

/// Adds a new event to the log, and to all that follows from it.
fn store(change: &Transaction<'_>, tenant: TenantId, event: &StatusEvent, seq: i64) -> Result<()> {
    let tenant = tenant.get().cast_signed();
    let source = event.source.code();
    let user = event.user_id.get().cast_signed();
    let whatsapp = event.whatsapp.get().cast_signed();
    let status = event.status.code();
    let at = event.at;
    change.prepare_cached(LOG)?.execute(named_params! {
        ":tenant": tenant, ":source": source, ":user": user, ":at": at, ":seq": seq,
        ":event_id": event.event_id, ":agent_account": event.agent_account, ":user_name": event.user_name,
        ":whatsapp": whatsapp, ":name": event.name, ":status": status,
        ":detail_status": event.detail_status.code(), ":country_code": event.country_code,
    })?;
    change.prepare_cached(AGENT_ACCOUNT)?.execute(named_params! {
        ":tenant": tenant, ":user": user, ":agent_account": event.agent_account, ":at": at,
    })?;
    if let Some(name) = event.user_name.as_deref().filter(|name| !name.is_empty()) {
        change.prepare_cached(USER_NAME)?.execute(named_params! {
            ":tenant": tenant, ":user": user, ":user_name": name, ":at": at,
        })?;
    }
    change.prepare_cached(PRESENCE)?.execute(named_params! {
        ":tenant": tenant, ":source": source, ":whatsapp": whatsapp, ":user": user,
        ":name": event.name, ":status": status, ":at": at, ":seq": seq,
    })?;
    if event.status == AccountStatus::Online {
        change.prepare_cached(LAST_ONLINE)?.execute(named_params! {
            ":tenant": tenant, ":source": source, ":user": user, ":whatsapp": whatsapp, ":at": at, ":seq": seq,
        })?;
    }
    Ok(())
}

pub fn add_tenant(change: &Transaction<'_>, tenant: TenantId, key: &ApiKey) -> Result<bool> {
    let added = change
        .prepare_cached("INSERT INTO tenant (id, api_key) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![tenant.get().cast_signed(), key.expose()])?;
    Ok(added == 1)
}

pub fn replace_key(change: &Transaction<'_>, tenant: TenantId, key: &ApiKey) -> Result<bool> {
    let replaced = change
        .prepare_cached("UPDATE tenant SET api_key = ?2 WHERE id = ?1")?
        .execute(params![tenant.get().cast_signed(), key.expose()])?;
    Ok(replaced == 1)
}

pub fn remove_tenant(change: &Transaction<'_>, tenant: TenantId, with_events: bool) -> Result<Removal> {
    let Some(events) = events_of(change, tenant)?.map(i64::unsigned_abs) else {
        return Ok(Removal::Unknown);
    };
    if events > 0 && !with_events {
        return Ok(Removal::Refused { events });
    }
    change.prepare_cached("DELETE FROM tenant WHERE id = ?1")?.execute([tenant.get().cast_signed()])?;
    Ok(Removal::Removed { events })
}
