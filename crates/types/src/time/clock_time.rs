//! [`ClockTime`]: clock time in the service's zone, to the millisecond.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{StatusTime, UtcOffset};

/// Clock time in the service's zone, to the millisecond: a [`StatusTime`] and its fraction.
///
/// Serialized as a `StatusTime` if the fraction is zero, else as `2024-07-08 19:25:31.250`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime {
    time: StatusTime,
    /// 0 to 999.
    millisecond: u16,
}

impl ClockTime {
    pub(super) const fn new(time: StatusTime, millisecond: u16) -> Self {
        Self { time, millisecond }
    }

    /// Returns the time without its fraction.
    #[must_use]
    pub const fn to_second(self) -> StatusTime {
        self.time
    }

    /// Returns the milliseconds of the second, 0 to 999.
    #[must_use]
    pub const fn millisecond(self) -> u16 {
        self.millisecond
    }

    /// Returns the instant at which a clock at `offset` shows this time, in Unix epoch milliseconds.
    #[must_use]
    pub const fn epoch_milliseconds(self, offset: UtcOffset) -> i64 {
        self.time.epoch_seconds(offset) * 1000 + self.millisecond as i64
    }
}

impl From<StatusTime> for ClockTime {
    fn from(time: StatusTime) -> Self {
        Self::new(time, 0)
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.millisecond {
            0 => self.time.fmt(f),
            millisecond => write!(f, "{}.{millisecond:03}", self.time),
        }
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.millisecond {
            0 => self.time.serialize(serializer),
            _ => serializer.collect_str(self),
        }
    }
}
