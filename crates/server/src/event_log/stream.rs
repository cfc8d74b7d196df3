//! The order of the log for readers of changes, and places in it.
//!
//! The order is a list of steps that only grows. A step has events of one or several appends, in the order of their numbers;
//! no event is added to a step that can be read. So whoever has read up to a position has read all events before it, at any
//! server of the database, and nothing comes there later.
//!
//! Each step has a random tag, and a position names the step and its tag. A database that was restored from a backup, or a
//! standby that took over without the last commits, makes other steps with other tags: a position that it never gave out is
//! [`Lost`], and not taken for the place of other events.

use std::{cmp::Ordering, fmt, str::FromStr};

use crate::{event::LoggedEvent, tenant::TenantNumber};

/// A place in the order of the log, behind an event or behind a step. As a text it is the number of the step, its tag and the
/// number of the event, with dots between them; behind the last event of a step, the last part may be missing.
#[derive(Clone, Copy, Debug)]
pub struct StreamPosition {
    /// The number of the step.
    pub(super) step: u64,
    /// Its tag.
    pub(super) tag: u32,
    /// The event within the step; `None` is the end of the step.
    pub(super) seq: Option<u64>,
}

impl StreamPosition {
    /// Returns the numbers that order positions of one log.
    fn place(self) -> (u64, u64) {
        (self.step, self.seq.unwrap_or(u64::MAX))
    }
}

/// Two positions of different logs have no order that means anything.
impl Ord for StreamPosition {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for StreamPosition {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for StreamPosition {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for StreamPosition {}

impl fmt::Display for StreamPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, tag, seq } = self;
        write!(f, "{step}.{tag:08x}")?;
        seq.map_or(Ok(()), |seq| write!(f, ".{seq}"))
    }
}

/// A text is not a [`StreamPosition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a position as the stream gave it, unchanged")]
pub struct InvalidPosition;

impl FromStr for StreamPosition {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let mut parts = text.split('.');
        let (step, tag, seq) = (parts.next(), parts.next(), parts.next());
        if parts.next().is_some() {
            return Err(InvalidPosition);
        }
        // Both databases have signed numbers.
        let number = |text: &str| text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
        let step = step.and_then(number).ok_or(InvalidPosition)?;
        let tag = tag.filter(|tag| tag.len() == 8).and_then(|tag| u32::from_str_radix(tag, 16).ok());
        let seq = seq.map(|seq| number(seq).ok_or(InvalidPosition)).transpose()?;
        Ok(Self { step, tag: tag.ok_or(InvalidPosition)?, seq })
    }
}

/// Which events are read.
#[derive(Clone, Copy, Debug)]
pub struct StreamSearch {
    /// Behind this position.
    pub after: StreamPosition,
    /// Of this tenant; `None`: of all.
    pub tenant: Option<TenantNumber>,
    /// About how many events are looked at.
    pub limit: usize,
}

/// The outcome of a read.
pub enum StreamRead {
    /// The next events.
    Page(StreamPage),
    /// The position is not one of this log now.
    Lost(Lost),
}

/// Events in the order of the log.
pub struct StreamPage {
    /// The events.
    pub events: Vec<StreamEvent>,
    /// The position up to which everything has been read.
    pub end: StreamPosition,
    /// Whether there is more to read now.
    pub more: bool,
}

/// An event in the order of the log.
#[derive(Clone)]
pub struct StreamEvent {
    /// The position behind it.
    pub position: StreamPosition,
    /// When its step was made: Unix epoch milliseconds, by the clock of the database. It never decreases.
    pub arrived: i64,
    /// The number of its tenant.
    pub tenant: TenantNumber,
    /// The event.
    pub logged: LoggedEvent,
}

/// Why nothing can be read behind a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// What followed it is not kept any more.
    Expired,
    /// The log never gave it out. It has been restored from a backup since, or another server has taken over without the last
    /// commits, or the position is of another log.
    Unknown,
}

/// The row of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub number: u64,
    pub tag: u32,
    pub made_at: i64,
}

impl Step {
    /// Returns the position behind an event of the step, or at its end.
    pub const fn position(&self, seq: Option<u64>) -> StreamPosition {
        StreamPosition { step: self.number, tag: self.tag, seq }
    }

    /// Returns why a position is lost, if it is: `found` is the row of its step, `first` the first step that is kept.
    pub fn check(position: StreamPosition, found: Option<&Self>, first: Option<u64>) -> Result<(), Lost> {
        match found {
            Some(step) if step.tag == position.tag => Ok(()),
            None if first.is_some_and(|first| position.step < first) => Err(Lost::Expired),
            _ => Err(Lost::Unknown),
        }
    }
}

/// Returns the tag of a new step.
pub(super) fn new_tag() -> u32 {
    fastrand::u32(..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_its_text() {
        for text in ["0.00000000", "7.0a1b2c3d", "9223372036854775807.ffffffff.12"] {
            assert_eq!(text.parse::<StreamPosition>().unwrap().to_string(), text);
        }
        for text in
            ["", "7", "7.1", "7.0a1b2c3d.", "7.0a1b2c3d.1.2", "-1.0a1b2c3d", "9223372036854775808.0a1b2c3d", "a"]
        {
            assert_eq!(text.parse::<StreamPosition>(), Err(InvalidPosition), "{text}");
        }
    }

    #[test]
    fn the_end_of_a_step_is_behind_its_events() {
        let position = |text: &str| text.parse::<StreamPosition>().unwrap();
        let in_order = ["6.00000001", "7.00000002.5", "7.00000002.9", "7.00000002", "8.00000000.1"].map(position);
        assert!(in_order.is_sorted());
    }
}
