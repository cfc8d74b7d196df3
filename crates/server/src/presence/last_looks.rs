//! [`LastLooks`]: when a mirror of the vendor last looked at each source of a tenant.
//!
//! Every query reads them, so that they are atomics in the tenant's entry: no lock, and for a tenant that is only fed, one
//! load for each source that is asked for.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use group_dispatch_types::Source;

/// Stands for a source that no mirror has looked at. No look has this time.
const NEVER: i64 = i64::MIN;

/// The last look at each source that can be queried: Unix epoch milliseconds, by the clock of the mirror.
#[derive(Debug)]
pub struct LastLooks {
    pc: AtomicI64,
    mobile: AtomicI64,
    cloud: AtomicI64,
}

impl Default for LastLooks {
    fn default() -> Self {
        let never = || AtomicI64::new(NEVER);
        Self { pc: never(), mobile: never(), cloud: never() }
    }
}

impl LastLooks {
    /// Returns the last look at a source, or `None` if no mirror has looked at it.
    pub fn get(&self, source: Source) -> Option<i64> {
        Some(self.of(source)?.load(Relaxed)).filter(|last| *last != NEVER)
    }

    /// Sets the last look at a source. One that can't be queried is ignored.
    pub fn set(&self, source: Source, last: Option<i64>) {
        if let Some(of_source) = self.of(source) {
            of_source.store(last.unwrap_or(NEVER), Relaxed);
        }
    }

    fn of(&self, source: Source) -> Option<&AtomicI64> {
        match source {
            Source::Pc => Some(&self.pc),
            Source::Mobile => Some(&self.mobile),
            Source::Cloud => Some(&self.cloud),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_has_its_own_look() {
        let looks = LastLooks::default();
        let all = || Source::ALL.iter().map(|source| looks.get(*source)).collect::<Vec<_>>();
        assert_eq!(all(), [None; 3]);
        for (source, last) in Source::ALL.iter().zip(1_i64..) {
            looks.set(*source, Some(last));
        }
        looks.set(Source::Unknown(7), Some(7));
        assert_eq!(all(), [Some(1), Some(2), Some(3)]);
        assert_eq!(looks.get(Source::Unknown(7)), None);
        looks.set(Source::Mobile, None);
        assert_eq!(all(), [Some(1), None, Some(3)]);
    }
}
