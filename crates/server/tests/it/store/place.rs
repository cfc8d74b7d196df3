//! The database of a test: a SQLite file in a directory of its own.

use std::{path::PathBuf, process::Command};

use group_dispatch_server::{
    TenantId,
    store::{Admin, Database, Retention, Store, StoreOptions, TenantOrder},
};
use group_dispatch_types::UtcOffset;
use rusqlite::types::Value;
use tempfile::TempDir;
use test_support::older::SQLITE_BEFORE_FEED_ORDER;

/// A dump of a database of an older version.
macro_rules! older {
    ($name:literal) => {
        include_str!(concat!("older/", $name, ".sql"))
    };
}
pub(super) use older;

/// A place for one log, as long as this lives.
pub struct Place(pub TempDir);

impl Place {
    pub const STORE: &str = "sqlite";

    pub async fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn database(&self) -> Database {
        Database::Sqlite(self.file())
    }

    pub async fn has_snapshot(&self) -> bool {
        self.raw().query_row("SELECT EXISTS (SELECT 1 FROM saved WHERE is_whole)", [], |row| row.get(0)).unwrap()
    }

    /// Replaces the chunks of the snapshot by what no version writes.
    pub async fn damage_snapshot(&self) {
        self.raw().execute("UPDATE saved_part SET bytes = x'3f'", []).unwrap();
    }

    /// Deletes the snapshot but no events, which no program does.
    pub async fn lose_snapshot(&self) {
        self.raw().execute("DELETE FROM saved", []).unwrap();
    }

    /// Makes it a database that the version before the record of the feeds' order wrote.
    pub async fn become_older(&self) {
        self.raw().execute_batch(SQLITE_BEFORE_FEED_ORDER).unwrap();
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
            "CREATE TRIGGER fail AFTER UPDATE ON tenant WHEN old.id = {tenant} AND new.feed_order_seq = 0
            BEGIN SELECT raise(ABORT, 'failed'); END"
        );
        // The table has to be up to date.
        Admin::open_or_create(&self.database()).await.unwrap().close().await.unwrap();
        self.raw().execute_batch(&trigger).unwrap();
    }

    pub async fn let_repair_succeed(&self) {
        self.raw().execute_batch("DROP TRIGGER IF EXISTS fail").unwrap();
    }

    /// All that is stored of each event, in the order of arrival. Columns that an older version lacks are null.
    pub async fn events(&self) -> Vec<String> {
        let raw = self.raw();
        let mut events = raw.prepare("SELECT * FROM status_event ORDER BY seq").unwrap();
        let columns: Vec<_> = events.column_names().into_iter().map(str::to_owned).collect();
        let event = |row: &rusqlite::Row<'_>| {
            let columns = columns.iter().map(|column| (column, row.get_unwrap::<_, Value>(column.as_str())));
            Ok(format!("{:?}", columns.filter(|(_, value)| *value != Value::Null).collect::<Vec<_>>()))
        };
        events.query_map([], event).unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// Returns how many rows a table has.
    pub async fn rows(&self, table: &str) -> i64 {
        self.raw().query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    /// Fails to store events of an account.
    pub async fn refuse(&self, account: u64) {
        let trigger = format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON status_event WHEN new.whatsapp = {account}
            BEGIN SELECT raise(ABORT, 'refused'); END"
        );
        self.raw().execute_batch(&trigger).unwrap();
    }

    /// Fills an empty place with a dump.
    pub async fn load(&self, dump: &str) {
        self.raw().execute_batch(dump).unwrap();
    }

    /// Returns all of it as SQL.
    pub async fn dump(&self) -> String {
        let dump = Command::new("sqlite3").arg(self.file()).arg(".dump").output().unwrap();
        assert!(dump.status.success(), "{dump:?}");
        let version: u32 = self.raw().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let id: u32 = self.raw().pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
        let pragmas = format!("PRAGMA application_id = {id};\nPRAGMA user_version = {version};\n");
        String::from_utf8(dump.stdout).unwrap() + &pragmas
    }

    pub fn file(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.file()).unwrap()
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
