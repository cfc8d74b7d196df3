//! The log in a PostgreSQL database.

mod address;
mod append;
mod batch;
mod connect_error;
mod failure;
mod follow;
mod messenger;
mod migrate;
mod partitions;
mod row;
mod saved;
mod tenants;
mod text;
mod trim;

use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::Pool;
use tokio::sync::RwLock;

pub use self::connect_error::ConnectError;
use self::{
    address::Address, batch::Batch, failure::Failure, follow::Latest, messenger::Messenger, partitions::Partitions,
    saved::Saver,
};
use super::{
    Removal, StoreError, TenantSummary,
    log::{Changes, EventLog, Logged, Position, Saved, Saving, Trimmed},
};
use crate::{ApiKey, TenantId, event::StatusEvent};

/// An [`EventLog`] in a PostgreSQL database, version 14 or newer, which any number of servers may use at once.
///
/// It lives in the schema `group_dispatch` and leaves everything else alone. The user needs the right to create that
/// schema once. Connections must be to PostgreSQL itself or to a pooler that gives each a session of its own.
///
/// An append is acknowledged when PostgreSQL has it on disk; the setting `synchronous_commit` can ask for more
/// (`remote_apply`), not for less. Where replicas are to take over without losing an acknowledged event,
/// `synchronous_standby_names` has to name them.
///
#[doc = include_str!("../../docs/postgres.md")]
pub struct PostgresLog(Arc<Shared>);

struct Shared {
    address: Address,
    pool: Pool,
    partitions: Partitions,
    latest: Latest,
    messenger: Messenger,
    saver: Saver,
    /// Whoever writes holds it together with others; whoever closes the log, alone.
    writing: Arc<RwLock<()>>,
}

impl PostgresLog {
    /// Connects to the database at `url`, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, and brings its schema up to
    /// date.
    ///
    /// What may follow a `?`: `sslmode=require` (or `verify-full`, which means the same here) asks for TLS with a
    /// certificate that this machine trusts, or that the file in `SSL_CERT_FILE` holds; `sslmode=disable` does without;
    /// without either, TLS is used with other machines that offer it. Several hosts with
    /// `target_session_attrs=read-write` follow a failover.
    ///
    /// # Errors
    /// When the address can't be read or its database not be reached, is too old, or was changed by a newer version.
    /// No error repeats the address.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let address = Address::parse(url)?;
        migrate::migrate(&address.connect_alone().await?).await?;
        Ok(Self(Arc::new(Shared {
            pool: address.pool()?,
            messenger: Messenger::new(address.clone()),
            address,
            partitions: Partitions::default(),
            latest: Latest::default(),
            saver: Saver::default(),
            writing: Arc::default(),
        })))
    }

    fn open(&self) -> Result<&Shared, StoreError> {
        if self.0.pool.is_closed() { Err(StoreError::Closed) } else { Ok(&self.0) }
    }

    /// Does what changes the log to its end, even when nobody waits for it any more.
    async fn change<T, F>(&self, work: impl FnOnce(Arc<Shared>) -> F + Send) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let shared = Arc::clone(&self.0);
        let work = work(Arc::clone(&shared));
        let writing = Arc::clone(&shared.writing).read_owned().await;
        let job = tokio::spawn(async move {
            let _writing = writing;
            if shared.pool.is_closed() {
                return Err(StoreError::Closed);
            }
            let outcome = work.await;
            // Also where it failed: it may be there all the same.
            shared.messenger.tell();
            outcome
        });
        job.await.map_err(|_| StoreError::Database("a change was broken off".into()))?
    }
}

#[async_trait]
impl EventLog for PostgresLog {
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Logged, StoreError> {
        self.change(async move |shared: Arc<Shared>| {
            append::append(&shared.pool, &shared.partitions, tenant, &Batch::new(events)?).await
        })
        .await
    }

    async fn read(&self, position: Position, most: usize) -> Result<Changes, StoreError> {
        Ok(follow::read(&self.0.pool, &self.0.latest, position, most).await?)
    }

    async fn changed(&self) -> Result<(), StoreError> {
        self.open()?.messenger.hear().await;
        self.open().map(drop)
    }

    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.change(async move |shared: Arc<Shared>| Ok(tenants::add(&shared.pool, tenant, &key).await?)).await
    }

    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.change(async move |shared: Arc<Shared>| Ok(tenants::replace_key(&shared.pool, tenant, &key).await?)).await
    }

    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        self.change(async move |shared: Arc<Shared>| Ok(tenants::remove(&shared.pool, tenant, with_events).await?))
            .await
    }

    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        Ok(tenants::summaries(&self.0.pool).await?)
    }

    async fn trim(&self, before: Option<i64>) -> Result<Trimmed, StoreError> {
        self.change(async move |shared: Arc<Shared>| Ok(trim::trim(&shared.pool, before).await?)).await
    }

    async fn saved(&self) -> Result<Option<Saved>, StoreError> {
        Ok(saved::saved(&self.0.pool).await?)
    }

    async fn saved_part(&self, saved: &Saved, place: u32) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(saved::part(&self.0.pool, saved.generation, place).await?)
    }

    async fn begin_save(&self, position: Position) -> Result<Option<Saving>, StoreError> {
        let shared = self.open()?;
        Ok(shared.saver.begin(&shared.address, position).await?)
    }

    async fn save_part(&self, saving: &mut Saving, part: Vec<u8>) -> Result<(), StoreError> {
        Ok(self.open()?.saver.add(saving, part).await?)
    }

    async fn finish_save(&self, saving: Saving) -> Result<(), StoreError> {
        Ok(self.open()?.saver.finish(saving).await?)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let client = self.0.pool.get().await.map_err(Failure::from)?;
        client.batch_execute("SELECT").await.map_err(Failure::from)?;
        Ok(())
    }

    async fn close(&self) -> Result<(), StoreError> {
        // Tasks that are about to write have begun when this goes on.
        tokio::task::yield_now().await;
        let _alone = self.0.writing.write().await;
        let shared = self.open()?;
        shared.pool.close();
        shared.messenger.stop();
        shared.saver.stop().await;
        Ok(())
    }
}
