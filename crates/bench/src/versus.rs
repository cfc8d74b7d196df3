//! Two that take turns, another one first in each round: what disturbs the machine disturbs both alike.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use anyhow::{Result, ensure};

use crate::{
    connection::Connection,
    load::{Load, Turn},
    process::Process,
    question::Question,
    report::{Finding, Measured, number},
    stand::{Stand, Turns},
    statistics::{Pair, median, ratio},
    world::World,
};

/// How many answers are looked into before a question is measured.
const LOOKED_INTO: usize = 32;

/// One of the two: it makes its requests anew for each turn, for signatures grow old.
pub struct Side<'a> {
    pub server: &'a Process,
    pub requests: &'a dyn Fn() -> Vec<Vec<u8>>,
    pub connections: usize,
    pub lengths: RangeInclusive<usize>,
}

/// A turn of one side, and what the server needed for it.
pub struct Done {
    pub turn: Turn,
    /// How many seconds of a core; none where the system does not tell.
    core_seconds: Option<f64>,
}

impl Done {
    /// Answers in each second of a core that is at work. While the server has a core that it keeps busy, it is what one
    /// counts by the clock; it stays the same where who asks is slower, or where something else takes the core.
    #[must_use]
    pub fn per_core_second(&self) -> f64 {
        self.core_seconds.map_or(self.turn.per_second(), |seconds| self.turn.answered as f64 / seconds)
    }

    /// The share of a core that was at work.
    fn busy(&self) -> Option<f64> {
        Some(self.core_seconds? / self.turn.took.as_secs_f64())
    }
}

impl Side<'_> {
    /// # Errors
    /// When an answer is not as it should be.
    pub async fn turn(&self, length: Duration) -> Result<Done> {
        self.ask(self.ready(), length).await
    }

    /// What is asked in the next turn; to sign it takes a while.
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
    /// When an answer is not as it should be.
    pub async fn ask(&self, load: Load, length: Duration) -> Result<Done> {
        let before = self.server.core_time();
        let turn = load.turn(length).await?;
        let used = self.server.core_time().zip(before).map(|(after, before)| after.seconds_since(&before));
        Ok(Done { turn, core_seconds: used.filter(|used| *used > 0.0) })
    }
}

/// Both in each round.
///
/// # Errors
/// When an answer is not as it should be.
pub async fn rounds(Turns { length, rounds }: Turns, ours: &Side<'_>, limit: &Side<'_>) -> Result<Vec<(Done, Done)>> {
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

/// A question asked of a server and of the limit.
///
/// # Errors
/// When an answer is not as it should be.
pub async fn against_limit(stand: &Stand, server: &Process, question: Question) -> Result<Finding> {
    let known = look_into(server, stand.plan.world, question).await?;
    let limit = stand.limit(question, &known.typical).await?;
    let requests = || question.hits(stand.plan.world);
    let connections = stand.plan.connections;
    let length = known.typical.len();
    let ours = Side { server, requests: &requests, connections, lengths: known.lengths };
    let theirs = Side { server: &limit, requests: &requests, connections, lengths: length..=length };
    Ok(rates(&rounds(stand.plan.asking, &ours, &theirs).await?, length))
}

/// What is told of two sides' answers.
#[must_use]
pub fn rates(rounds: &[(Done, Done)], length: usize) -> Finding {
    let pairs: Vec<Pair> = rounds
        .iter()
        .map(|(ours, limit)| Pair { ours: ours.per_core_second(), limit: limit.per_core_second() })
        .collect();
    let middle = |of: &dyn Fn(&(Done, Done)) -> f64| number(median(rounds.iter().map(of)));
    let busy = |of: &dyn Fn(&(Done, Done)) -> Option<f64>| {
        let share = median(rounds.iter().filter_map(of));
        if share.is_nan() { "an unknown part".to_owned() } else { format!("{:.0} %", share * 100.0) }
    };
    let ratio = ratio(&pairs);
    Finding::Measured(Measured {
        figure: format!("{}/s", number(median(pairs.iter().map(|pair| pair.ours)))),
        limit: format!("{}/s", number(median(pairs.iter().map(|pair| pair.limit)))),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note: format!(
            "answers of {} bytes; by the clock {}/s and {}/s, with the server's core busy {} of the time, the limit's {}",
            number(length as f64),
            middle(&|(ours, _)| ours.turn.per_second()),
            middle(&|(_, limit)| limit.turn.per_second()),
            busy(&|(ours, _)| ours.busy()),
            busy(&|(_, limit)| limit.busy()),
        ),
    })
}

/// What answers to a question look like.
pub struct Known {
    /// The lengths that they may have.
    pub lengths: RangeInclusive<usize>,
    /// One of them, as long as most.
    pub typical: Vec<u8>,
}

/// Asks for some accounts and looks into the answers: only then are the rest's lengths enough.
///
/// # Errors
/// When an answer is wrong.
pub async fn look_into(server: &Process, world: World, question: Question) -> Result<Known> {
    let mut rng = fastrand::Rng::with_seed(4);
    let mut connection = Connection::open(server.address).await?;
    let mut bodies = Vec::new();
    let most = if question == Question::AllOnline { 2 } else { LOOKED_INTO };
    for _ in 0..most {
        let account = world.online_account(&mut rng);
        let answer = connection.ask(&question.about(account)).await?;
        let json = serde_json::from_slice(answer.body).unwrap_or_default();
        ensure!(
            answer.status == 200 && question.is_answered_by(&json, world, account),
            "{} is answered wrongly, with status {}: {}",
            question.operation(),
            answer.status,
            String::from_utf8_lossy(answer.body).chars().take(300).collect::<String>()
        );
        bodies.push(answer.body.to_vec());
    }
    bodies.sort_by_key(Vec::len);
    let (shortest, longest) = (bodies[0].len(), bodies[bodies.len() - 1].len());
    // In a small world some have less to tell than those that were looked into.
    let lengths = if shortest == longest { shortest..=longest } else { shortest / 4..=longest * 4 };
    Ok(Known { lengths, typical: bodies.swap_remove(bodies.len() / 2) })
}
