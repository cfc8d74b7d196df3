//! The checks of a server's history: how up to date each source is, how many requests the mirror sends, and what nobody could
//! see.

use group_dispatch_client::{Client, Error, RetryPolicy};
use group_dispatch_types::history::{EventTime, FreshnessReport};
use jiff::{SignedDuration, Timestamp};

use super::report::{CheckResult, Report};
use crate::{
    commands::{
        history::gaps::GapCount,
        mirror::status::{STALE_AFTER, State, count_gaps, format_age, format_seconds, lag},
    },
    output::count,
    service::{
        Service,
        history::{WHO_HAS_A_HISTORY, is_without_history},
    },
};

const FRESHNESS: &str = "freshness";
const GAPS: &str = "gaps";
/// The checks, in their order.
pub const CHECKS: [&str; 2] = [FRESHNESS, GAPS];
/// How far back gaps are counted.
const GAP_SPAN: SignedDuration = SignedDuration::from_hours(24);

/// Runs the checks, or skips them if the service has no history.
pub async fn check(service: &Service, client: &Client, report: &mut Report) -> Option<()> {
    match client.freshness().retry(RetryPolicy::never()).await {
        Err(error) if is_without_history(&error) => {
            report.skip(&CHECKS, &format!("the service has no history: {WHO_HAS_A_HISTORY}"));
            return Some(());
        }
        freshness => report.add(FRESHNESS, check_freshness(service, freshness))?,
    }
    let since = Timestamp::now() - GAP_SPAN;
    let counts = count_gaps(client, EventTime::Instant(since.as_millisecond())).await;
    report.add(GAPS, check_gaps(service, counts.map(|counts| counts.into_values().collect())))
}

fn check_freshness(service: &Service, freshness: Result<FreshnessReport, Error>) -> anyhow::Result<CheckResult<()>> {
    let FreshnessReport { sources } = freshness.map_err(|error| service.explain(&error))?;
    if sources.is_empty() {
        return Ok(CheckResult::ok((), "no source is mirrored: what is known was fed"));
    }
    let mut is_stale = false;
    let described = sources.iter().map(|look| match State::of(look, STALE_AFTER) {
        State::Stale => {
            is_stale = true;
            format!("{} is stale, looked at {} ago", look.source, format_age(look))
        }
        State::Ended => format!("the mirror of {} was ended", look.source),
        State::Fresh | State::Never => format!("{} looked at {} ago", look.source, format_age(look)),
    });
    let mut text = described.collect::<Vec<_>>().join(", ");
    // What a mirror that has stopped said is not true any more.
    let fresh = || sources.iter().filter(|look| State::of(look, STALE_AFTER) == State::Fresh);
    if let Some(lag) = fresh().filter_map(lag).max() {
        text += &format!("; a change is seen within {}", format_seconds(lag));
    }
    if let Some(requests) = fresh().min_by_key(|look| look.age.get()).and_then(|look| look.requests_per_minute) {
        text += &format!("; the mirror sends {} a minute", count(requests.get().into(), "request"));
    }
    Ok(match is_stale {
        false => CheckResult::ok((), text),
        true => CheckResult::warning(
            (),
            format!("{text}; check that the mirror runs: who is online there may have changed since"),
        ),
    })
}

fn check_gaps(service: &Service, counts: Result<Vec<GapCount>, Error>) -> anyhow::Result<CheckResult<()>> {
    let counts = counts.map_err(|error| service.explain(&error))?;
    Ok(match counts.iter().map(|gaps| gaps.count).sum() {
        0 => CheckResult::ok((), "none in the last 24 hours"),
        gaps => CheckResult::warning(
            (),
            format!(
                "{} in the last 24 hours, in which the vendor may have recorded events that nobody could read; see \
                 `group-dispatch history --gaps --since 24h`",
                count(gaps, "gap")
            ),
        ),
    })
}
