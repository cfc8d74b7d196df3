//! Measures candidates in turns, so that disturbances of the machine affect all alike.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// An implementation to be measured. Returns the number of accounts that it read.
pub struct Candidate<'a>(Box<dyn FnMut() -> Result<usize> + 'a>);

impl<'a> Candidate<'a> {
    pub fn new(run: impl FnMut() -> Result<usize> + 'a) -> Self {
        Self(Box::new(run))
    }
}

/// A task in three implementations.
pub struct Case<'a> {
    pub name: String,
    /// The speed that our implementation must reach, relative to the one by hand.
    pub goal: f64,
    /// By hand, ours, and raw. Each returns the number of accounts that it read.
    pub candidates: [Candidate<'a>; 3],
}

/// The time that a case is measured.
const CASE_TIME: Duration = Duration::from_secs(15);
/// The shortest time of a turn: shorter than typical noise, but long enough that cold caches after a change of turns count
/// for little.
const MIN_TURN_TIME: Duration = Duration::from_millis(25);

impl Case<'_> {
    /// Checks that all candidates read the same accounts.
    pub fn check(&mut self) -> Result<()> {
        let [by_hand, ours, raw] = &mut self.candidates;
        let counts = [by_hand.0()?, ours.0()?, raw.0()?];
        if counts != [counts[0]; 3] || counts[0] == 0 {
            bail!("{}: the candidates read {counts:?} accounts", self.name);
        }
        Ok(())
    }

    /// Measures the candidates in rounds, with another one first in each round.
    pub fn measure(mut self) -> Result<Row> {
        let mut times = 1;
        while take_turn(&mut self.candidates[0], times)? < MIN_TURN_TIME {
            times *= 2;
        }
        let started = Instant::now();
        let mut rounds: Vec<[f64; 3]> = Vec::new();
        while rounds.is_empty() || started.elapsed() < CASE_TIME {
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

/// Runs a candidate several times, and returns the time that it took.
fn take_turn(candidate: &mut Candidate<'_>, times: u32) -> Result<Duration> {
    let started = Instant::now();
    for _ in 0..times {
        candidate.0()?;
    }
    Ok(started.elapsed())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The result of a case: the time by hand, and the speed of the other two relative to it. All are medians over the rounds.
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
