use smallvec::SmallVec;

use super::{event_time::EventTime, ids::AccountIndex, short_list};

/// How many accounts are kept that came online last with an agent (page: "latest ten records"; D15).
pub const RECENT_ACCOUNTS: usize = 10;

/// The accounts that came online last with an agent, newest first.
#[derive(Default)]
pub struct Recent {
    /// Here itself, for answers tell of them.
    accounts: SmallVec<[AccountIndex; RECENT_ACCOUNTS]>,
    /// When each of them did, which no answer tells.
    times: Vec<EventTime>,
}

impl Recent {
    pub fn accounts(&self) -> &[AccountIndex] {
        &self.accounts
    }

    pub fn with_times(&self) -> impl Iterator<Item = (EventTime, AccountIndex)> {
        self.times.iter().copied().zip(self.accounts.iter().copied())
    }

    pub fn add(&mut self, account: AccountIndex, time: EventTime) {
        if let Some(place) = self.accounts.iter().position(|other| *other == account) {
            if self.times[place] >= time {
                return;
            }
            self.accounts.remove(place);
            self.times.remove(place);
        }
        let place = self.times.partition_point(|other| *other > time);
        if place < RECENT_ACCOUNTS {
            self.accounts.truncate(RECENT_ACCOUNTS - 1);
            self.accounts.insert(place, account);
            self.times.truncate(RECENT_ACCOUNTS - 1);
            short_list::insert(&mut self.times, place, time, RECENT_ACCOUNTS);
        }
    }
}
