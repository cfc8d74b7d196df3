//! A snapshot that a store loads when it starts.

use std::{cell::RefCell, path::PathBuf};

use group_dispatch_server::{
    TenantId,
    store::{AgentFilter, AgentQuery, Database, QueryKind, Store, StoreOptions},
};
use group_dispatch_types::Source;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// A store that is opened again for each snapshot.
struct Place {
    runtime: Runtime,
    file: PathBuf,
    connection: Connection,
    _folder: TempDir,
}

impl Place {
    fn new() -> Self {
        // In memory where the system has such a folder: each start waits for the disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let file = folder.path().join("store.db");
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::open(&Database::Sqlite(file.clone()), StoreOptions::default()).await.unwrap();
            store.add_tenant(TenantId::from(1), "key".into()).await.unwrap();
            store.close().await.unwrap();
        });
        let connection = Connection::open(&file).unwrap();
        Self { runtime, file, connection, _folder: folder }
    }

    fn open_with(&self, chunks: &[Vec<u8>]) {
        self.connection.execute_batch("DELETE FROM saved_part; DELETE FROM saved").unwrap();
        let saved = "INSERT INTO saved (generation, parts, last_seq, is_whole) VALUES (1, ?1, 0, 1)";
        self.connection.execute(saved, [chunks.len() as i64]).unwrap();
        for (place, chunk) in chunks.iter().enumerate() {
            let part = "INSERT INTO saved_part (generation, place, bytes) VALUES (1, ?1, ?2)";
            self.connection.execute(part, (place as i64, chunk)).unwrap();
        }
        self.runtime.block_on(async {
            // A snapshot that can't be read is ignored, because no event has expired.
            let store = Store::open(&Database::Sqlite(self.file.clone()), StoreOptions::default()).await.unwrap();
            let tenant = store.tenant(TenantId::from(1)).unwrap();
            let mut out = Vec::new();
            for source in Source::ALL.iter().copied() {
                for kind in [QueryKind::Online, QueryKind::Log(None), QueryKind::Recent] {
                    tenant.answer(&AgentQuery { kind, source, filter: AgentFilter::default() }, &mut out);
                }
            }
            let _ = tenant.all_online();
            store.close().await.unwrap();
        });
    }
}

/// Chunks, each preceded by its length in two bytes and without its checksum, which is added here.
pub fn snapshot(mut bytes: &[u8]) {
    let mut chunks = Vec::new();
    while let [one, two, rest @ ..] = bytes
        && chunks.len() < 8
    {
        let (chunk, next) = rest.split_at(usize::from(u16::from_be_bytes([*one, *two])).min(rest.len()));
        let mut chunk = chunk.to_vec();
        chunk.extend(crc32fast::hash(&chunk).to_le_bytes());
        chunks.push(chunk);
        bytes = next;
    }
    thread_local! {
        static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
    }
    PLACE.with_borrow_mut(|place| place.get_or_insert_with(Place::new).open_with(&chunks));
}
