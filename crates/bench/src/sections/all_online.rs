//! queryAllOlWhatsAppInfo, whose response has megabytes: its rate and its memory.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::Instant;

use super::Results;
use crate::{
    comparison::{Side, rates, rounds, sample_responses},
    environment::Environment,
    feeder::{self, Batch},
    memory,
    query::Query,
    report::{Finding, Measured, number},
};

const QUERY: Query = Query::AllOnline;
const CONNECTIONS: usize = 4;
const CHANGE_INTERVAL: Duration = Duration::from_millis(100);
const EARLY_CHANGES: u64 = 20;

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let dataset = environment.plan.crowd;
    let server = environment.serve(dataset).await?;
    if !feeder::accepts_events(server.address).await? {
        bail!(feeder::NO_INGEST);
    }
    // The first events allocate memory that responses don't cause.
    let change = |turn| Batch::of(&[dataset.change(turn)]);
    let early = (0..EARLY_CHANGES).map(change).collect();
    feeder::feed(server.address, early, Duration::from_millis(1), forever()).await?;
    let before = memory::resident(server.id())?;
    memory::reset_peak(server.id())?;

    let sample = sample_responses(&server, dataset, QUERY).await?;
    let length = sample.typical.len();
    let limit = environment.limit(QUERY, &sample.typical).await?;
    drop(sample.typical);
    let requests =
        || (0..CONNECTIONS).map(|_| QUERY.about(dataset.online_account(&mut fastrand::Rng::new()))).collect();
    let side = |server, lengths| Side { server, requests: &requests, connections: CONNECTIONS, lengths };
    let theirs = side(&limit, length..=length);
    let still = rounds(environment.plan.timed_turns, &side(&server, sample.lengths), &theirs).await?;
    results.findings.insert("all-online-still", rates(&still, length));

    let length_of_all = environment.plan.timed_turns.length * 2 * u32::try_from(environment.plan.timed_turns.rounds)?;
    // Several times as many as needed: a turn ends only after its last response.
    let changes = u64::try_from(4 * length_of_all.as_millis() / CHANGE_INTERVAL.as_millis())? + 100;
    let changes = (EARLY_CHANGES..changes).map(change).collect();
    // Changes continue during the turns of the limit, where their cost is not measured.
    let feeding = tokio::spawn(feeder::feed(server.address, changes, CHANGE_INTERVAL, forever()));
    let changing = rounds(environment.plan.timed_turns, &side(&server, length / 2..=length * 2), &theirs).await?;
    if feeding.is_finished() {
        feeding.await??;
        bail!("the changes ended before the queries did");
    }
    feeding.abort();
    results.findings.insert("all-online", rates(&changing, length));
    let bodies = (memory::peak(server.id())? as f64 - before as f64) / length as f64;
    let measured = Measured {
        figure: format!("{} bodies", number(bodies)),
        limit: String::new(),
        ratio: None,
        value: Some(bodies),
        note: format!(
            "peak above the memory before the first request; {CONNECTIONS} concurrent requests, a body of {} MB",
            number(length as f64 / 1e6)
        ),
    };
    results.findings.insert("all-online-memory", Finding::Measured(measured));
    server.stop()?;
    // An account may be left offline.
    environment.remove_copies()
}

fn forever() -> Instant {
    Instant::now() + Duration::from_secs(3600)
}
