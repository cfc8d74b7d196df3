//! How fast events are appended, beside PostgreSQL's own way in: `COPY` of the same rows into the same tables, with as
//! many commits. Also how fast repeats are found, and how fast a server appends that follows the log meanwhile; and what
//! expired events cost whose partition is dropped, beside `DELETE`: `cargo bench -p group-dispatch-server --bench
//! postgres`, where there is a PostgreSQL.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../tests/it/postgres/server.rs"]
mod server;

use std::{
    fmt::Write as _,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::SinkExt as _;
use group_dispatch_server::{
    ApiKey,
    event::{Provenance, StatusEvent},
    store::{self, Admin, Retention, Store, StoreOptions},
};
use group_dispatch_types::{AccountStatus, Source, StatusDetail};
use tokio::task::JoinSet;
use uuid::Uuid;

use server::{Database, Server};

const EVENTS: u32 = 300_000;
/// 2024-07-08.
const DAY: i64 = 1_720_396_800_000;
const TENANT: u64 = 1;

fn event(number: u32) -> StatusEvent {
    StatusEvent {
        event_id: None,
        user_id: number.into(),
        agent_account: "agent".into(),
        user_name: None,
        whatsapp: 573_125_704_139_u64.try_into().unwrap(),
        name: Some("jack".into()),
        status: AccountStatus::Online,
        source: Source::Pc,
        country_code: "Colombia".into(),
        detail_status: StatusDetail::PcOnline,
        at: DAY + i64::from(number) * 100,
        provenance: Provenance::Fed,
    }
}

/// The log of a new database with a tenant.
async fn open(database: &Database) -> Admin {
    let admin = Admin::open_or_create(&store::Database::Postgres(database.url.clone())).await.unwrap();
    assert!(admin.add_tenant(TENANT.into(), ApiKey::new("key")).await.unwrap());
    admin
}

fn batch(first: u32, size: u32) -> Vec<StatusEvent> {
    (first..first + size).map(event).collect()
}

#[tokio::main]
async fn main() {
    // `cargo test --benches` does not say so, and does not want to wait for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let Some(server) = Server::new(true) else { return };
    let rate = |time: Duration| f64::from(EVENTS) / time.as_secs_f64();
    println!("batch  writers    COPY  append  of COPY  repeats  served   (events/s)");
    for (size, writers) in [(100, 16), (1_000, 1), (10_000, 1), (1_000, 4), (10_000, 4)] {
        // Twice, so that what the machine does besides shows.
        for _ in 0..2 {
            let copied = rate(copy(&server.database().await, size, writers).await);
            let log = Arc::new(open(&server.database().await).await);
            let [appended, repeated] = [(); 2].map(|()| {
                let log = Arc::clone(&log);
                append(size, writers, move |batch| {
                    let log = Arc::clone(&log);
                    async move { assert!(log.append(TENANT.into(), batch).await.is_ok()) }
                })
            });
            let (appended, repeated) = (rate(appended.await), rate(repeated.await));
            let served = rate(serve(&server.database().await, size, writers).await);
            let of_copy = appended / copied;
            println!(
                "{size:5}  {writers:7}  {copied:6.0}  {appended:6.0}  {of_copy:7.2}  {repeated:7.0}  {served:6.0}"
            );
        }
    }
    println!("{EVENTS} expired events   log written (MB)  left on disk (MB)  time (s)");
    for by_partition in [true, false] {
        let name = if by_partition { "partition dropped" } else { "DELETE" };
        let (written, left, time) = expire(&server.database().await, by_partition).await;
        let time = time.as_secs_f64();
        println!("{name:21}  {:17.1}  {:17.1}  {time:8.1}", megabytes(written), megabytes(left));
    }
}

fn megabytes(bytes: i64) -> f64 {
    bytes as f64 / 1e6
}

/// Where each writer's share begins.
fn shares(size: u32, writers: u32) -> impl Iterator<Item = impl Iterator<Item = u32> + Send + 'static> {
    (0..writers).map(move |writer| (writer * size..EVENTS).step_by((writers * size) as usize))
}

async fn append<F: Future<Output = ()> + Send>(
    size: u32,
    writers: u32,
    append: impl Fn(Vec<StatusEvent>) -> F + Clone + Send + 'static,
) -> Duration {
    let (begin, mut tasks) = (Instant::now(), JoinSet::new());
    for share in shares(size, writers) {
        let append = append.clone();
        tasks.spawn(async move {
            for first in share {
                append(batch(first, size)).await;
            }
        });
    }
    tasks.join_all().await;
    begin.elapsed()
}

/// Appends by a store that follows the log.
async fn serve(database: &Database, size: u32, writers: u32) -> Duration {
    drop(open(database).await);
    let store = Store::open(&store::Database::Postgres(database.url.clone()), StoreOptions::default()).await.unwrap();
    let store = Arc::new(store);
    let time = append(size, writers, {
        let store = Arc::clone(&store);
        move |batch| {
            let store = Arc::clone(&store);
            async move { assert!(store.append(TENANT.into(), batch).await.is_ok()) }
        }
    })
    .await;
    store.close().await.unwrap();
    time
}

/// Returns the bytes of the write-ahead log, the bytes that the events still take on disk, and the time.
async fn expire(database: &Database, by_partition: bool) -> (i64, i64, Duration) {
    const WRITTEN: &str = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";
    const SIZE: &str = "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
        WHERE relname LIKE 'status_event%' AND relkind = 'r' AND relnamespace = 'group_dispatch'::regnamespace";
    const DELETE: &str = "DELETE FROM status_event WHERE (at, tenant, key) IN
        (SELECT at, tenant, key FROM status_event WHERE at < 9e15 ORDER BY at LIMIT 10000)";
    let log = open(database).await;
    for first in (0..EVENTS).step_by(10_000) {
        log.append(TENANT.into(), batch(first, 10_000)).await.unwrap();
    }
    let raw = database.raw().await;
    let number = async |sql| raw.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
    // The first change of a page after a checkpoint writes it whole, as it is with events that have been stored for long.
    raw.batch_execute("CHECKPOINT").await.unwrap();
    let (before, begin) = (number(WRITTEN).await, Instant::now());
    if by_partition {
        let options = StoreOptions { retention: Some(Retention { days: 30 }), ..StoreOptions::default() };
        let store = Store::open(&store::Database::Postgres(database.url.clone()), options).await.unwrap();
        // The partition is dropped in the step after the last one that deletes.
        while number(SIZE).await > 1_000_000 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        store.close().await.unwrap();
    } else {
        while raw.execute(DELETE, &[]).await.unwrap() > 0 {}
    }
    (number(WRITTEN).await - before, number(SIZE).await, begin.elapsed())
}

async fn copy(database: &Database, size: u32, writers: u32) -> Duration {
    let log = open(database).await;
    // It makes the partitions.
    log.append(TENANT.into(), batch(0, 1)).await.unwrap();
    log.append(TENANT.into(), batch(EVENTS, 1)).await.unwrap();
    let mut prepared = Vec::new();
    for share in shares(size, writers) {
        let texts: Vec<_> = share.map(|first| text(first, size)).collect();
        prepared.push((database.raw().await, texts));
    }
    let (begin, mut tasks) = (Instant::now(), JoinSet::new());
    for (client, texts) in prepared {
        tasks.spawn(async move {
            for rows in texts {
                let mut sink = pin!(client.copy_in("COPY status_event FROM STDIN").await.unwrap());
                sink.send(rows).await.unwrap();
                sink.finish().await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    begin.elapsed()
}

/// The rows of a batch.
fn text(first: u32, size: u32) -> Bytes {
    let mut rows = String::new();
    for event in batch(first, size) {
        let (at, user, account) = (event.at, event.user_id.get(), event.whatsapp.get());
        let (agent, country, name) = (event.agent_account, event.country_code, event.name.unwrap());
        let key = Uuid::new_v4();
        writeln!(
            rows,
            "{at}\t{user}\t{first}\t1\t{user}\t{account}\t1\t10\t11\t{agent}\t{country}\t\\N\t\\N\t{name}\t{key}"
        )
        .unwrap();
    }
    rows.into()
}
