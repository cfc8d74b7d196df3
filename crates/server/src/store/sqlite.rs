//! The embedded store: one SQLite file.

mod file;
mod open_error;
mod pool;
mod read;
mod write;

use std::{num::NonZero, path::Path, thread};

use async_trait::async_trait;
use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentSource, AgentStatusLog, Source, SourceGroup, UtcOffset, WhatsAppNumber,
};

pub use self::open_error::OpenError;
use self::pool::Pool;
use super::{AgentFilter, Appended, Removal, Store, StoreError, TenantSummary};
use crate::{ApiKey, TenantId, event::StatusEvent};

/// A [`Store`] in one SQLite file, which several processes may have open at once.
///
/// What was acknowledged survives a power cut. Reads and writes don't wait for each other; writes take turns, also with
/// those of other processes. The file must not lie on a network drive: SQLite's write-ahead log needs memory that its
/// users share.
pub struct SqliteStore {
    readers: Pool,
    writer: Pool,
    offset: UtcOffset,
}

impl SqliteStore {
    /// Opens the store in the file at `path`, for its owner alone if the file is new, and brings it up to date.
    ///
    /// Answers give times as clocks at `offset` show them. This call blocks.
    ///
    /// # Errors
    /// When the file can't be read and written, is not a store, or was written by a newer version; a file that is not
    /// a store is left as it is.
    pub fn open(path: &Path, offset: UtcOffset) -> Result<Self, OpenError> {
        let path = file::prepare(path)?;
        let most_readers = thread::available_parallelism().map_or(4, NonZero::get).max(4);
        let readers = Pool::new(most_readers, {
            let path = path.clone();
            move || Ok(file::open_reader(&path)?)
        });
        let writer = Pool::new(1, move || Ok(file::open_writer(&path)?));
        // A writer that stays open keeps the write-ahead log in place, which the readers can't make anew.
        writer.warm()?;
        Ok(Self { readers, writer, offset })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Appended, StoreError> {
        self.writer.transact(move |change| write::append(change, tenant, &events)).await
    }

    async fn online_agents(
        &self,
        tenant: TenantId,
        sources: Vec<AgentSource>,
        filter: AgentFilter,
    ) -> Result<Vec<SourceGroup>, StoreError> {
        self.readers.transact(move |snapshot| Ok(read::online_agents(snapshot, tenant, &sources, &filter)?)).await
    }

    async fn account_location(
        &self,
        tenant: TenantId,
        account: WhatsAppNumber,
        sources: Vec<Source>,
    ) -> Result<Option<AccountLocation>, StoreError> {
        self.readers.transact(move |snapshot| Ok(read::account_location(snapshot, tenant, account, &sources)?)).await
    }

    async fn status_log(
        &self,
        tenant: TenantId,
        source: AgentSource,
        filter: AgentFilter,
        account: Option<WhatsAppNumber>,
        most: usize,
    ) -> Result<Vec<AgentStatusLog>, StoreError> {
        let offset = self.offset;
        self.readers
            .transact(move |snapshot| Ok(read::status_log(snapshot, tenant, source, &filter, account, most, offset)?))
            .await
    }

    async fn recent_accounts(
        &self,
        tenant: TenantId,
        source: AgentSource,
        filter: AgentFilter,
        most: usize,
    ) -> Result<Vec<AgentRecentAccounts>, StoreError> {
        self.readers.transact(move |snapshot| Ok(read::recent_accounts(snapshot, tenant, source, &filter, most)?)).await
    }

    async fn api_key(&self, tenant: TenantId) -> Result<Option<ApiKey>, StoreError> {
        self.readers.transact(move |snapshot| Ok(read::api_key(snapshot, tenant)?)).await
    }

    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.writer.transact(move |change| Ok(write::add_tenant(change, tenant, &key)?)).await
    }

    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.writer.transact(move |change| Ok(write::replace_key(change, tenant, &key)?)).await
    }

    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        self.writer.transact(move |change| Ok(write::remove_tenant(change, tenant, with_events)?)).await
    }

    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        self.readers.transact(|snapshot| Ok(read::tenants(snapshot)?)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.readers.transact(|snapshot| Ok(read::ready(snapshot)?)).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        // The writer goes last: whoever closes the file last moves the write-ahead log into it, and readers can't.
        self.readers.close().await?;
        self.writer.close().await
    }
}

impl StoreError {
    fn database(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Database(error.into())
    }
}

/// Values go to SQLite as parameters and come back as columns, so that its messages name tables and columns only.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::database(error)
    }
}
