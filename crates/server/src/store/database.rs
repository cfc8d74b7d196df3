//! The database of a store: a SQLite file, or a PostgreSQL database.

use std::{path::PathBuf, sync::Arc};

use group_dispatch_types::signing::TenantId;
use tokio::task::spawn_blocking;

use crate::{
    error::StoreError,
    event_log::{
        EventLog,
        feed_order::TenantOrder,
        open_error::{AddressError, OpenError},
        postgres::{PostgresLog, describe_address},
        sqlite::SqliteLog,
    },
};

/// The database that a store keeps its events in. It has no `Debug`, because an address may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// The path of a SQLite file, which several processes of one machine may have open.
    ///
    /// The file must not be on a network drive: SQLite's write-ahead log needs memory that all processes share.
    Sqlite(PathBuf),
    /// The address of a PostgreSQL database, version 14 or newer, which any number of servers may share:
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    ///
    /// Parameters follow a `?`: `sslmode=require` (or `verify-full`, which means the same here) requires TLS with a
    /// certificate of an authority that this machine trusts, or that is in the file in `sslrootcert` or `SSL_CERT_FILE`;
    /// `verify-ca` does not check the name of the host; `sslmode=disable` turns TLS off; by default other machines are asked
    /// for TLS. Several hosts (HOST:PORT,HOST:PORT) with `target_session_attrs=read-write` follow a
    /// failover.
    ///
    /// The events are in the schema `group_dispatch`; nothing else is touched. The user needs the right to create that
    /// schema once. A pooler has to give each connection a session of its own.
    ///
    #[doc = include_str!("../../docs/postgres.md")]
    Postgres(String),
}

impl Database {
    /// Checks the address without connecting, and returns what of it may be shown: a SQLite file's path, or the hosts,
    /// ports and name of a PostgreSQL database.
    ///
    /// # Errors
    /// If the address of a PostgreSQL database is invalid.
    pub fn describe_address(&self) -> Result<String, AddressError> {
        match self {
            Self::Sqlite(path) => Ok(path.display().to_string()),
            Self::Postgres(url) => describe_address(url),
        }
    }

    /// Finds events that a version before contract 2.0.0 stored newest first. Changes nothing, works on a database of
    /// any older version, and may run beside servers. Returns the tenants with events of such versions that
    /// [`repair_order`](Self::repair_order) has not processed yet.
    ///
    /// # Errors
    /// If the database can't be opened or was changed by a newer version.
    pub async fn inspect_order(&self) -> Result<Vec<TenantOrder>, OpenError> {
        match self.clone() {
            Self::Sqlite(path) => blocking(move || SqliteLog::inspect_order(&path)).await,
            Self::Postgres(url) => PostgresLog::inspect_order(&url).await,
        }
    }

    /// Reverses the events that a version before contract 2.0.0 stored newest first, of one tenant or of all, and
    /// deletes the snapshot, so that the next start reads all events. Each tenant is one transaction, so that an
    /// interrupted repair can be run again. Tenants that are [beyond repair](TenantOrder::is_beyond_repair) are not
    /// changed. Returns what was found before the repair.
    ///
    /// # Errors
    /// If other processes use the database, the tenant is unknown, or the database can't be opened.
    pub async fn repair_order(&self, tenant: Option<TenantId>) -> Result<Vec<TenantOrder>, OpenError> {
        match self.clone() {
            Self::Sqlite(path) => blocking(move || SqliteLog::repair_order(&path, tenant)).await,
            Self::Postgres(url) => PostgresLog::repair_order(&url, tenant).await,
        }
    }

    /// Opens the event log and brings its schema up to date; creates it where needed: a SQLite file only if `create` is
    /// set and there is no copy of it, in `rescue_directory` or beside it.
    pub(super) async fn open_log(
        &self,
        create: bool,
        rescue_directory: Option<PathBuf>,
    ) -> Result<Arc<dyn EventLog>, OpenError> {
        Ok(match self.clone() {
            Self::Sqlite(path) => {
                Arc::new(blocking(move || SqliteLog::open(&path, create, rescue_directory.as_deref())).await?)
            }
            Self::Postgres(url) => Arc::new(PostgresLog::connect(&url).await?),
        })
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, OpenError> {
    spawn_blocking(work).await.map_err(StoreError::from)?
}
