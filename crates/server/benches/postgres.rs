//! How fast events are taken in, beside PostgreSQL's own way in: `COPY` of the same rows into the same tables, with as
//! many commits: `cargo bench -p group-dispatch-server --bench postgres`, where there is a PostgreSQL.
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
    event::StatusEvent,
    store::{self, Admin},
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
    }
}

/// The log of a new database with a tenant.
async fn open(database: &Database) -> Admin {
    let admin = Admin::open(&store::Database::Postgres(database.url.clone())).await.unwrap();
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
    println!("batch  writers    COPY  append  of COPY   (events/s)");
    for (size, writers) in [(100, 16), (1_000, 1), (10_000, 1), (1_000, 4), (10_000, 4)] {
        // Twice, so that what the machine does besides shows.
        for _ in 0..2 {
            let copied = rate(copy(&server.database().await, size, writers).await);
            let appended = rate(appended(&server.database().await, size, writers).await);
            println!("{size:5}  {writers:7}  {copied:6.0}  {appended:6.0}  {:7.2}", appended / copied);
        }
    }
}

/// Where each writer's share begins.
fn shares(size: u32, writers: u32) -> impl Iterator<Item = impl Iterator<Item = u32> + Send + 'static> {
    (0..writers).map(move |writer| (writer * size..EVENTS).step_by((writers * size) as usize))
}

async fn appended(database: &Database, size: u32, writers: u32) -> Duration {
    let log = Arc::new(open(database).await);
    let (begin, mut tasks) = (Instant::now(), JoinSet::new());
    for share in shares(size, writers) {
        let log = Arc::clone(&log);
        tasks.spawn(async move {
            for first in share {
                log.append(TENANT.into(), batch(first, size)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    begin.elapsed()
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
