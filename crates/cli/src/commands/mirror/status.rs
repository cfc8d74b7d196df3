//! `group-dispatch mirror status`: how up to date each source is, and how many gaps there are (historyFreshness and
//! historyGaps). `doctor` uses the same words.

use std::{collections::BTreeMap, process::ExitCode, time::Duration};

use anstyle::{AnsiColor, Style};
use clap::Args;
use clap_complete::ArgValueCandidates;
use futures_util::stream::TryStreamExt;
use group_dispatch_client::{Client, Error};
use group_dispatch_types::{
    Source,
    history::{
        ClockOffset, ClockUncertainty, EventTime, HistoryFreshnessRequest, HistoryGapsRequest, PageLimit,
        SourceFreshness,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::{
    arguments::{
        connection::{ServiceArguments, TimeoutArguments},
        heading::OUTPUT,
        query::ClockArguments,
        source::{complete_source, parse_source},
        time::TimeArgument,
        value::duration,
    },
    commands::history::{gaps::GapCount, pages},
    output::{
        self, OutputFormat, Response,
        clock::{Clock, TimeHeading},
        rows::{Cell, Column, Rows},
    },
    service::{Service, warnings},
    terminal,
    usage_error::UsageError,
};

/// A source whose last look is older is stale, unless --max-age says otherwise. A mirror looks at least once a minute.
pub const STALE_AFTER: Duration = Duration::from_secs(120);
/// The exit status if a source is older than --max-age.
const TOO_OLD_STATUS: u8 = 6;

const EXAMPLES: &str = "\
Examples:
  group-dispatch mirror status
  group-dispatch mirror status --since 7d --output json
  group-dispatch mirror status --max-age 2m > /dev/null";

/// Show when a mirror looked last at each source, how far it lags behind, and how many gaps there are.
///
/// A group-dispatch-server reports it; the vendor's own service has no history.
///
/// A source is stale if the last look was more than two minutes ago: what the server says about who is online there was true
/// then. Nobody knows what happened since. LAG is the age of the last look, or the interval of the mirror if that is longer: a
/// change is seen at most that long after it happened. REQUESTS/MIN is how many requests the mirror sent to the vendor in the
/// minute before the look, about all sources together. A mirror of an older version says neither. LOOKING SINCE is the look since
/// which there was no interruption. The vendor's clock was compared with the mirror's by the header `Date` of the vendor's
/// responses. A gap is a time in which the vendor may have recorded events that nobody could read. In JSON, `look` has the
/// members of the contract. A source whose mirror was ended by `tenant end-mirror` counts as one that was never looked at.
///
/// For monitoring, --max-age sets another age than two minutes, and the exit status is 6 if a source that a mirror looked at
/// is older, if a source in --source was never looked at, or if none was.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Status {
    /// Only these sources: pc, mobile, cloud, or 1, 2, 3. Separate several by commas, or repeat the flag.
    #[arg(long, value_parser = parse_source, value_delimiter = ',', add = ArgValueCandidates::new(complete_source))]
    pub source: Vec<Source>,
    /// Exit with status 6 if a look is older than this, such as 90s or 5m.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_age: Option<Duration>,
    /// Count gaps that end at or after this time, in the formats of `log --since`.
    #[arg(long, value_name = "TIME", default_value = "24h")]
    pub since: TimeArgument,
    #[command(flatten)]
    pub clock: ClockArguments,
    /// The format of the response.
    #[arg(long, value_enum, default_value_t, help_heading = OUTPUT)]
    pub output: OutputFormat,
    #[command(flatten)]
    pub service: ServiceArguments,
    #[command(flatten)]
    pub timeout: TimeoutArguments,
}

pub async fn run(status: &Status) -> anyhow::Result<ExitCode> {
    output::check_format(status.output)?;
    let service = Service::from_arguments(&status.service)?;
    let offset = status.clock.utc_offset.unwrap_or(service.utc_offset);
    let since = status.since.first_instant(Timestamp::now(), offset);
    let since = since.map_err(|_| UsageError::new("--since: expected a time within the years 0 to 9999"))?;
    let client = service.build_client(status.timeout.timeout)?;
    let max_age = status.max_age.unwrap_or(STALE_AFTER);
    let report = Report::read(&client, &status.source, since, max_age);
    let report = report.await.map_err(|error| service.explain_history(&error))?;
    let clock = if status.clock.utc { Clock::utc(offset) } else { Clock::local(offset) };
    Response::new(&report, report.to_rows(&clock))?.print(status.output)?;
    if matches!(status.output, OutputFormat::Table) {
        let dimmed = Style::new().dimmed();
        let since = clock.rfc3339(report.gaps_since);
        terminal::print_styled_line(format_args!(
            "{dimmed}gaps since {since}; the vendor's clock by the header `Date` of its responses{dimmed:#}"
        ))?;
    }
    let too_old = if status.max_age.is_some() { report.too_old(&status.source) } else { None };
    Ok(match too_old {
        Some(problem) => {
            terminal::print_error_line(&problem);
            ExitCode::from(TOO_OLD_STATUS)
        }
        None => ExitCode::SUCCESS,
    })
}

/// Returns the report about all sources, with the gaps of a day.
pub async fn to_rows(client: &Client, clock: &Clock) -> Result<Rows, Error> {
    let since = Timestamp::now() - SignedDuration::from_hours(24);
    Ok(Report::read(client, &[], since, STALE_AFTER).await?.to_rows(clock))
}

/// All sources, as JSON prints them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    gaps_since: EventTime,
    sources: Vec<SourceStatus>,
}

/// One source. The look has the members of the contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceStatus {
    source: Source,
    source_name: String,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    look: Option<SourceFreshness>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag: Option<u64>,
    /// What the clock of the vendor was compared by.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_measured_by: Option<&'static str>,
    gaps: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_gap_end: Option<EventTime>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Fresh,
    Stale,
    /// Nobody looked at the source.
    Never,
    /// The mirror was ended after the last look.
    Ended,
}

impl State {
    /// Returns the state of a source that was looked at.
    pub fn of(look: &SourceFreshness, max_age: Duration) -> Self {
        match look.ended {
            Some(_) => Self::Ended,
            None if Duration::from_secs(look.age.get()) > max_age => Self::Stale,
            None => Self::Fresh,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Never => "never",
            Self::Ended => "ended",
        }
    }

    /// Returns whether a mirror looks at the source, or ought to.
    const fn is_mirrored(self) -> bool {
        matches!(self, Self::Fresh | Self::Stale)
    }
}

impl Report {
    /// Reads the freshness and the gaps of sources, of all known ones if none are given.
    async fn read(client: &Client, sources: &[Source], since: Timestamp, max_age: Duration) -> Result<Self, Error> {
        let gaps_since = EventTime::Instant(since.as_second() * 1000);
        let looks = warnings::send_and_warn(client.query(HistoryFreshnessRequest::default())).await?.sources;
        let gaps = count_gaps(client, gaps_since).await?;
        let mut looks: BTreeMap<_, _> = looks.into_iter().map(|look| (look.source, look)).collect();
        let asked = if sources.is_empty() { Source::ALL } else { sources };
        let mut all: Vec<_> = asked.to_vec();
        if sources.is_empty() {
            all.extend(looks.keys().filter(|source| !source.is_known()));
        }
        let status = |source: Source| {
            let look = looks.remove(&source);
            let GapCount { count, latest_end } = gaps.get(&source).copied().unwrap_or_default();
            SourceStatus {
                source,
                source_name: source.to_string(),
                state: look.as_ref().map_or(State::Never, |look| State::of(look, max_age)),
                lag: look.as_ref().and_then(lag),
                clock_measured_by: look.as_ref().map(|_| "Date"),
                look,
                gaps: count,
                latest_gap_end: latest_end,
            }
        };
        Ok(Self { gaps_since, sources: all.into_iter().map(status).collect() })
    }

    /// Returns what is older than --max-age, for standard error.
    fn too_old(&self, named: &[Source]) -> Option<String> {
        let was_looked_at = self.sources.iter().any(|source| source.state.is_mirrored());
        let is_too_old = |source: &&SourceStatus| match source.state {
            State::Fresh => false,
            State::Stale => true,
            State::Never | State::Ended => !was_looked_at || named.contains(&source.source),
        };
        let too_old: Vec<_> =
            self.sources.iter().filter(is_too_old).map(|source| source.source_name.as_str()).collect();
        (!too_old.is_empty()).then(|| format!("not looked at within --max-age: {}", too_old.join(", ")))
    }

    fn to_rows(&self, clock: &Clock) -> Rows {
        let times = self.sources.iter().flat_map(|source| {
            let look = source.look.as_ref();
            [look.map(|look| look.last_look), look.map(|look| look.looked_since), source.latest_gap_end]
        });
        let heading = clock.heading(times.flatten());
        let columns = [
            Column::fixed("source", "SOURCE", 0),
            Column::hidden("sourceName"),
            Column::fixed("state", "LAST LOOK", 0),
            Column::hidden("lastLook"),
            Column::hidden("age"),
            Column::fixed("lag", "LAG", 2),
            Column::hidden("interval"),
            Column::fixed("requestsPerMinute", "REQUESTS/MIN", 5),
            Column::fixed("lookedSince", heading.title("LOOKING SINCE"), 1),
            Column::hidden("firstLook"),
            Column::fixed("clockOffset", "VENDOR'S CLOCK", 4),
            Column::hidden("uncertainty"),
            Column::fixed("gaps", "GAPS", 2),
            Column::fixed("latestGapEnd", heading.title("LATEST GAP UNTIL"), 3),
        ];
        Rows::new(columns, self.sources.iter().map(|source| source.cells(clock, &heading)))
    }
}

impl SourceStatus {
    fn cells(&self, clock: &Clock, heading: &TimeHeading) -> [Cell; 14] {
        let Self { source, state, look, lag, gaps, latest_gap_end, .. } = self;
        let [code, name] = Cell::source(*source);
        let time = |time: Option<EventTime>| match time {
            Some(time) => Cell::new(clock.rfc3339(time), heading.display(clock, time)),
            None => Cell::optional(None),
        };
        let number = |number: Option<i64>| Cell::new(number.map_or(Value::Null, Value::from), "");
        let look = look.as_ref();
        let (display, style) = match (state, look) {
            (State::Fresh, Some(look)) => (format!("{} ago", format_age(look)), AnsiColor::Green.on_default()),
            (State::Ended, Some(look)) => (format!("ended, {} ago", format_age(look)), Style::new().dimmed()),
            (_, Some(look)) => {
                let since = heading.display(clock, look.last_look);
                (format!("stale since {since} ({} ago)", format_age(look)), AnsiColor::Yellow.on_default())
            }
            (_, None) => ("never looked at".to_owned(), Style::new().dimmed()),
        };
        // That of a stale source is the age, which the table shows already.
        let shown_lag = lag.filter(|_| *state == State::Fresh).map(format_seconds).unwrap_or_default();
        let offset = look.map(|look| describe_offset(look.clock_offset, look.uncertainty)).unwrap_or_default();
        [
            code,
            name,
            Cell { style, ..Cell::new(state.name(), display) },
            time(look.map(|look| look.last_look)),
            number(look.and_then(|look| look.age.get().try_into().ok())),
            Cell::new(lag.map_or(Value::Null, Value::from), shown_lag),
            number(look.and_then(|look| Some(look.interval?.get().into()))),
            look.and_then(|look| Some(Cell::number(look.requests_per_minute?.get().into())))
                .unwrap_or_else(|| Cell::optional(None)),
            time(look.map(|look| look.looked_since)),
            time(look.map(|look| look.first_look)),
            Cell { display: offset, ..number(look.map(|look| look.clock_offset.get())) },
            number(look.and_then(|look| look.uncertainty.get().try_into().ok())),
            Cell::number(*gaps),
            time(*latest_gap_end),
        ]
    }
}

/// Counts the gaps of each source that end at this time or later.
pub async fn count_gaps(client: &Client, since: EventTime) -> Result<BTreeMap<Source, GapCount>, Error> {
    let request =
        HistoryGapsRequest { from: Some(since), limit: Some(PageLimit::MAX), ..HistoryGapsRequest::default() };
    let gaps = pages::read_all(client, request);
    gaps.try_fold(BTreeMap::<Source, GapCount>::new(), async |mut counts, gap| {
        let count = counts.entry(gap.source).or_default();
        *count = count.with(&gap);
        Ok(counts)
    })
    .await
}

/// Returns after how many seconds a change is seen at most: the age of the last look, or the interval of the mirror if that is
/// longer. `None` if the mirror did not say its interval, or was ended.
pub fn lag(look: &SourceFreshness) -> Option<u64> {
    let interval = u64::from(look.interval?.get()).div_ceil(1000);
    look.ended.is_none().then(|| interval.max(look.age.get()))
}

/// Returns how long ago a look was, such as "3s" or "2h 5m 1s".
pub fn format_age(look: &SourceFreshness) -> String {
    format_seconds(look.age.get())
}

/// Returns a number of seconds such as "3s" or "2h 5m 1s".
pub fn format_seconds(seconds: u64) -> String {
    format!("{:#}", SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)))
}

/// Describes the vendor's clock, such as "250 ms behind, ±500 ms".
fn describe_offset(offset: ClockOffset, uncertainty: ClockUncertainty) -> String {
    let uncertainty = format_milliseconds(uncertainty.get());
    match offset.get() {
        0 => format!("the same, ±{uncertainty}"),
        ahead if ahead > 0 => format!("{} ahead, ±{uncertainty}", format_milliseconds(ahead.unsigned_abs())),
        behind => format!("{} behind, ±{uncertainty}", format_milliseconds(behind.unsigned_abs())),
    }
}

/// Returns a duration in milliseconds if it is below a second, and otherwise in seconds.
fn format_milliseconds(milliseconds: u64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        _ => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lag_is_the_age_of_the_look_or_the_interval() {
        for (age, interval, expected) in [
            (3, Some(60_000), Some(60)),
            (3, Some(1_001), Some(3)),
            (0, Some(1_001), Some(2)),
            (7_200, Some(60_000), Some(7_200)),
            (3, None, None),
        ] {
            let look = serde_json::json!({
                "source": 1, "firstLook": 1, "lookedSince": 1, "lastLook": 1, "age": age, "interval": interval,
                "clockOffset": 0, "uncertainty": 0,
            });
            assert_eq!(lag(&serde_json::from_value(look).unwrap()), expected, "{age} {interval:?}");
        }
    }

    #[test]
    fn the_vendors_clock_is_described_with_its_uncertainty() {
        for (offset, uncertainty, text) in [
            (0, 0, "the same, ±0 ms"),
            (-250, 500, "250 ms behind, ±500 ms"),
            (999, 1_000, "999 ms ahead, ±1.0 s"),
            (-62_345, 1_999, "62.3 s behind, ±1.9 s"),
        ] {
            let offset = ClockOffset::try_from(offset).unwrap();
            let uncertainty = ClockUncertainty::try_from(uncertainty).unwrap();
            assert_eq!(describe_offset(offset, uncertainty), text);
        }
    }
}
