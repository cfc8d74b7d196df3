//! Queries while 1,000 events arrive every 100 ms. The limit gets no events.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::Instant;

use super::Results;
use crate::{
    comparison::{MeasuredTurn, Side, rates, sample_responses},
    environment::Environment,
    feeder::{self, Batch},
    process::Process,
    query::Query,
    report::{Finding, number},
    statistics::median,
};

const BATCH: u64 = 1_000;
const BATCH_INTERVAL: Duration = Duration::from_millis(100);
/// The share of events that must arrive: a server that stores fewer has less work.
const MIN_ARRIVED_SHARE: f64 = 0.9;

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let server = environment.serve(environment.plan.dataset).await?;
    if !feeder::accepts_events(server.address).await? {
        bail!(feeder::NO_INGEST);
    }
    for (goal, query) in [
        ("fed-whatsapp-info", Query::WhatsAppInfo),
        ("fed-user-status", Query::UserStatus),
        ("fed-latest-online", Query::LatestOnline),
    ] {
        results.findings.insert(goal, measured(environment, &server, query).await?);
    }
    server.stop()
}

async fn measured(environment: &Environment, server: &Process, query: Query) -> Result<Finding> {
    let sample = sample_responses(server, environment.plan.dataset, query).await?;
    let length = sample.typical.len();
    let limit = environment.limit(query, &sample.typical).await?;
    let (connections, requests) = (environment.plan.connections, || query.hits(environment.plan.dataset));
    // An account that just went offline and comes back is missing for a moment.
    let ours = Side { server, requests: &requests, connections, lengths: 1..=length * 4 };
    let theirs = Side { server: &limit, requests: &requests, connections, lengths: length..=length };
    let (mut done, mut arrived) = (Vec::new(), Vec::new());
    for round in 0..environment.plan.timed_turns.rounds {
        let early =
            if round.is_multiple_of(2) { None } else { Some(theirs.turn(environment.plan.timed_turns.length).await?) };
        let (ours, events) = turn_while_fed(environment, server, &ours).await?;
        arrived.push(events);
        let theirs =
            if let Some(early) = early { early } else { theirs.turn(environment.plan.timed_turns.length).await? };
        done.push((ours, theirs));
    }
    let mut finding = rates(&done, length);
    if let Finding::Measured(measured) = &mut finding {
        let arrived = median(arrived);
        measured.note += &format!("; {} events/s arrived", number(arrived));
        if arrived < MIN_ARRIVED_SHARE * BATCH as f64 / BATCH_INTERVAL.as_secs_f64() {
            measured.note += ", too few for the goal";
            measured.value = Some(0.0);
        }
    }
    Ok(finding)
}

/// Runs a turn while events arrive, and returns events per second.
async fn turn_while_fed(environment: &Environment, server: &Process, ours: &Side<'_>) -> Result<(MeasuredTurn, f64)> {
    let length = environment.plan.timed_turns.length;
    let batches = 0..=length.as_millis() / BATCH_INTERVAL.as_millis();
    let batches =
        batches.map(|_| Batch::of(&environment.plan.dataset.more_events(environment.next_batch(), BATCH))).collect();
    // Sign requests first: events that arrive meanwhile would not be measured.
    let load = ours.ready();
    let began = Instant::now();
    let feeding = tokio::spawn(feeder::feed(server.address, batches, BATCH_INTERVAL, began + length));
    let done = ours.ask(load, length).await?;
    let sent = feeding.await??;
    // Includes the time of a late batch.
    let took = began.elapsed().max(length);
    Ok((done, sent as f64 * BATCH as f64 / took.as_secs_f64()))
}
