//! Durations as the parameters of rules have them: `90s`, `15m`, `2h` or `1d`.

use std::fmt;

/// The longest duration: thirty days, so that no time overflows.
const MAX_SECONDS: u32 = 30 * 24 * 60 * 60;

/// A duration of whole seconds, from one second to thirty days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(u32);

impl Seconds {
    /// Creates a duration; one outside of the bounds becomes the nearest one within.
    pub const fn new(seconds: u32) -> Self {
        match seconds {
            0 => Self(1),
            1..=MAX_SECONDS => Self(seconds),
            _ => Self(MAX_SECONDS),
        }
    }

    /// Parses a number and a unit: `s`, `m`, `h` or `d`. Returns `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let unit = match text.chars().next_back()? {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            _ => return None,
        };
        let number = &text[..text.len() - 1];
        // `parse` would also accept a sign.
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = number.parse().ok().filter(|_| is_number)?;
        number.checked_mul(unit).filter(|seconds| (1..=MAX_SECONDS).contains(seconds)).map(Self)
    }

    /// Returns the duration in seconds.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Returns the duration in milliseconds.
    pub const fn milliseconds(self) -> i64 {
        self.0 as i64 * 1000
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(24 * 60 * 60, 'd'), (60 * 60, 'h'), (60, 'm')];
        match units.into_iter().find(|(seconds, _)| self.0.is_multiple_of(*seconds)) {
            Some((seconds, unit)) => write!(f, "{}{unit}", self.0 / seconds),
            None => write!(f, "{}s", self.0),
        }
    }
}
