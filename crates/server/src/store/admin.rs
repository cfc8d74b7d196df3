//! Changes a database without loading its events, for commands.

use std::sync::Arc;

use group_dispatch_types::signing::{ApiKey, TenantId};

use super::{database::Database, shared::check_times};
use crate::{
    error::StoreError,
    event::{self, StatusEvent},
    event_log::{
        Appended, EventLog,
        callback::VendorCallback,
        mirrored::MirrorEnd,
        open_error::OpenError,
        strike::{EventFilter, Strike},
    },
    tenant::{KeyAddition, KeyName, KeyRemoval, KeySummary, Removal, TenantKey, TenantSummary},
};

/// What [`Admin::delete_callbacks`] deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletedCallbacks {
    /// How many callbacks.
    pub number: u64,
    /// Whether nothing else keeps SQLite from overwriting them. Otherwise a server does it within an hour.
    pub is_purged: bool,
}

/// Administration of a store's database. It opens in milliseconds, however many events there are, and answers no
/// queries.
///
/// Servers that use the same database see each change within a second.
pub struct Admin(Arc<dyn EventLog>);

impl Admin {
    /// Opens a database and brings its schema up to date. A SQLite file has to exist: a new one would hide a mistyped
    /// path.
    ///
    /// # Errors
    /// If the database can't be opened.
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        database.open_log(false, None).await.map(Self)
    }

    /// As [`open`](Self::open), but creates a SQLite file that is missing or empty.
    ///
    /// # Errors
    /// If the database can't be opened, or a file that is missing or empty has a write-ahead log or a copy beside it.
    pub async fn open_or_create(database: &Database) -> Result<Self, OpenError> {
        database.open_log(true, None).await.map(Self)
    }

    /// Appends events in one step, all or none. They are durable when this returns.
    ///
    /// # Errors
    /// As for [`Store::append`](super::Store::append).
    pub async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Appended, StoreError> {
        check_times(&events)?;
        let logged = self.0.append(tenant, events).await?;
        Ok(Appended { stored: logged.stored.len(), repeated: logged.repeated })
    }

    /// Takes back the event that a filter selects, as if it had never been fed: all servers compute presence again without
    /// it. It stays in the log, marked, so that feeding it again changes nothing. A dry run finds it and changes nothing.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    pub async fn strike(&self, tenant: TenantId, filter: EventFilter, is_dry_run: bool) -> Result<Strike, StoreError> {
        self.0.strike(tenant, filter, is_dry_run).await
    }

    pub(super) fn log(&self) -> &dyn EventLog {
        &*self.0
    }

    /// Adds a tenant with a key that may do everything. Returns false if the tenant exists; it keeps its keys then.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.0.add_tenant(tenant, key).await
    }

    /// Replaces the key of a tenant that has one; its name and what it may do stay. Returns false if the tenant does not
    /// exist.
    ///
    /// # Errors
    /// [`StoreError::SeveralKeys`] if the tenant has several keys, or if the database fails.
    pub async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.0.replace_key(tenant, key).await
    }

    /// Adds a key to a tenant. Its other keys stay valid.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_key(&self, tenant: TenantId, key: TenantKey) -> Result<KeyAddition, StoreError> {
        self.0.add_key(tenant, key).await
    }

    /// Removes a key of a tenant, unless it is the only one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_key(&self, tenant: TenantId, name: KeyName) -> Result<KeyRemoval, StoreError> {
        self.0.remove_key(tenant, name).await
    }

    /// Returns the keys of a tenant by name, without the keys themselves; `None` if the tenant does not exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys(&self, tenant: TenantId) -> Result<Option<Vec<KeySummary>>, StoreError> {
        self.0.keys(tenant).await
    }

    /// Removes a tenant; one that has events only if `with_events` is set. Returns when its events are deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        let removal = self.0.remove_tenant(tenant, with_events).await?;
        if matches!(removal, Removal::Removed { .. }) {
            while self.0.apply_retention(None).await?.more {}
            self.0.purge().await?;
        }
        Ok(removal)
    }

    /// Ends the mirror of a tenant: what was mirrored stays, and its sources are never out of date. A mirror that looks
    /// again later goes on from there, as after a stop, and then its looks have an age again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_mirror(&self, tenant: TenantId) -> Result<MirrorEnd, StoreError> {
        self.0.end_mirror(tenant, event::now()).await
    }

    /// Returns all tenants, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        self.0.tenants().await
    }

    /// Returns the callbacks of the vendor that are kept for a tenant, oldest first (D59).
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    pub async fn callbacks(&self, tenant: TenantId) -> Result<Vec<VendorCallback>, StoreError> {
        self.0.callbacks(tenant).await
    }

    /// Deletes the callbacks of the vendor that are kept for a tenant.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    pub async fn delete_callbacks(&self, tenant: TenantId) -> Result<DeletedCallbacks, StoreError> {
        let number = self.0.delete_callbacks(tenant).await?;
        Ok(DeletedCallbacks { number, is_purged: self.0.purge().await? })
    }

    /// Finishes running changes and closes the database; later calls fail.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.0.close().await
    }
}
