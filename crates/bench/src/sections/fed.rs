//! Questions while events arrive, 1,000 every 100 ms; the limit is not fed.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::Instant;

use super::Found;
use crate::{
    feeder::{self, Batch},
    process::Process,
    question::Question,
    report::{Finding, number},
    stand::Stand,
    statistics::median,
    versus::{Done, Side, look_into, rates},
};

const BATCH: u64 = 1_000;
const EVERY: Duration = Duration::from_millis(100);
/// The share of the events that has to arrive: a server that takes fewer has it easier.
const ENOUGH: f64 = 0.9;

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let server = stand.serve(stand.plan.world).await?;
    if !feeder::is_there(server.address).await? {
        bail!(feeder::MISSING);
    }
    for (goal, question) in [
        ("fed-whatsapp-info", Question::WhatsAppInfo),
        ("fed-user-status", Question::UserStatus),
        ("fed-latest-online", Question::LatestOnline),
    ] {
        found.findings.insert(goal, measured(stand, &server, question).await?);
    }
    server.stop()
}

async fn measured(stand: &Stand, server: &Process, question: Question) -> Result<Finding> {
    let known = look_into(server, stand.plan.world, question).await?;
    let length = known.typical.len();
    let limit = stand.limit(question, &known.typical).await?;
    let (connections, requests) = (stand.plan.connections, || question.hits(stand.plan.world));
    // Who is just going and coming back is missing for a moment.
    let ours = Side { server, requests: &requests, connections, lengths: 1..=length * 4 };
    let theirs = Side { server: &limit, requests: &requests, connections, lengths: length..=length };
    let (mut done, mut arrived) = (Vec::new(), Vec::new());
    for round in 0..stand.plan.clocked.rounds {
        let early = if round.is_multiple_of(2) { None } else { Some(theirs.turn(stand.plan.clocked.length).await?) };
        let (ours, events) = while_fed(stand, server, &ours).await?;
        arrived.push(events);
        let theirs = if let Some(early) = early { early } else { theirs.turn(stand.plan.clocked.length).await? };
        done.push((ours, theirs));
    }
    let mut finding = rates(&done, length);
    if let Finding::Measured(measured) = &mut finding {
        let arrived = median(arrived);
        measured.note += &format!("; {} events/s arrived", number(arrived));
        if arrived < ENOUGH * BATCH as f64 / EVERY.as_secs_f64() {
            measured.note += ", which is too few to meet the goal with";
            measured.value = Some(0.0);
        }
    }
    Ok(finding)
}

/// A turn during which events arrive, and how many a second.
async fn while_fed(stand: &Stand, server: &Process, ours: &Side<'_>) -> Result<(Done, f64)> {
    let length = stand.plan.clocked.length;
    let batches = 0..=length.as_millis() / EVERY.as_millis();
    let batches = batches.map(|_| Batch::of(&stand.plan.world.more_events(stand.next_batch(), BATCH))).collect();
    // Before the clock runs: events that arrive while requests are being signed cost nothing that is measured.
    let load = ours.ready();
    let began = Instant::now();
    let feeding = tokio::spawn(feeder::feed(server.address, batches, EVERY, began + length));
    let done = ours.ask(load, length).await?;
    let brought = feeding.await??;
    // A batch that is late counts for the time that it took.
    let took = began.elapsed().max(length);
    Ok((done, brought as f64 * BATCH as f64 / took.as_secs_f64()))
}
