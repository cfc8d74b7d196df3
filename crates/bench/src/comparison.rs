//! Compares the server with the limit: both take turns, and each begins every other round, so that a disturbance of the
//! machine affects both.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use anyhow::{Result, ensure};

use crate::{
    closed_loop::{Load, Turn},
    connection::Connection,
    dataset::Dataset,
    environment::{Environment, Turns},
    process::Process,
    query::Query,
    report::{Finding, Measured, number},
    statistics::{Pair, median, ratio},
};

/// How many responses are checked before a query is measured.
const SAMPLE_SIZE: usize = 32;

/// One side of a comparison. It signs new requests for each turn, because signatures expire.
pub struct Side<'a> {
    pub server: &'a Process,
    pub requests: &'a dyn Fn() -> Vec<Vec<u8>>,
    pub connections: usize,
    pub lengths: RangeInclusive<usize>,
}

/// A turn of one side, and the CPU time of its server.
pub struct MeasuredTurn {
    pub turn: Turn,
    /// CPU time in seconds; `None` if the system does not report it.
    core_seconds: Option<f64>,
}

impl MeasuredTurn {
    /// Returns responses per second of CPU time. For a server that keeps its core busy, this equals responses per
    /// second. It does not change if the load generator is slower, or another process uses the core.
    #[must_use]
    pub fn per_core_second(&self) -> f64 {
        self.core_seconds.map_or(self.turn.per_second(), |seconds| self.turn.answered as f64 / seconds)
    }

    /// Returns the utilization of a core.
    fn busy(&self) -> Option<f64> {
        Some(self.core_seconds? / self.turn.took.as_secs_f64())
    }
}

impl Side<'_> {
    /// # Errors
    /// If a response is wrong.
    pub async fn turn(&self, length: Duration) -> Result<MeasuredTurn> {
        self.ask(self.ready(), length).await
    }

    /// Signs the requests of the next turn, which takes a while.
    #[must_use]
    pub fn ready(&self) -> Load {
        Load {
            address: self.server.address,
            requests: Arc::new((self.requests)()),
            connections: self.connections,
            lengths: self.lengths.clone(),
        }
    }

    /// # Errors
    /// If a response is wrong.
    pub async fn ask(&self, load: Load, length: Duration) -> Result<MeasuredTurn> {
        let before = self.server.core_time();
        let turn = load.turn(length).await?;
        let used = self.server.core_time().zip(before).map(|(after, before)| after.seconds_since(&before));
        Ok(MeasuredTurn { turn, core_seconds: used.filter(|used| *used > 0.0) })
    }
}

/// Runs all rounds, each with a turn of both sides.
///
/// # Errors
/// If a response is wrong.
pub async fn rounds(
    Turns { length, rounds }: Turns,
    ours: &Side<'_>,
    limit: &Side<'_>,
) -> Result<Vec<(MeasuredTurn, MeasuredTurn)>> {
    let mut done = Vec::new();
    for round in 0..rounds {
        done.push(if round.is_multiple_of(2) {
            (ours.turn(length).await?, limit.turn(length).await?)
        } else {
            let limit = limit.turn(length).await?;
            (ours.turn(length).await?, limit)
        });
    }
    Ok(done)
}

/// Compares a query to the server with the limit.
///
/// # Errors
/// If a response is wrong.
pub async fn against_limit(environment: &Environment, server: &Process, query: Query) -> Result<Finding> {
    let sample = sample_responses(server, environment.plan.dataset, query).await?;
    let limit = environment.limit(query, &sample.typical).await?;
    let requests = || query.hits(environment.plan.dataset);
    let connections = environment.plan.connections;
    let length = sample.typical.len();
    let ours = Side { server, requests: &requests, connections, lengths: sample.lengths };
    let theirs = Side { server: &limit, requests: &requests, connections, lengths: length..=length };
    Ok(rates(&rounds(environment.plan.query_turns, &ours, &theirs).await?, length))
}

/// Returns the finding about the rates of two sides.
#[must_use]
pub fn rates(rounds: &[(MeasuredTurn, MeasuredTurn)], length: usize) -> Finding {
    let pairs: Vec<Pair> = rounds
        .iter()
        .map(|(ours, limit)| Pair { ours: ours.per_core_second(), limit: limit.per_core_second() })
        .collect();
    let middle = |of: &dyn Fn(&(MeasuredTurn, MeasuredTurn)) -> f64| number(median(rounds.iter().map(of)));
    let busy = |of: &dyn Fn(&(MeasuredTurn, MeasuredTurn)) -> Option<f64>| {
        let share = median(rounds.iter().filter_map(of));
        if share.is_nan() { "an unknown share".to_owned() } else { format!("{:.0} %", share * 100.0) }
    };
    let ratio = ratio(&pairs);
    Finding::Measured(Measured {
        figure: format!("{}/s", number(median(pairs.iter().map(|pair| pair.ours)))),
        limit: format!("{}/s", number(median(pairs.iter().map(|pair| pair.limit)))),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note: format!(
            "responses of {} bytes; {}/s and {}/s of wall time, with the server's core busy {} of the time, the limit's {}",
            number(length as f64),
            middle(&|(ours, _)| ours.turn.per_second()),
            middle(&|(_, limit)| limit.turn.per_second()),
            busy(&|(ours, _)| ours.busy()),
            busy(&|(_, limit)| limit.busy()),
        ),
    })
}

/// What responses to a query look like.
pub struct ResponseSample {
    /// The valid lengths of a body.
    pub lengths: RangeInclusive<usize>,
    /// A body of median length.
    pub typical: Vec<u8>,
}

/// Sends some queries and checks the responses. After that, the length of a response is checked alone.
///
/// # Errors
/// If a response is wrong.
pub async fn sample_responses(server: &Process, dataset: Dataset, query: Query) -> Result<ResponseSample> {
    let mut rng = fastrand::Rng::with_seed(4);
    let mut connection = Connection::open(server.address).await?;
    let mut bodies = Vec::new();
    let most = if query == Query::AllOnline { 2 } else { SAMPLE_SIZE };
    for _ in 0..most {
        let account = dataset.online_account(&mut rng);
        let response = connection.ask(&query.about(account)).await?;
        let json = serde_json::from_slice(response.body).unwrap_or_default();
        ensure!(
            response.status == 200 && query.is_correct_response(&json, dataset, account),
            "{} returned a wrong response with status {}: {}",
            query.operation(),
            response.status,
            String::from_utf8_lossy(response.body).chars().take(300).collect::<String>()
        );
        bodies.push(response.body.to_vec());
    }
    bodies.sort_by_key(Vec::len);
    let (shortest, longest) = (bodies[0].len(), bodies[bodies.len() - 1].len());
    // In a small dataset, other responses may be much shorter or longer than the sample.
    let lengths = if shortest == longest { shortest..=longest } else { shortest / 4..=longest * 4 };
    Ok(ResponseSample { lengths, typical: bodies.swap_remove(bodies.len() / 2) })
}
