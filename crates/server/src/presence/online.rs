use group_dispatch_types::WhatsAppNumber;
use smallvec::SmallVec;

use super::{accounts::Accounts, ids::AccountIndex};

/// So many at most are in one list: an agent may have a million accounts, and each comes and goes.
const ACCOUNTS_PER_LIST: usize = 512;

/// The accounts that are online with an agent, by number. Nearly all agents have few.
#[derive(Default)]
pub struct Online(SmallVec<[Vec<AccountIndex>; 1]>);

impl Online {
    pub fn iter(&self) -> impl Iterator<Item = AccountIndex> {
        self.0.iter().flatten().copied()
    }

    pub fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn insert(&mut self, account: AccountIndex, accounts: &Accounts) {
        let (at, place) = self.find(accounts.number(account), accounts);
        let Err(place) = place else { return };
        let Some(piece) = self.0.get_mut(at) else {
            return self.0.push(vec![account]);
        };
        piece.insert(place, account);
        if piece.len() > ACCOUNTS_PER_LIST {
            let second = piece.split_off(ACCOUNTS_PER_LIST / 2);
            piece.shrink_to_fit();
            self.0.insert(at + 1, second);
        }
    }

    pub fn remove(&mut self, account: AccountIndex, accounts: &Accounts) {
        let (at, place) = self.find(accounts.number(account), accounts);
        if let Ok(place) = place {
            self.0[at].remove(place);
            if self.0[at].is_empty() {
                self.0.remove(at);
            }
        }
    }

    /// In which list an account is or would be, and its place there.
    fn find(&self, number: WhatsAppNumber, accounts: &Accounts) -> (usize, Result<usize, usize>) {
        let is_before = |account: &AccountIndex| accounts.number(*account) < number;
        let at = self.0.partition_point(|piece| piece.last().is_some_and(is_before));
        // What comes after all others belongs at the end of the last list.
        let at = at.min(self.0.len().saturating_sub(1));
        let search = |piece: &Vec<AccountIndex>| piece.binary_search_by_key(&number, |other| accounts.number(*other));
        (at, self.0.get(at).map_or(Err(0), search))
    }
}
