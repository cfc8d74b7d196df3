//! Durable ingest, against a SQLite table with an index for each filter.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, bail};
use tokio::{task::JoinSet, time::Instant};

use super::Results;
use crate::{
    baseline::Baseline,
    connection::Connection,
    environment::{Environment, Turns},
    feeder::{self, Batch},
    process::Process,
    report::{Finding, number},
    statistics::Pair,
};

pub const BATCH: u64 = 1_000;
/// Enough that batches wait while others are written: with four connections, PostgreSQL is idle a fifth of the time.
pub const CONNECTIONS: usize = 8;
/// How many batches are prepared for a turn at most, to bound memory.
const MAX_BATCHES: u64 = 300;

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let dataset = environment.plan.dataset;
    let server = environment.serve(dataset).await?;
    if !feeder::accepts_events(server.address).await? {
        bail!(feeder::NO_INGEST);
    }
    let table = environment.copy(&Baseline::make(&environment.data, dataset.accounts, dataset.events)?)?;
    let size = std::fs::metadata(&table)?.len();
    let mut baseline = Baseline::open(&table, dataset.accounts)?;
    let mut pairs = Vec::new();
    let Turns { length, rounds } = environment.plan.ingest_turns;
    for _ in 0..rounds {
        let ours = turn(environment, &server, length).await?;
        pairs.push(Pair { ours, limit: baseline.turn(length, BATCH)? });
    }
    results.findings.insert(
        "ingest",
        Finding::of_pairs(
            &pairs,
            "/s",
            1.0,
            format!(
                "{CONNECTIONS} connections, turns of {} s; the limit is a SQLite table with three secondary indexes, {} events and {} MB \
                 before, WAL, synchronous = FULL, in one process",
                length.as_secs_f64(),
                number(dataset.events as f64),
                number(size as f64 / 1e6)
            ),
        ),
    );
    server.stop()?;
    // Both databases have grown.
    drop(baseline);
    environment.remove_copies()
}

/// Sends batches over several connections, and returns acknowledged events per second.
pub async fn turn(environment: &Environment, server: &Process, length: Duration) -> Result<f64> {
    // Enough for 250,000 events per second.
    let most = (u64::try_from(length.as_millis())? / 4 + 8).min(MAX_BATCHES);
    let batch = |_| Batch::of(&environment.plan.dataset.more_events(environment.next_batch(), BATCH));
    let batches: Arc<Vec<Batch>> = Arc::new((0..most).map(batch).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut feeding = JoinSet::new();
    for _ in 0..CONNECTIONS {
        feeding.spawn(feed(server.address, Arc::clone(&batches), Arc::clone(&next), began + length));
    }
    let mut events = 0;
    while let Some(fed) = feeding.join_next().await {
        events += fed??;
    }
    Ok(events as f64 / began.elapsed().as_secs_f64())
}

async fn feed(
    address: std::net::SocketAddr,
    batches: Arc<Vec<Batch>>,
    next: Arc<AtomicUsize>,
    until: Instant,
) -> Result<usize> {
    let mut connection = Connection::open(address).await?;
    let mut events = 0;
    while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
        batch.send(&mut connection).await?;
        events += batch.events;
        if Instant::now() >= until {
            break;
        }
    }
    Ok(events)
}
