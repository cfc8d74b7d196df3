//! Twice what the server can carry: what is refused, how long the rest waits, and whether it is well again at once.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::Found;
use crate::{
    connection::Connection,
    memory,
    process::Process,
    question::Question,
    report::{Finding, Measured, number},
    stand::Stand,
    versus::{Side, look_into},
};

/// The question that costs most to answer of those that are answered from one agent's data.
const QUESTION: Question = Question::StatusLog;
/// Callers that don't wait for one another.
const CALLERS: u32 = 500;

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let server = stand.serve(stand.plan.world).await?;
    let known = look_into(&server, stand.plan.world, QUESTION).await?;
    let requests = || QUESTION.hits(stand.plan.world);
    let connections = stand.plan.connections;
    let side = Side { server: &server, requests: &requests, connections, lengths: known.lengths };
    let most = side.turn(stand).await?.turn.per_second();
    let before = arrivals(stand, &server, most / 2.0).await?;
    let held = memory::resident(server.id());
    let during = arrivals(stand, &server, most * 2.0).await?;
    let grown = memory::peak(server.id()).ok().zip(held.ok()).map(|(peak, held)| peak.saturating_sub(held));
    let after = arrivals(stand, &server, most / 2.0).await?;
    ensure!(after.refused == 0, "{} requests are refused at half the load after the overload", after.refused);
    let seconds = stand.plan.turn.as_secs_f64();
    let per_second = |count: usize| number(count as f64 / seconds);
    let free = |figure: String, limit: String, value: f64, note: String| {
        Finding::Measured(Measured { figure, limit, ratio: None, value: Some(value), note })
    };
    found.findings.insert(
        "overload-refused",
        free(
            format!("{}/s + {}/s", per_second(during.waits.len()), per_second(during.refused)),
            format!("{}/s", number(most)),
            during.refused as f64,
            format!(
                "{}, from {CALLERS} callers; {} of the refused are told when to come again; the server took {} MB more",
                QUESTION.operation(),
                during.told_when,
                grown.map_or("?".to_owned(), |bytes| number(bytes as f64 / 1e6))
            ),
        ),
    );
    let waits = [&before, &during, &after].map(|arrivals| arrivals.p99() * 1e3);
    let note = format!("{} ms at half the load before it, {} ms right after it", number(waits[0]), number(waits[2]));
    found.findings.insert(
        "overload-wait",
        free(format!("{} ms", number(waits[1])), format!("{} ms", number(waits[0])), waits[1] / waits[0], note),
    );
    server.stop()
}

/// What became of requests that come whether or not the ones before are answered.
#[derive(Default)]
struct Arrivals {
    waits: Vec<Duration>,
    refused: usize,
    /// How many of the refused have a Retry-After.
    told_when: usize,
}

impl Arrivals {
    /// Of those that are answered, in seconds.
    fn p99(&self) -> f64 {
        self.waits.get(self.waits.len() * 99 / 100).map_or(f64::NAN, Duration::as_secs_f64)
    }
}

/// So many requests a second for one turn, each caller in its own time.
async fn arrivals(stand: &Stand, server: &Process, per_second: f64) -> Result<Arrivals> {
    let requests = Arc::new(QUESTION.hits(stand.plan.world));
    let each = Duration::from_secs_f64(f64::from(CALLERS) / per_second);
    let mut connections = Vec::new();
    for _ in 0..CALLERS {
        connections.push(Connection::open(server.address).await?);
    }
    let (began, until) = (Instant::now(), Instant::now() + stand.plan.turn);
    let mut callers = JoinSet::new();
    for (number, connection) in (0..CALLERS).zip(connections) {
        let first = began + each * number / CALLERS;
        callers.spawn(call(connection, Arc::clone(&requests), first, each, until));
    }
    let mut all = Arrivals::default();
    while let Some(called) = callers.join_next().await {
        let called = called??;
        all.waits.extend(called.waits);
        all.refused += called.refused;
        all.told_when += called.told_when;
    }
    all.waits.sort_unstable();
    Ok(all)
}

async fn call(
    mut connection: Connection,
    requests: Arc<Vec<Vec<u8>>>,
    first: Instant,
    each: Duration,
    until: Instant,
) -> Result<Arrivals> {
    let mut clock = interval_at(first, each);
    clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut called = Arrivals::default();
    let beginning = fastrand::usize(..requests.len());
    for request in requests.iter().cycle().skip(beginning) {
        clock.tick().await;
        let asked = Instant::now();
        if asked >= until {
            break;
        }
        let answer = connection.ask(request).await?;
        match answer.status {
            200 => called.waits.push(asked.elapsed()),
            429 | 503 => {
                called.refused += 1;
                called.told_when += usize::from(answer.head.to_ascii_lowercase().contains("retry-after:"));
            }
            status => ensure!(false, "an overload is answered with status {status}"),
        }
    }
    Ok(called)
}
