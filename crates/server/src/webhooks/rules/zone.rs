//! Time zones as rules need them: the offset of local clocks at an instant.

use std::{fmt, sync::Arc};

use group_dispatch_types::{StatusTime, UtcOffset};

/// A time zone.
pub trait LocalTime: Send + Sync {
    /// Returns by how many seconds local clocks are ahead of UTC at an instant, in Unix epoch milliseconds.
    fn offset_seconds(&self, at: i64) -> i32;
}

/// Finds time zones by name.
pub trait Zones {
    /// Returns a zone, or `None` if there is none of this name.
    fn find(&self, name: &str) -> Option<Arc<dyn LocalTime>>;
}

/// The zones without a name: offsets such as `+08:00`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixedOffsets;

impl Zones for FixedOffsets {
    fn find(&self, name: &str) -> Option<Arc<dyn LocalTime>> {
        let offset: UtcOffset = name.parse().ok()?;
        // A clock at the offset shows this second of its first day when the epoch begins.
        let clock = StatusTime::from_epoch_seconds(0, offset).ok()?;
        let seconds = i32::try_from(clock.epoch_seconds(UtcOffset::UTC)).ok()?;
        Some(Arc::new(Fixed(seconds)))
    }
}

struct Fixed(i32);

impl LocalTime for Fixed {
    fn offset_seconds(&self, _: i64) -> i32 {
        self.0
    }
}

/// A zone and the name that it was found by. Two zones are equal if their names are.
#[derive(Clone)]
pub struct NamedZone {
    /// The name.
    pub name: String,
    /// The zone.
    pub zone: Arc<dyn LocalTime>,
}

impl PartialEq for NamedZone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for NamedZone {}

impl fmt::Debug for NamedZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NamedZone({})", self.name)
    }
}
