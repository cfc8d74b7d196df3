//! How fast events are taken in, beside PostgreSQL's own way in: `COPY` of the same rows into the same tables, with as
//! many commits: `cargo bench -p group-dispatch-server --bench postgres`, where there is a PostgreSQL.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../tests/postgres/events.rs"]
mod events;
#[path = "../tests/postgres/server.rs"]
mod server;

use std::{
    fmt::Write as _,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::SinkExt as _;
use group_dispatch_server::{event::StatusEvent, store::EventLog as _};
use tokio::task::JoinSet;
use uuid::Uuid;

use events::{DAY, add, event, tenant};
use server::{Database, Server};

const EVENTS: u32 = 300_000;

fn batch(first: u32, size: u32) -> Vec<StatusEvent> {
    let various = |number: u32| StatusEvent { at: DAY + i64::from(number) * 100, ..event(number) };
    (first..first + size).map(various).collect()
}

#[tokio::main]
async fn main() {
    // `cargo test --benches` does not say so, and does not want to wait for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let Some(server) = Server::new(true) else { return };
    let rate = |time: Duration| f64::from(EVENTS) / time.as_secs_f64();
    println!("batch  writers  COPY log  COPY log+keys  append  of COPY log  of COPY log+keys   (events/s)");
    for (size, writers) in [(1_000, 1), (10_000, 1), (1_000, 4), (10_000, 4)] {
        // Twice, so that what the machine does besides shows.
        for _ in 0..2 {
            let log_alone = rate(copy(&server.database().await, size, writers, false).await);
            let both = rate(copy(&server.database().await, size, writers, true).await);
            let appended = rate(appended(&server.database().await, size, writers).await);
            println!(
                "{size:5}  {writers:7}  {log_alone:8.0}  {both:13.0}  {appended:6.0}  {:11.2}  {:16.2}",
                appended / log_alone,
                appended / both
            );
        }
    }
}

/// Where each writer's share begins.
fn shares(size: u32, writers: u32) -> impl Iterator<Item = impl Iterator<Item = u32> + Send + 'static> {
    (0..writers).map(move |writer| (writer * size..EVENTS).step_by((writers * size) as usize))
}

async fn appended(database: &Database, size: u32, writers: u32) -> Duration {
    let log = Arc::new(database.log().await);
    add(&*log, 1).await;
    let (begin, mut tasks) = (Instant::now(), JoinSet::new());
    for share in shares(size, writers) {
        let log = Arc::clone(&log);
        tasks.spawn(async move {
            for first in share {
                log.append(tenant(1), batch(first, size)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    begin.elapsed()
}

async fn copy(database: &Database, size: u32, writers: u32, keys: bool) -> Duration {
    let log = database.log().await;
    add(&log, 1).await;
    // It makes the partitions.
    log.append(tenant(1), batch(0, 1)).await.unwrap();
    log.append(tenant(1), batch(EVENTS, 1)).await.unwrap();
    let mut prepared = Vec::new();
    for share in shares(size, writers) {
        let texts: Vec<_> = share.map(|first| text(first, size)).collect();
        prepared.push((database.raw().await, texts));
    }
    let (begin, mut tasks) = (Instant::now(), JoinSet::new());
    for (client, texts) in prepared {
        tasks.spawn(async move {
            for (events, their_keys) in texts {
                client.batch_execute("BEGIN").await.unwrap();
                for (table, rows) in [("event_key", their_keys), ("status_event", events)] {
                    if table == "status_event" || keys {
                        let mut sink = pin!(client.copy_in(&format!("COPY {table} FROM STDIN")).await.unwrap());
                        sink.send(rows).await.unwrap();
                        sink.finish().await.unwrap();
                    }
                }
                client.batch_execute("COMMIT").await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    begin.elapsed()
}

/// The rows of a batch, and of their keys.
fn text(first: u32, size: u32) -> (Bytes, Bytes) {
    let (mut events, mut keys) = (String::new(), String::new());
    for event in batch(first, size) {
        let (at, user, account) = (event.at, event.user_id.get(), event.whatsapp.get());
        let (agent, country, name) = (event.agent_account, event.country_code, event.name.unwrap());
        writeln!(
            events,
            "{at}\t{user}\t{first}\t1\t{user}\t{account}\t1\t10\t11\t{agent}\t{country}\t\\N\t\\N\t{name}"
        )
        .unwrap();
        writeln!(keys, "1\t{}", Uuid::new_v4()).unwrap();
    }
    (events.into(), keys.into())
}
