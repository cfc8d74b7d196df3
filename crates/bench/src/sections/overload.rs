//! Overload: twice the capacity of the server. How many requests are rejected, the latency of the others, and the
//! recovery time.

use std::{ops::Range, time::Duration};

use anyhow::Result;
use tokio::time::{Instant, sleep_until};

use super::Results;
use crate::{
    comparison::{Side, sample_responses},
    core_time::CoreTime,
    environment::Environment,
    memory,
    open_loop::{Arrival, Callers, Phase, Summary, p99},
    process::Process,
    query::Query,
    report::{Finding, Measured, number},
};

/// The most expensive query about one agent.
const QUERY: Query = Query::StatusLog;
/// The number of connections, which bounds the requests that wait for the server.
const CALLERS: u32 = 6_000;
/// The length of the overload, and of the phases before and after it, in turns.
const PHASE_TURNS: u32 = 5;
/// The server has recovered when the 99th percentile of a period of this length is at most twice the value before the
/// overload.
const STRETCH_LENGTH: Duration = Duration::from_millis(100);

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let server = environment.serve(environment.plan.dataset).await?;
    let sample = sample_responses(&server, environment.plan.dataset, QUERY).await?;
    let requests = || QUERY.hits(environment.plan.dataset);
    let connections = environment.plan.connections;
    let side = Side { server: &server, requests: &requests, connections, lengths: sample.lengths };
    let most = side.turn(environment.plan.ingest_turns.length).await?.per_core_second();

    let length = environment.plan.ingest_turns.length * PHASE_TURNS;
    let phase = |times: f64| Phase { per_second: most * times, length };
    memory::reset_peak(server.id())?;
    let held = memory::resident(server.id())?;
    let callers = Callers::open(server.address, CALLERS).await?;
    let began = Instant::now();
    let asking = callers.ask(began, requests(), vec![phase(0.5), phase(2.0), phase(0.5)]);
    let working = async {
        sleep_until(began + length).await;
        let before = work(&server);
        sleep_until(began + 2 * length).await;
        let after = work(&server);
        [0, 1].map(|who| match (&before[who], &after[who]) {
            (Some(before), Some(after)) => after.seconds_since(before) / length.as_secs_f64(),
            _ => f64::NAN,
        })
    };
    let (all, [serving, asking]) = tokio::join!(asking, working);
    let all = all?;
    let grown = memory::peak(server.id())?.saturating_sub(held);
    server.stop()?;

    // Skips the warm-up of new connections.
    let before = Summary::of(&all, length / 10..length);
    let during = Summary::of(&all, length..2 * length);
    let usual = p99(&before.answered.since_sent);
    let well = recovery_time(&all, 2 * length..3 * length, 2.0 * p99(&before.answered.since_due));
    let free = |figure: String, limit: String, value: f64, note: String| {
        Finding::Measured(Measured { figure, limit, ratio: None, value: Some(value), note })
    };
    let milliseconds = |seconds: f64| format!("{} ms", number(seconds * 1e3));
    let (answered, refused) = (during.answered.count(), during.refused.count());
    results.findings.insert(
        "overload-refused",
        free(
            format!("{} + {}", during.share(answered), during.share(refused)),
            String::new(),
            refused as f64 / during.all as f64,
            format!(
                "successful + rejected of {}/s of {} over {CALLERS} connections; the capacity is {}/s, and {} requests were \
                 rejected at half of it; requests are due at fixed times, and {} were not sent in time; {} of the rejected \
                 had Retry-After; the server's core was busy {:.0} % of the time, that of the load generator {:.0} %; the \
                 server's memory grew by {} MB",
                number(during.all as f64 / length.as_secs_f64()),
                QUERY.operation(),
                number(most),
                number(before.refused.count() as f64),
                during.share(during.all - answered - refused),
                if refused == 0 { "none".to_owned() } else { number(during.with_retry_after as f64) },
                serving * 100.0,
                asking * 100.0,
                number(grown as f64 / 1e6)
            ),
        ),
    );
    results.findings.insert(
        "overload-wait",
        free(
            milliseconds(p99(&during.answered.since_sent)),
            milliseconds(usual),
            p99(&during.answered.since_sent) / usual,
            format!(
                "from sending, and {} from the due time, which includes the wait for a connection; {}; recovered {}",
                milliseconds(p99(&during.answered.since_due)),
                if refused == 0 {
                    "no request is rejected".to_owned()
                } else {
                    format!(
                        "rejections within {} from sending, {} from the due time",
                        milliseconds(p99(&during.refused.since_sent)),
                        milliseconds(p99(&during.refused.since_due))
                    )
                },
                well.map_or_else(
                    || format!("after more than {} s", length.as_secs_f64()),
                    |after| format!("after {}", milliseconds(after.as_secs_f64()))
                )
            ),
        ),
    );
    Ok(())
}

/// Returns the CPU time of the server and of the load generator so far.
fn work(server: &Process) -> [Option<CoreTime>; 2] {
    [server.id(), std::process::id()].map(CoreTime::of)
}

/// Returns how long after the start of a period latencies are within `bound` again and no request is rejected; `None`
/// if they never are.
fn recovery_time(all: &[Arrival], time: Range<Duration>, bound: f64) -> Option<Duration> {
    let mut from = time.start;
    while from < time.end {
        let stretch = Summary::of(all, from..from + STRETCH_LENGTH);
        if stretch.answered.count() == stretch.all && p99(&stretch.answered.since_due) <= bound {
            return Some(from + STRETCH_LENGTH - time.start);
        }
        from += STRETCH_LENGTH;
    }
    None
}
