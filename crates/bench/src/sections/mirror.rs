//! A mirror of a server whose accounts change, beside a program that polls the same server and stores every answer whole.
//!
//! The vendor is our server. The mirror is `serve --mirror` of an empty database, in one process with its store, as most
//! operators run it. Its CPU time is that of the whole process, which also answers the samples of the lag. Its memory is that of
//! the process, minus that of a server without a mirror that was fed the same accounts and changes: both have received each
//! event since they started. The presence index is what that server holds after a restart, minus an empty server.

mod changes;
mod meter;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::{Instant, sleep};

use self::{changes::Changes, meter::Meter};
use super::Results;
use crate::{
    connection::Connection,
    databases,
    dataset::Dataset,
    environment::Environment,
    feeder::{self, Batch},
    memory,
    process::Process,
    report::{Finding, Measured, number},
    statistics::{Pair, Ratio, median, ratio},
};

/// The longest time between two rounds of the mirror, and the interval of the poller.
const INTERVAL: Duration = Duration::from_secs(2);
/// What a change may take beyond an interval: a round of requests, and the transaction that stores it.
const ROUND_ALLOWANCE: Duration = Duration::from_millis(200);
/// One account in this many changes in each second.
const CHANGE_ONE_IN: u64 = 1_000;
/// Events of a call that fills a server: as many as a mirror stores in one step.
const EVENTS_PER_CALL: usize = 5_000;
/// The time in which the mirror must have read the vendor's accounts.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(300);

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    ensure!(environment.supports("--mirror-max-interval"), "this server has no mirror with a longest interval");
    let dataset = environment.plan.mirrored;
    let vendor = environment.serve(dataset).await?;
    if !feeder::accepts_events(vendor.address).await? {
        bail!(feeder::NO_INGEST);
    }
    let files = [environment.work.join("mirror.db"), environment.work.join("poller.db")];
    let url = format!("sqlite://{}", files[0].display());
    databases::add_tenant(environment, &url)?;
    let mirror = environment.serve_mirror(&url, vendor.address, INTERVAL).await?;
    catch_up(mirror.address, dataset).await?;
    let poller = environment.poller(vendor.address, INTERVAL, &files[1]).await?;
    let changes = Changes::begin([vendor.address, mirror.address], dataset, dataset.accounts / CHANGE_ONE_IN);

    let turns = environment.plan.mirror_turns;
    let length = turns.length.max(2 * INTERVAL);
    // Caches and pools reach their size.
    sleep(length).await;
    let mut meters = [Meter::new(&mirror)?, Meter::new(&poller)?, Meter::new(&vendor)?];
    let before = State::of(&mirror, &files).await?;
    let (began, mut used) = (Instant::now(), Vec::new());
    for turn in 1..=u32::try_from(turns.rounds)? {
        meter::run_until(&mut meters, began + length * turn).await?;
        used.push(meters.each_mut().map(Meter::take_seconds));
    }
    let ended = Instant::now();
    let after = State::of(&mirror, &files).await?;
    let observed = changes.end(began..ended).await?;
    poller.stop()?;
    vendor.stop()?;

    mirror.stop()?;
    let [resident, _, _] = meters.map(|meter| meter.resident);
    let without = Resident::without_mirror(environment, dataset, length).await?;

    let seconds = (ended - began).as_secs_f64();
    let requests = |state: &State| state.total("group_dispatch_mirror_requests_total");
    let rounds =
        |state: &State| state.total("group_dispatch_mirror_requests_total{endpoint=\"queryAllOlWhatsAppInfo\"");
    let rounds = rounds(&after) - rounds(&before);
    let since = |name: &str| number(after.total(name) - before.total(name));
    let about = format!(
        "{} accounts, {} changes/s for {} s ({}); {} rounds, one in {} s, with {} requests; {} events stored, {} gaps",
        number(dataset.accounts as f64),
        number(observed.accepted as f64 / seconds),
        number(seconds),
        observed.lateness(),
        number(rounds),
        number(seconds / rounds),
        number(requests(&after) - requests(&before)),
        since("group_dispatch_mirror_events_total{outcome=\"stored\""),
        since("group_dispatch_mirror_gaps_total"),
    );
    let mut add = |goal, finding| results.findings.insert(goal, Finding::Measured(finding));
    if observed.is_enough(dataset.accounts / CHANGE_ONE_IN, ended - began) {
        let limit = (INTERVAL + ROUND_ALLOWANCE).as_secs_f64();
        let (middle, late) = (observed.quantile(0.5), observed.quantile(0.99));
        add("mirror-lag-median", lag(middle, limit, middle / limit, format!("{}; {about}", observed.samples())));
        let interval = INTERVAL.as_secs_f64();
        add("mirror-lag-p99", lag(late, 2.0 * interval, late / interval, observed.samples()));
    } else {
        let why = format!("too few changes arrived: {about}");
        for goal in ["mirror-lag-median", "mirror-lag-p99"] {
            results.findings.insert(goal, Finding::Absent(why.clone()));
        }
    }
    let mut add = |goal, finding| results.findings.insert(goal, Finding::Measured(finding));
    add("mirror-bytes", bytes(&before, &after, seconds));
    add("mirror-cpu", cpu(&used, length, rounds));
    add("mirror-memory", memory_finding(&resident, &without));
    environment.remove_copies()
}

/// Waits until the mirror has stored an event of each account, and asks as rarely as it may.
async fn catch_up(mirror: SocketAddr, dataset: Dataset) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < CATCH_UP_TIMEOUT {
        let metrics = metrics(mirror).await?;
        let total = |name: &str| total(&metrics, name);
        if total("group_dispatch_mirror_events_total") >= dataset.accounts as f64
            && total("group_dispatch_mirror_interval_seconds") >= INTERVAL.as_secs_f64()
        {
            return Ok(());
        }
        sleep(Duration::from_millis(200)).await;
    }
    bail!("the mirror did not read {} accounts in {CATCH_UP_TIMEOUT:?}", dataset.accounts)
}

/// What a mirror and a poller have done.
struct State {
    metrics: BTreeMap<String, f64>,
    /// The bytes of both databases, and the answers of the poller.
    bytes: [u64; 2],
    answers: u64,
}

impl State {
    async fn of(mirror: &Process, [mirror_file, poller_file]: &[PathBuf; 2]) -> Result<Self> {
        let answers = open(poller_file)?.query_row("SELECT count(*) FROM answer", [], |row| row.get::<_, i64>(0))?;
        Ok(Self {
            metrics: metrics(mirror.address).await?,
            bytes: [database_bytes(mirror_file)?, database_bytes(poller_file)?],
            answers: answers.cast_unsigned(),
        })
    }

    fn total(&self, name: &str) -> f64 {
        total(&self.metrics, name)
    }
}

/// Returns the sum of the metrics whose names and labels begin with a text.
fn total(metrics: &BTreeMap<String, f64>, name: &str) -> f64 {
    metrics.iter().filter(|(metric, _)| metric.starts_with(name)).map(|(_, value)| value).sum()
}

async fn metrics(server: SocketAddr) -> Result<BTreeMap<String, f64>> {
    let mut connection = Connection::open(server).await?;
    let response = connection.ask(b"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await?;
    let text = std::str::from_utf8(response.body).context("/metrics is not text")?;
    let values = text.lines().filter_map(|line| line.rsplit_once(' '));
    Ok(values.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect())
}

fn open(file: &Path) -> Result<rusqlite::Connection> {
    Ok(rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// Returns the bytes that a database has after a checkpoint, with what is in its write-ahead log now.
fn database_bytes(file: &Path) -> Result<u64> {
    let connection = open(file)?;
    let value = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok((value("page_count")? * value("page_size")?).cast_unsigned())
}

/// The resident memory of servers without a mirror, in bytes.
struct Resident {
    empty: f64,
    fed: f64,
    restarted: f64,
}

impl Resident {
    /// Measures an empty server, the same after it was fed the events of a dataset and then changes for a time, and after a
    /// restart.
    async fn without_mirror(environment: &Environment, dataset: Dataset, time: Duration) -> Result<Self> {
        let url = format!("sqlite://{}", environment.work.join("fed.db").display());
        databases::add_tenant(environment, &url)?;
        let server = environment.serve_url(&url, &[]).await?;
        let resident = |server: &Process| Ok::<_, anyhow::Error>(memory::resident(server.id())? as f64);
        let empty = resident(&server)?;
        let mut connection = Connection::open(server.address).await?;
        for events in dataset.events().collect::<Vec<_>>().chunks(EVENTS_PER_CALL) {
            Batch::of(events).send(&mut connection).await?;
        }
        let began = Instant::now();
        let changes = Changes::begin([server.address; 2], dataset, dataset.accounts / CHANGE_ONE_IN);
        sleep(time).await;
        changes.end(began..Instant::now()).await?;
        let fed = resident(&server)?;
        server.stop()?;
        let server = environment.serve_url(&url, &[]).await?;
        let restarted = resident(&server)?;
        server.stop()?;
        Ok(Self { empty, fed, restarted })
    }
}

fn lag(seconds: f64, limit: f64, value: f64, note: String) -> Measured {
    let shown = |seconds: f64| format!("{} s", number(seconds));
    Measured { figure: shown(seconds), limit: shown(limit), ratio: None, value: Some(value), note }
}

fn bytes(before: &State, after: &State, seconds: f64) -> Measured {
    let [mirror, poller] = [0, 1].map(|which| (after.bytes[which] - before.bytes[which]) as f64);
    let answers = (after.answers - before.answers) as f64;
    let shown = |bytes: f64| format!("{} MB", number(bytes / 1e6));
    Measured {
        figure: shown(mirror),
        limit: shown(poller),
        ratio: None,
        value: Some(mirror / poller),
        note: format!(
            "in {} s, of the databases after a checkpoint; a {}th; the poller stored {} answers of {} MB on average",
            number(seconds),
            number(poller / mirror),
            number(answers),
            number(poller / answers / 1e6),
        ),
    }
}

/// Compares the CPU seconds of each turn: mirror, poller, vendor.
fn cpu(used: &[[f64; 3]], length: Duration, rounds: f64) -> Measured {
    let pairs: Vec<Pair> = used.iter().map(|[mirror, poller, _]| Pair { ours: *mirror, limit: *poller }).collect();
    let share = |which: usize| {
        let used = median(used.iter().map(|seconds| seconds[which]));
        format!("{} %", number(100.0 * used / length.as_secs_f64()))
    };
    let ratio = ratio(&pairs);
    let mirror: f64 = used.iter().map(|[mirror, _, _]| mirror).sum();
    Measured {
        figure: share(0),
        limit: share(1),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note: format!(
            "of a core, in turns of {} s; {} ms for each round of the mirror, with its store and the samples of the lag; the \
             vendor, which answers both, {}",
            length.as_secs_f64(),
            number(1e3 * mirror / rounds),
            share(2)
        ),
    }
}

fn memory_finding(resident: &[u64], Resident { empty, fed, restarted }: &Resident) -> Measured {
    let index = restarted - empty;
    let above = |bytes: f64| (bytes - fed) / index;
    let resident: Vec<f64> = resident.iter().map(|bytes| *bytes as f64).collect();
    let middle = median(resident.iter().copied());
    let lowest = resident.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = resident.iter().copied().fold(0.0, f64::max);
    let shown = |bytes: f64| format!("{} MB", number(bytes / 1e6));
    let ratio = Ratio { median: above(middle), lowest: above(lowest), highest: above(highest) };
    Measured {
        figure: shown(middle - fed),
        limit: shown(index),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note: format!(
            "the median of each second; the process with the mirror {}, a server that was fed the same {}, after a restart {}, \
             empty {}",
            shown(middle),
            shown(*fed),
            shown(*restarted),
            shown(*empty)
        ),
    }
}
