//! The rules that a test can break, to show that the tests would notice.

/// A rule of the mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A record is new if it is not in the set of known ones, however old it is.
    NewBySet,
    /// Names are not a part of what a record is.
    NoNames,
    /// An answer that lacks most accounts is not believed at once.
    DoubtLosses,
    /// What an answer lacks of which a part can't be read may be that part.
    DoubtUnread,
    /// What could not be seen is a gap.
    DeclareGaps,
    /// Of the records of one second, the later in the log is the earlier event.
    LogOrder,
}

#[cfg(not(test))]
pub const fn is_broken(_: Rule) -> bool {
    false
}

#[cfg(test)]
pub use broken::{break_rule, is_broken};

#[cfg(test)]
mod broken {
    use std::cell::Cell;

    use super::Rule;

    thread_local!(static BROKEN: Cell<Option<Rule>> = const { Cell::new(None) });

    pub fn is_broken(rule: Rule) -> bool {
        BROKEN.get() == Some(rule)
    }

    /// Breaks a rule in this thread, as long as `run` runs.
    pub fn break_rule<T>(rule: Rule, run: impl FnOnce() -> T) -> T {
        BROKEN.set(Some(rule));
        let result = run();
        BROKEN.set(None);
        result
    }
}
