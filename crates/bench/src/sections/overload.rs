//! Twice what the server can carry: what is refused, how long the rest waits, and whether it is well again at once.

use std::{ops::Range, time::Duration};

use anyhow::Result;
use tokio::time::{Instant, sleep_until};

use super::Found;
use crate::{
    arrivals::{Arrival, Callers, Phase, Summary, p99},
    core_time::CoreTime,
    memory,
    process::Process,
    question::Question,
    report::{Finding, Measured, number},
    stand::Stand,
    versus::{Side, look_into},
};

/// The question that costs most to answer of those that are answered from one agent's data.
const QUESTION: Question = Question::StatusLog;
/// As many requests can wait for the server at a time.
const CALLERS: u32 = 6_000;
/// So many turns long are the overload, and the times before and after it.
const PHASE: u32 = 5;
/// The server is well again when the 99th percentile of such a stretch is at most twice of what it was before.
const STRETCH: Duration = Duration::from_millis(100);

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let server = stand.serve(stand.plan.world).await?;
    let known = look_into(&server, stand.plan.world, QUESTION).await?;
    let requests = || QUESTION.hits(stand.plan.world);
    let connections = stand.plan.connections;
    let side = Side { server: &server, requests: &requests, connections, lengths: known.lengths };
    let most = side.turn(stand.plan.feeding.length).await?.per_core_second();

    let length = stand.plan.feeding.length * PHASE;
    let phase = |times: f64| Phase { per_second: most * times, length };
    memory::forget_peak(server.id())?;
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

    // Connections are new at first.
    let before = Summary::of(&all, length / 10..length);
    let during = Summary::of(&all, length..2 * length);
    let usual = p99(&before.answered.since_sent);
    let well = well_again(&all, 2 * length..3 * length, 2.0 * p99(&before.answered.since_due));
    let free = |figure: String, limit: String, value: f64, note: String| {
        Finding::Measured(Measured { figure, limit, ratio: None, value: Some(value), note })
    };
    let milliseconds = |seconds: f64| format!("{} ms", number(seconds * 1e3));
    let (answered, refused) = (during.answered.count(), during.refused.count());
    found.findings.insert(
        "overload-refused",
        free(
            format!("{} + {}", during.share(answered), during.share(refused)),
            String::new(),
            refused as f64 / during.all as f64,
            format!(
                "answered + refused of {}/s of {} from {CALLERS} callers, where it carries {}/s and refused {} requests at \
                 half of that; they come by the clock, whether or not others are answered, and {} still waited when it was over; {} of the refused are told when \
                 to come again; the server's core was busy {:.0} % of the time, that of who asks {:.0} %; the server took \
                 {} MB more",
                number(during.all as f64 / length.as_secs_f64()),
                QUESTION.operation(),
                number(most),
                number(before.refused.count() as f64),
                during.share(during.all - answered - refused),
                if refused == 0 { "none".to_owned() } else { number(during.told_when as f64) },
                serving * 100.0,
                asking * 100.0,
                number(grown as f64 / 1e6)
            ),
        ),
    );
    found.findings.insert(
        "overload-wait",
        free(
            milliseconds(p99(&during.answered.since_sent)),
            milliseconds(usual),
            p99(&during.answered.since_sent) / usual,
            format!(
                "from when a request is sent, and {} from when it is due, which it waits for a caller as well; {}; well \
                 again {}",
                milliseconds(p99(&during.answered.since_due)),
                if refused == 0 {
                    "nobody is refused".to_owned()
                } else {
                    format!(
                        "who is refused is told within {} from when it is sent, {} from when it is due",
                        milliseconds(p99(&during.refused.since_sent)),
                        milliseconds(p99(&during.refused.since_due))
                    )
                },
                well.map_or_else(
                    || format!("later than {} s after it", length.as_secs_f64()),
                    |after| format!("{} after it", milliseconds(after.as_secs_f64()))
                )
            ),
        ),
    );
    Ok(())
}

/// What the server and who asks have used of the cores so far.
fn work(server: &Process) -> [Option<CoreTime>; 2] {
    [server.id(), std::process::id()].map(CoreTime::of)
}

/// How long after the beginning of this stretch of time the waits are no longer than `bound` again, and nobody is
/// refused; none if they never are.
fn well_again(all: &[Arrival], time: Range<Duration>, bound: f64) -> Option<Duration> {
    let mut from = time.start;
    while from < time.end {
        let stretch = Summary::of(all, from..from + STRETCH);
        if stretch.answered.count() == stretch.all && p99(&stretch.answered.since_due) <= bound {
            return Some(from + STRETCH - time.start);
        }
        from += STRETCH;
    }
    None
}
