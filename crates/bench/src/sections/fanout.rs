//! One change to many readers, against a bare broadcast of the same bytes.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::time::Instant;

use super::Results;
use crate::{
    connection::Connection,
    dataset::Dataset,
    environment::{Environment, FanoutTurns},
    feeder::{self, Batch},
    memory,
    open_loop::p99,
    process::Process,
    query::signed,
    readers::{self, Readers},
    report::{Finding, Measured, number},
    statistics::Pair,
};

/// A server and its readers.
struct Side {
    server: Process,
    readers: Readers,
    feed: Connection,
    /// Resident memory before the readers, in bytes.
    before: u64,
}

/// The results of a turn.
struct Turn {
    p99: f64,
    /// CPU seconds for each change and reader.
    cpu: Option<f64>,
}

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let FanoutTurns { changes, readers, rounds } = environment.plan.fanout_turns;
    let dataset = Dataset::of(1_000, 1_000);
    let server = environment.serve(dataset).await?;
    if !feeder::accepts_events(server.address).await? {
        bail!(feeder::NO_INGEST);
    }
    let mut turn = 0..u64::MAX;
    let mut next = || dataset.change(turn.next().unwrap_or_default());
    let line = line(&server, &Batch::of(&[next()])).await?;
    let mut ours = Side::open(server, readers).await?;
    let mut bare = Side::open(environment.broadcast(line.as_bytes()).await?, readers).await?;
    let (mut delays, mut cpu) = (Vec::new(), Vec::new());
    for round in 0..rounds + 1 {
        let mut both = [None, None];
        for side in if round.is_multiple_of(2) { [0, 1] } else { [1, 0] } {
            let batches = (0..changes).map(|_| Batch::of(&[next()])).collect();
            both[side] = Some(if side == 0 { ours.turn(batches).await? } else { bare.turn(batches).await? });
        }
        let [Some(of_ours), Some(of_bare)] = both else { bail!("a side without a turn") };
        // In the first round, connections are new.
        if round > 0 {
            delays.push(Pair { ours: of_ours.p99, limit: of_bare.p99 });
            cpu.extend(of_ours.cpu.zip(of_bare.cpu).map(|(ours, limit)| Pair { ours, limit }));
        }
    }
    let note = format!("{readers} readers, {changes} changes a turn, one after another; {} bytes a change", line.len());
    results.findings.insert("fanout-p99", Finding::of_pairs(&delays, " ms", 1e3, note));
    if !cpu.is_empty() {
        let note = "includes storing the change, and the responses to the feeder".to_owned();
        results.findings.insert("fanout-cpu", Finding::of_pairs(&cpu, " us", 1e6, note));
    }
    let (of_ours, of_bare) = (ours.memory_per_reader(readers)?, bare.memory_per_reader(readers)?);
    let measured = Measured {
        figure: format!("{} KiB", number(of_ours)),
        limit: format!("{} KiB", number(of_bare)),
        ratio: None,
        value: Some(of_ours),
        note: format!("resident memory with {readers} readers above that without"),
    };
    results.findings.insert("fanout-memory", Finding::Measured(measured));
    ours.server.stop()?;
    // The last change may have left an account offline.
    environment.remove_copies()
}

impl Side {
    async fn open(server: Process, count: usize) -> Result<Self> {
        // What the first requests allocate is not for one reader.
        drop(Readers::open(server.address, 1).await?);
        let before = memory::resident(server.id())?;
        let readers = Readers::open(server.address, count).await?;
        let feed = Connection::open(server.address).await?;
        Ok(Self { server, readers, feed, before })
    }

    /// Returns the resident memory of a reader, in KiB.
    fn memory_per_reader(&self, readers: usize) -> Result<f64> {
        Ok((memory::resident(self.server.id())? as f64 - self.before as f64) / 1024.0 / readers as f64)
    }

    /// Sends changes one after another, each when all readers have the last one.
    async fn turn(&mut self, changes: Vec<Batch>) -> Result<Turn> {
        let mut delays = Vec::new();
        let before = self.server.core_time();
        for change in changes {
            let sent = Instant::now();
            let (stored, arrived) = tokio::join!(change.send(&mut self.feed), self.readers.next(sent));
            stored?;
            delays.extend(arrived?.iter().map(Duration::as_secs_f64));
        }
        let used = self.server.core_time().zip(before).map(|(after, before)| after.seconds_since(&before));
        let cpu = used.map(|used| used / delays.len() as f64).filter(|used| *used > 0.0);
        delays.sort_by(f64::total_cmp);
        Ok(Turn { p99: p99(&delays), cpu })
    }
}

/// Returns what a reader gets for a change.
async fn line(server: &Process, change: &Batch) -> Result<String> {
    let mut connection = Connection::open(server.address).await?;
    let end = connection.ask(&signed(readers::PATH, "{}")).await?;
    let end: serde_json::Value = serde_json::from_slice(end.body)?;
    let since = end["data"]["position"].as_str().context("no position")?.to_owned();
    change.send(&mut connection).await?;
    let page = connection.ask(&signed(readers::PATH, &format!(r#"{{"since":"{since}","wait":20}}"#))).await?;
    let page: serde_json::Value = serde_json::from_slice(page.body)?;
    let line = &page["data"]["lines"][0];
    let position = line["position"].as_str().context("no change arrived")?;
    Ok(format!("data: {line}\nid: {position}\n\n"))
}
