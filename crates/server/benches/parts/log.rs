//! Events that are appended, read and applied, and a snapshot that is loaded.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
};

use group_dispatch_server::{
    ApiKey,
    event::StatusEvent,
    store::{Admin, Database, Store, StoreOptions},
};
use rusqlite::{Connection, params};
use tokio::runtime::Runtime;

use crate::{
    Outcome,
    events::{KEY, events, tenant},
    turns::{Case, Work},
};

const BATCH: u32 = 1_000;
const EVENTS: u32 = 50_000;

pub fn cases<'a>(runtime: &'a Runtime, folder: &Path) -> Outcome<Vec<Case<'a>>> {
    let [logged, saved] = [false, true].map(|saved| runtime.block_on(filled(folder, saved)));
    let (logged, saved) = (logged?, saved?);
    let opening = |file: PathBuf| -> Work<'a> {
        Box::new(move |times| (0..times).try_for_each(|_| runtime.block_on(open_and_close(&file))))
    };
    let reading = {
        let file = logged.clone();
        Box::new(move |times| (0..times).try_for_each(|_| read(&file)))
    };
    Ok(vec![
        Case {
            name: "1,000 events into the log, durable",
            ours: appending(runtime, &folder.join("append.db"))?,
            against: "into a table without an index",
            plain: inserting(&folder.join("plain.db"), false)?,
        },
        Case {
            name: "1,000 events, repeats found, durable",
            ours: appending(runtime, &folder.join("append-keys.db"))?,
            against: "into a table with an index on keys",
            plain: inserting(&folder.join("plain-keys.db"), true)?,
        },
        Case {
            name: "50,000 events of the log, applied",
            ours: opening(logged.clone()),
            against: "its rows read by SQLite alone",
            plain: reading,
        },
        Case {
            name: "a snapshot, loaded",
            ours: opening(saved),
            against: "its 50,000 events applied instead",
            plain: opening(logged),
        },
    ])
}

/// The file of a store with events.
async fn filled(folder: &Path, save: bool) -> Outcome<PathBuf> {
    let file = folder.join(if save { "saved.db" } else { "logged.db" });
    let store = Store::open(&Database::Sqlite(file.clone()), StoreOptions::default()).await?;
    store.add_tenant(tenant(), ApiKey::new(KEY)).await?;
    for first in (0..EVENTS).step_by(10_000) {
        store.append(tenant(), events(first, 10_000)?).await?;
    }
    if save {
        store.save_snapshot().await?;
    }
    store.close().await?;
    Ok(file)
}

async fn open_and_close(file: &Path) -> Outcome {
    let store = Store::open(&Database::Sqlite(file.into()), StoreOptions::default()).await?;
    Ok(store.close().await?)
}

fn read(file: &Path) -> Outcome {
    let connection = Connection::open(file)?;
    let mut events = connection.prepare("SELECT * FROM status_event ORDER BY seq")?;
    let columns = events.column_count();
    let mut rows = events.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
    }
    Ok(())
}

fn appending<'a>(runtime: &'a Runtime, file: &Path) -> Outcome<Work<'a>> {
    let log = runtime.block_on(Admin::open_or_create(&Database::Sqlite(file.into())))?;
    runtime.block_on(log.add_tenant(tenant(), ApiKey::new(KEY)))?;
    let next = Cell::new(0);
    Ok(Box::new(move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                log.append(tenant(), events(next.replace(next.get() + BATCH), BATCH)?).await?;
            }
            Ok(())
        })
    }))
}

const TABLE: &str = "
    PRAGMA journal_mode = wal;
    PRAGMA synchronous = full;
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY, at INTEGER, source INTEGER, user_id INTEGER, whatsapp INTEGER, status INTEGER,
        detail_status INTEGER, agent_account TEXT, user_name TEXT, name TEXT, country_code TEXT
    )";

/// Inserts events and, for `with_keys`, a random key of each into an index that finds repeats.
fn inserting<'a>(file: &Path, with_keys: bool) -> Outcome<Work<'a>> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch(TABLE)?;
    connection
        .execute_batch("CREATE TABLE event_key (key BLOB PRIMARY KEY) WITHOUT ROWID; PRAGMA cache_size = -65536")?;
    let next = Cell::new(0);
    Ok(Box::new(move |times| {
        for _ in 0..times {
            let all = connection.transaction()?;
            {
                let mut insert =
                    all.prepare_cached("INSERT INTO event VALUES (NULL,?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)")?;
                let mut insert_key = all.prepare_cached("INSERT OR IGNORE INTO event_key VALUES (?1)")?;
                for event in events(next.replace(next.get() + BATCH), BATCH)? {
                    let StatusEvent { at, agent_account, user_name, name, country_code, .. } = &event;
                    insert.execute(params![
                        at,
                        event.source.code(),
                        event.user_id.get().cast_signed(),
                        event.whatsapp.get().cast_signed(),
                        event.status.code(),
                        event.detail_status.code(),
                        agent_account,
                        user_name,
                        name,
                        country_code
                    ])?;
                    if with_keys {
                        let key: [u8; 24] = std::array::from_fn(|_| fastrand::u8(..));
                        insert_key.execute([key])?;
                    }
                }
            }
            all.commit()?;
        }
        Ok(())
    }))
}
