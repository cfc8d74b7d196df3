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

use super::Found;
use crate::{
    baseline::Baseline,
    connection::Connection,
    feeder::{self, Batch},
    process::Process,
    report::{Finding, Measured, number},
    stand::{Stand, Turns},
    statistics::{Pair, median, ratio},
};

pub const BATCH: u64 = 1_000;
/// Enough that batches wait while others are written: with four, PostgreSQL has nothing to do a fifth of the time.
pub const CONNECTIONS: usize = 8;
/// More than this is not made ready for one turn, for it takes memory.
const MOST: u64 = 300;

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let world = stand.plan.world;
    let server = stand.serve(world).await?;
    if !feeder::is_there(server.address).await? {
        bail!(feeder::MISSING);
    }
    let table = stand.copy(&Baseline::make(&stand.data, world.accounts, world.events)?)?;
    let size = std::fs::metadata(&table)?.len();
    let mut baseline = Baseline::open(&table, world.accounts)?;
    let mut pairs = Vec::new();
    let Turns { length, rounds } = stand.plan.feeding;
    for _ in 0..rounds {
        let ours = turn(stand, &server, length).await?;
        pairs.push(Pair { ours, limit: baseline.turn(length, BATCH)? });
    }
    found.findings.insert(
        "ingest",
        told(
            &pairs,
            format!(
                "{CONNECTIONS} connections, turns of {} s; the limit is a SQLite table with three secondary indexes, {} events and {} MB \
                 before, WAL, synchronous = FULL, in one process",
                length.as_secs_f64(),
                number(world.events as f64),
                number(size as f64 / 1e6)
            ),
        ),
    );
    server.stop()?;
    // Both are bigger than they were.
    drop(baseline);
    stand.forget_copies()
}

/// What is told of rates of ingest.
#[must_use]
pub fn told(pairs: &[Pair], note: String) -> Finding {
    let ratio = ratio(pairs);
    Finding::Measured(Measured {
        figure: format!("{}/s", number(median(pairs.iter().map(|pair| pair.ours)))),
        limit: format!("{}/s", number(median(pairs.iter().map(|pair| pair.limit)))),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note,
    })
}

/// Feeds batches over several connections; says how many events a second were acknowledged.
pub async fn turn(stand: &Stand, server: &Process, length: Duration) -> Result<f64> {
    // A quarter of a million events a second is as much as is hoped for.
    let most = (u64::try_from(length.as_millis())? / 4 + 8).min(MOST);
    let batch = |_| Batch::of(&stand.plan.world.more_events(stand.next_batch(), BATCH));
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
        batch.bring(&mut connection).await?;
        events += batch.events;
        if Instant::now() >= until {
            break;
        }
    }
    Ok(events)
}
