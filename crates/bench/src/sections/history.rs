//! The history against a SQLite table that has an index by account and time: pages of one account, and reports of a day.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde_json::Value;

use super::Results;
use crate::{
    comparison::{Side, rates, rounds},
    connection::Connection,
    dataset::{Account, Dataset},
    environment::Environment,
    event_table::{self, PATH, Sums},
    process::Process,
    query::signed,
    report::{Finding, number},
    statistics::Pair,
};

const REPORT: &str = "/history/v1/report";
const PAGE_LENGTH: usize = 1_000;
/// How many distinct pages are asked for in turn.
const DISTINCT_PAGES: usize = 512;
/// Pages that are asked for before the measurement: the first ones leave an order of the events behind for the next.
const FIRST_PAGES: usize = 64;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    results.findings.insert("history-page", pages(environment).await?);
    results.findings.insert("report", reports(environment).await?);
    Ok(())
}

async fn pages(environment: &Environment) -> Result<Finding> {
    let dataset = environment.plan.paged;
    let table = event_table::make(&environment.data, dataset)?;
    let size = std::fs::metadata(&table)?.len();
    let (server, limit) = (environment.serve(dataset).await?, environment.table_server(&table).await?);
    let mut rng = fastrand::Rng::with_seed(7);
    let mut lengths = Vec::new();
    let began = Instant::now();
    for _ in 0..FIRST_PAGES {
        let account = dataset.any_account(&mut rng);
        let (ours, theirs) = (page(&server, account).await?, page(&limit, account).await?);
        let events = |body: &[u8]| {
            serde_json::from_slice::<Value>(body).map(|mut json| json["data"]["events"].take()).unwrap_or_default()
        };
        ensure!(events(&ours) == events(&theirs), "the pages of an account differ");
        lengths.push(ours.len());
    }
    let first_pages = began.elapsed();
    let (shortest, longest) = (lengths.iter().min().copied(), lengths.iter().max().copied());
    let (shortest, longest) = shortest.zip(longest).context("no page")?;
    let requests = || {
        let mut rng = fastrand::Rng::with_seed(8);
        (0..DISTINCT_PAGES).map(|_| page_request(dataset.any_account(&mut rng))).collect()
    };
    let connections = environment.plan.connections;
    let side = |server| Side { server, requests: &requests, connections, lengths: shortest / 2..=longest * 2 };
    let mut finding = rates(&rounds(environment.plan.query_turns, &side(&server), &side(&limit)).await?, longest);
    if let Finding::Measured(measured) = &mut finding {
        measured.note += &format!(
            "; {} events of {} accounts; the limit is a table of {} MB; {FIRST_PAGES} pages of both before took {} s",
            number(dataset.events as f64),
            number(dataset.accounts as f64),
            number(size as f64 / 1e6),
            number(first_pages.as_secs_f64()),
        );
    }
    server.stop()?;
    Ok(finding)
}

fn page_request(account: Account) -> Vec<u8> {
    signed(PATH, &format!(r#"{{"whatsApp":"{}","limit":{PAGE_LENGTH}}}"#, account.number()))
}

async fn page(server: &Process, account: Account) -> Result<Vec<u8>> {
    ask(server, &page_request(account)).await
}

async fn ask(server: &Process, request: &[u8]) -> Result<Vec<u8>> {
    let mut connection = Connection::open(server.address).await?;
    let response = connection.ask(request).await?;
    let body = String::from_utf8_lossy(response.body);
    ensure!(response.status == 200 && body.contains(r#""code":200"#), "status {}: {body:.200}", response.status);
    Ok(response.body.to_vec())
}

/// Each round reports the next day, as somebody does each day. The first report reads all events before it.
async fn reports(environment: &Environment) -> Result<Finding> {
    let dataset = environment.plan.reported;
    let table = event_table::open(&event_table::make(&environment.data, dataset)?)?;
    let server = environment.serve(dataset).await?;
    let mut days = (1..30).map(|day| day_of(dataset, day)).take(environment.plan.reports + 1);
    let first = days.next().context("no day")?;
    let (cold, _) = ours(&server, first).await?;
    let (mut pairs, mut agents) = (Vec::new(), 0);
    for (round, day) in days.enumerate() {
        let (ours, theirs) = if round.is_multiple_of(2) {
            let ours = ours(&server, day).await?;
            (ours, in_sql(&table, day)?)
        } else {
            let theirs = in_sql(&table, day)?;
            (ours(&server, day).await?, theirs)
        };
        ensure!(ours.1 == theirs.1, "the reports differ: {}", difference(&ours.1, &theirs.1));
        agents = ours.1.len();
        pairs.push(Pair { ours: ours.0.as_secs_f64(), limit: theirs.0.as_secs_f64() });
    }
    server.stop()?;
    let note = format!(
        "{agents} agents, {} events a day; each report is of the next day; the first one after a start took {} ms",
        number(dataset.events as f64 / 30.0),
        number(cold.as_secs_f64() * 1e3),
    );
    Ok(Finding::of_pairs(&pairs, " ms", 1e3, note))
}

fn day_of(dataset: Dataset, day: u64) -> u64 {
    dataset.times().start + day * DAY_MS
}

/// Returns the sums of the agents over a day, and how long it took.
async fn ours(server: &Process, begin: u64) -> Result<(Duration, Vec<Sums>)> {
    let day = Timestamp::from_millisecond(begin.cast_signed())?.to_string();
    let request = signed(REPORT, &format!(r#"{{"firstDay":"{}","by":"agent"}}"#, &day[..10]));
    let began = Instant::now();
    let body = ask(server, &request).await?;
    let took = began.elapsed();
    let report: Value = serde_json::from_slice(&body)?;
    let rows = report["data"]["rows"].as_array().context("a report without rows")?;
    let mut sums: Vec<Sums> = rows
        .iter()
        .map(|row| {
            ["userId", "onlineMilliseconds", "longestAbsenceMilliseconds", "sessions", "disconnects", "bans", "flaps"]
                .map(|name| row[name].as_i64().unwrap_or(-1))
        })
        .collect();
    sums.sort_unstable();
    Ok((took, sums))
}

fn in_sql(table: &rusqlite::Connection, begin: u64) -> Result<(Duration, Vec<Sums>)> {
    let times = begin.cast_signed()..(begin + DAY_MS).cast_signed();
    let began = Instant::now();
    let sums = event_table::report(table, &times)?;
    Ok((began.elapsed(), sums))
}

fn difference(ours: &[Sums], theirs: &[Sums]) -> String {
    let differing = ours.iter().zip(theirs).find(|(ours, theirs)| ours != theirs);
    format!("{} and {} rows, {differing:?}", ours.len(), theirs.len())
}
