//! Candidates that take turns.

use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::Outcome;

/// Something to be timed; it tells how many accounts it has read.
pub type Work<'a> = Box<dyn FnMut() -> Outcome<usize> + 'a>;

/// One thing done in three ways.
pub struct Case<'a> {
    pub name: String,
    /// The least speed of ours that satisfies, as a share of that of what is written by hand.
    pub goal: f64,
    /// By hand, ours, and raw.
    pub candidates: [Work<'a>; 3],
}

/// How long a case is measured, and how long one turn takes at least: short beside the noise, but long enough that the
/// first calls after a change of turns, whose code has left the processor's caches, count for little.
const CASE: Duration = Duration::from_secs(15);
const TURN: Duration = Duration::from_millis(25);

impl Case<'_> {
    /// Sees to it that all do the same.
    pub fn check(&mut self) -> Outcome {
        let [by_hand, ours, raw] = &mut self.candidates;
        let seen = [by_hand()?, ours()?, raw()?];
        if seen == [seen[0]; 3] && seen[0] > 0 {
            Ok(())
        } else {
            Err(format!("{}: the candidates have read {seen:?} accounts", self.name).into())
        }
    }

    /// Lets them take turns, another one first in each round, so that what disturbs the machine disturbs all alike.
    pub fn measure(mut self) -> Outcome<Row> {
        let mut times = 1;
        while take_turn(&mut self.candidates[0], times)? < TURN {
            times *= 2;
        }
        let began = Instant::now();
        let mut rounds: Vec<[f64; 3]> = Vec::new();
        while rounds.is_empty() || began.elapsed() < CASE {
            let mut took = [0.0; 3];
            for turn in 0..3 {
                let candidate = (rounds.len() + turn) % 3;
                took[candidate] = take_turn(&mut self.candidates[candidate], times)?.as_secs_f64() / f64::from(times);
            }
            rounds.push(took);
        }

        let median_of = |value: fn(&[f64; 3]) -> f64| median(rounds.iter().map(value).collect());
        Ok(Row {
            name: self.name,
            goal: self.goal,
            rounds: rounds.len(),
            by_hand: Duration::from_secs_f64(median_of(|[by_hand, _, _]| *by_hand)),
            ours: median_of(|[by_hand, ours, _]| by_hand / ours),
            raw: median_of(|[by_hand, _, raw]| by_hand / raw),
        })
    }
}

fn take_turn(work: &mut Work<'_>, times: u32) -> Outcome<Duration> {
    let began = Instant::now();
    for _ in 0..times {
        work()?;
    }
    Ok(began.elapsed())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What was measured of a case: the time by hand, and the other two's speed as a share of it. Each is a median over the
/// rounds.
pub struct Row {
    name: String,
    goal: f64,
    rounds: usize,
    by_hand: Duration,
    ours: f64,
    raw: f64,
}

pub const HEADING: &str = "\
| case                                          | rounds |    by hand |  ours |  goal |     |   raw |
| --------------------------------------------- | -----: | ---------: | ----: | ----: | --- | ----: |";

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, goal, rounds, ours, raw, .. } = self;
        let by_hand = format!("{:.1} us", self.by_hand.as_secs_f64() * 1e6);
        let met = if ours >= goal { "met" } else { "not" };
        write!(f, "| {name:<45} | {rounds:>6} | {by_hand:>10} | {ours:.3} | {goal:.3} | {met} | {raw:.3} |")
    }
}
