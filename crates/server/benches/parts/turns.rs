//! Two that take turns, another one first in each round, so that what disturbs the machine disturbs both alike.

use std::time::{Duration, Instant};

use crate::Outcome;

/// Something to be timed, which it does the given number of times.
pub type Work<'a> = Box<dyn FnMut(u32) -> Outcome + 'a>;

/// A part, and what it is measured against.
pub struct Case<'a> {
    pub name: &'static str,
    pub ours: Work<'a>,
    pub against: &'static str,
    pub plain: Work<'a>,
}

/// How long a case is measured, and how long a turn takes at least.
const CASE: Duration = Duration::from_secs(10);
const TURN: Duration = Duration::from_millis(25);

pub const HEADING: &str = "\
| part                                     | takes         | against                                  | speed, as a share |
| ---------------------------------------- | ------------: | ---------------------------------------- | ----------------- |";

impl Case<'_> {
    /// Sees both work.
    pub fn once(&mut self) -> Outcome {
        (self.ours)(1)?;
        (self.plain)(1)
    }

    /// A line of the table: the median of the rounds' ratios, and in brackets where nine in ten of them lie.
    pub fn measure(&mut self) -> Outcome<String> {
        let mut times = 1;
        while time(&mut self.ours, times)? < TURN {
            times *= 2;
        }
        let (began, mut took, mut shares) = (Instant::now(), Vec::new(), Vec::new());
        while shares.len() < 3 || began.elapsed() < CASE {
            let (ours, plain) = if shares.len() % 2 == 0 {
                (time(&mut self.ours, times)?, time(&mut self.plain, times)?)
            } else {
                let plain = time(&mut self.plain, times)?;
                (time(&mut self.ours, times)?, plain)
            };
            took.push(ours.as_secs_f64() / f64::from(times));
            shares.push(plain.as_secs_f64() / ours.as_secs_f64());
        }
        let [took, share] = [&mut took, &mut shares].map(|values| {
            values.sort_by(f64::total_cmp);
            [0.05, 0.5, 0.95].map(|part| values[(values.len() as f64 * part) as usize])
        });
        let Self { name, against, .. } = self;
        let took = format!("{:.1} us", took[1] * 1e6);
        Ok(format!(
            "| {name:<40} | {took:>13} | {against:<40} | {:.2} ({:.2} to {:.2}) |",
            share[1], share[0], share[2]
        ))
    }
}

fn time(work: &mut Work<'_>, times: u32) -> Outcome<Duration> {
    let began = Instant::now();
    work(times)?;
    Ok(began.elapsed())
}
