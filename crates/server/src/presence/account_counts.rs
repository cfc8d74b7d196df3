//! How many accounts have which status at which source. Counted as events are applied, so that metrics need not walk over the
//! accounts.

use group_dispatch_types::{AccountStatus, Source};

/// The sources of the contract, and one for all others: codes come from outside, and must not become series of metrics.
const SOURCES: usize = Source::ALL.len() + 1;
/// The same for the statuses.
const STATUSES: usize = AccountStatus::ALL.len() + 1;

/// The number of accounts by source and status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountCounts([[usize; STATUSES]; SOURCES]);

impl AccountCounts {
    /// Counts an account that has another status than before, or had none.
    pub(super) fn change(&mut self, source: Source, before: Option<AccountStatus>, now: AccountStatus) {
        let statuses = &mut self.0[place(Source::ALL, source)];
        if let Some(before) = before {
            statuses[place(AccountStatus::ALL, before)] -= 1;
        }
        statuses[place(AccountStatus::ALL, now)] += 1;
    }

    /// Adds the counts of another tenant.
    pub(super) fn add(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *count += more;
        }
    }

    /// Returns the count of each source and each status. `None` stands for all that the contract does not list.
    pub fn iter(&self) -> impl Iterator<Item = (Option<Source>, Option<AccountStatus>, usize)> {
        self.0.iter().enumerate().flat_map(|(source, statuses)| {
            let source = Source::ALL.get(source).copied();
            let count =
                move |(status, count): (usize, &usize)| (source, AccountStatus::ALL.get(status).copied(), *count);
            statuses.iter().enumerate().map(count)
        })
    }
}

fn place<T: PartialEq>(listed: &[T], value: T) -> usize {
    listed.iter().position(|other| *other == value).unwrap_or(listed.len())
}
