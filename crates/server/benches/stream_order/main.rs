//! What can give the events in PostgreSQL one order that is the same on every server, and in which no event appears behind
//! a position that a reader has passed. ARCHITECTURE.md has the conclusion, under "What orders the change stream".
//!
//! `cargo bench -p group-dispatch-server --bench stream_order`, where there is a PostgreSQL; behind `--` a part can be
//! named: `ingest`, `delay`, `hour`, `partitions` or `sqlite`. All takes about ten minutes. The candidates take turns, so
//! compare those of one run only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod append;
mod candidate;
mod delay;
mod holder;
mod hour;
mod ingest;
mod partitions;
mod reader;
mod sequencer;
#[path = "../../tests/it/postgres/server.rs"]
mod server;
mod sqlite;
mod turns;

use server::Server;

/// Commits wait for the disk. Checkpoints and autovacuum would disturb some turns and not others.
const SETTINGS: [&str; 5] =
    ["fsync=on", "autovacuum=off", "max_wal_size=16GB", "checkpoint_timeout=1h", "max_locks_per_transaction=1024"];

#[tokio::main]
async fn main() {
    // `cargo test --benches` does not say so, and does not want to wait for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let part = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let is_wanted = |name| part.as_ref().is_none_or(|part| part == name);
    if is_wanted("sqlite") {
        report_load("sqlite");
        sqlite::measure().await;
    }
    let Some(server) = Server::with_settings(&SETTINGS) else { return };
    if is_wanted("partitions") {
        report_load("partitions");
        partitions::measure(&server).await;
    }
    if is_wanted("delay") {
        report_load("delay");
        delay::measure(&server).await;
    }
    if is_wanted("ingest") {
        report_load("ingest");
        ingest::measure(&server).await;
    }
    if is_wanted("hour") {
        report_load("hour");
        hour::measure(&server).await;
    }
    report_load("end");
}

/// Prints the load of the machine, so that figures of a busy one are known as such.
fn report_load(part: &str) {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\n== {part} (load of the machine: {})", load.trim());
}
