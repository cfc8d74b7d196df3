//! Random times and choices. They are computed with operations that have the same results on every machine.

use std::time::Duration;

use fastrand::Rng;

/// Milliseconds of a second.
pub const SECOND: i64 = 1000;
/// Milliseconds of a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds of a day.
pub const DAY: i64 = 24 * 60 * MINUTE;

/// Returns the random numbers of a seed for a purpose, so that what is drawn for one changes nothing of another.
pub fn numbers(seed: u64, purpose: [u8; 8]) -> Rng {
    Rng::with_seed(seed ^ u64::from_le_bytes(purpose))
}

/// Random times and choices.
pub trait Random {
    /// Returns true with this chance, 0 to 1.
    fn chance(&mut self, chance: f64) -> bool;

    /// Returns a time in milliseconds with this mean. Most are short, and the longest is three times the mean.
    fn around(&mut self, mean: i64) -> i64;

    /// Returns the time in milliseconds until something happens that happens so often a day; `None` if it never does.
    fn until_next(&mut self, per_day: f64) -> Option<i64>;

    /// Returns an element of a list that is not empty.
    fn pick<T: Copy>(&mut self, list: &[T]) -> T;
}

impl Random for Rng {
    fn chance(&mut self, chance: f64) -> bool {
        self.f64() < chance
    }

    fn around(&mut self, mean: i64) -> i64 {
        let number = self.f64();
        (3.0 * mean as f64 * number * number) as i64
    }

    fn until_next(&mut self, per_day: f64) -> Option<i64> {
        (per_day > 0.0).then(|| self.around((DAY as f64 / per_day) as i64).max(1))
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.usize(0..list.len())]
    }
}

/// Returns a duration in milliseconds.
pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
