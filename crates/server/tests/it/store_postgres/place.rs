//! Where the stores of these tests keep their data: a database of their own.

use std::sync::Arc;

use group_dispatch_server::{
    TenantId,
    store::{EventLog, PostgresLog, Retention, Store, TenantOrder},
};
use group_dispatch_types::UtcOffset;
use tokio::sync::Mutex;

use crate::postgres::server::Database;

/// A place for one log.
pub struct Place(Database);

impl Place {
    pub async fn new() -> Self {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
        let _held = ONE_AT_A_TIME.lock().await;
        match Database::new().await {
            Some(database) => Self(database),
            // No other test of this program could do better: all of them are one skip.
            None => std::process::exit(0),
        }
    }

    pub async fn shared_log(&self) -> Arc<dyn EventLog> {
        Arc::new(self.0.log().await)
    }

    /// As no program does: the events are left.
    pub async fn lose_saved_state(&self) {
        self.0.raw().await.execute("DELETE FROM saved_state", &[]).await.unwrap();
    }

    /// Makes it a database that the version before the record of the feeds' order wrote.
    pub async fn become_older(&self) {
        let sql = "ALTER TABLE tenant DROP COLUMN feed_order_seq; DELETE FROM migration WHERE version = 2";
        self.0.raw().await.batch_execute(sql).await.unwrap();
    }

    pub async fn inspect_order(&self) -> Vec<TenantOrder> {
        PostgresLog::inspect_order(&self.0.url).await.unwrap()
    }

    pub async fn repair_order(&self, tenant: Option<TenantId>) -> Result<Vec<TenantOrder>, String> {
        PostgresLog::repair_order(&self.0.url, tenant).await.map_err(|error| error.to_string())
    }

    /// Lets the repair of a tenant fail at its end.
    pub async fn fail_repair_of(&self, tenant: TenantId) {
        self.let_repair_succeed().await;
        let trigger = format!(
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE 'failed'; END $$;
            CREATE TRIGGER fail AFTER UPDATE ON tenant FOR EACH ROW
            WHEN (old.id = {tenant} AND new.feed_order_seq = 0) EXECUTE FUNCTION fail()"
        );
        // The table has to be up to date.
        self.0.log().await.close().await.unwrap();
        self.0.raw().await.batch_execute(&trigger).await.unwrap();
    }

    pub async fn let_repair_succeed(&self) {
        self.0.raw().await.batch_execute("DROP TRIGGER IF EXISTS fail ON tenant").await.unwrap();
    }

    /// All that is stored of each event, in the order of arrival.
    pub async fn events(&self) -> Vec<String> {
        let rows = self.0.raw().await.query("SELECT event::text FROM status_event event ORDER BY seq", &[]).await;
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }

    /// Another store over the same log.
    pub async fn open(&self, offset: UtcOffset) -> Store {
        Store::open(Arc::new(self.0.log().await), offset, None).await.unwrap()
    }

    /// Another, that keeps events for some time only.
    pub async fn open_keeping(&self, retention: Option<Retention>) -> Store {
        Store::open(Arc::new(self.0.log().await), UtcOffset::VENDOR, retention).await.unwrap()
    }
}
