//! The database of a test: a PostgreSQL database of its own.

use std::process::Command;

use group_dispatch_server::{
    TenantId,
    store::{Admin, Database, Retention, Store, StoreOptions, TenantOrder},
};
use group_dispatch_types::UtcOffset;
use test_support::older::POSTGRES_BEFORE_FEED_ORDER;

use crate::postgres::server;

/// A dump of a database of an older version.
macro_rules! older {
    ($name:literal) => {
        include_str!(concat!("../postgres/older/", $name, ".sql"))
    };
}
pub(super) use older;

/// A place for one log.
pub struct Place(server::Database);

impl Place {
    pub const STORE: &str = "postgres";

    pub async fn new() -> Self {
        // A test can't be skipped once it runs.
        let database = server::Database::new().await;
        Self(database.expect("PostgreSQL is installed; without it, run `cargo test -- --skip store_postgres::`"))
    }

    pub fn database(&self) -> Database {
        Database::Postgres(self.0.url.clone())
    }

    pub async fn has_snapshot(&self) -> bool {
        let sql = "SELECT EXISTS (SELECT FROM saved_state WHERE parts IS NOT NULL)";
        self.0.raw().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// Replaces the chunks of the snapshot by what no version writes.
    pub async fn damage_snapshot(&self) {
        self.0.raw().await.execute("UPDATE saved_part SET bytes = '?'", &[]).await.unwrap();
    }

    /// Deletes the snapshot but no events, which no program does.
    pub async fn lose_snapshot(&self) {
        self.0.raw().await.execute("DELETE FROM saved_state", &[]).await.unwrap();
    }

    /// Makes it a database that the version before the record of the feeds' order wrote.
    pub async fn become_older(&self) {
        self.0.raw().await.batch_execute(POSTGRES_BEFORE_FEED_ORDER).await.unwrap();
    }

    pub async fn inspect_order(&self) -> Vec<TenantOrder> {
        self.database().inspect_order().await.unwrap()
    }

    pub async fn repair_order(&self, tenant: Option<TenantId>) -> Result<Vec<TenantOrder>, String> {
        self.database().repair_order(tenant).await.map_err(|error| error.to_string())
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
        Admin::open_or_create(&self.database()).await.unwrap().close().await.unwrap();
        self.0.raw().await.batch_execute(&trigger).await.unwrap();
    }

    pub async fn let_repair_succeed(&self) {
        self.0.raw().await.batch_execute("DROP TRIGGER IF EXISTS fail ON tenant").await.unwrap();
    }

    /// All that is stored of each event, in the order of arrival. Columns that an older version lacks are null.
    pub async fn events(&self) -> Vec<String> {
        let sql = "SELECT json_strip_nulls(to_json(event))::text FROM status_event event ORDER BY seq";
        let rows = self.0.raw().await.query(sql, &[]).await;
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }

    /// Returns how many rows a table has.
    pub async fn rows(&self, table: &str) -> i64 {
        self.0.raw().await.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0)
    }

    /// Fails to store events of an account.
    pub async fn refuse(&self, account: u64) {
        let check = format!("ALTER TABLE status_event ADD CONSTRAINT refuse CHECK (whatsapp <> {account})");
        self.0.raw().await.batch_execute(&check).await.unwrap();
    }

    /// Fills an empty place with a dump.
    pub async fn load(&self, dump: &str) {
        // The dump sets the connection's search path.
        self.0.raw().await.batch_execute(dump).await.unwrap();
    }

    /// Returns all of it as SQL.
    pub async fn dump(&self) -> String {
        let mut dump = Command::new("pg_dump");
        dump.args(["--inserts", "--no-owner", "--no-privileges", "--schema=group_dispatch", "--dbname"])
            .arg(&self.0.url);
        let dump = dump.output().unwrap();
        assert!(dump.status.success(), "{dump:?}");
        let dump = String::from_utf8(dump.stdout).unwrap();
        let is_sql = |line: &&str| !line.is_empty() && !line.starts_with("--") && !line.starts_with('\\');
        dump.lines().filter(is_sql).map(|line| format!("{line}\n")).collect()
    }

    /// Another store over the same log.
    pub async fn open(&self, offset: UtcOffset) -> Store {
        Store::open(&self.database(), StoreOptions { utc_offset: offset, ..StoreOptions::default() }).await.unwrap()
    }

    /// Another, that keeps events for some time only.
    pub async fn open_keeping(&self, retention: Option<Retention>) -> Store {
        Store::open(&self.database(), StoreOptions { retention, ..StoreOptions::default() }).await.unwrap()
    }
}
