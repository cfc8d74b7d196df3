//! Narrower questions about an agent whose page of the log does not reach back to what is known.
//!
//! The vendor gives the latest records of each account as well, if asked for it. Which accounts may be meant is known if the
//! list of those that came online last is shorter than it may be, or else not: then the gap is one of the agent.
//!
//! The same questions find records that appeared late, behind a page that is full of newer ones ([`LateCheck`]).

use std::collections::BTreeSet;

use group_dispatch_types::{AgentRecentAccounts, Source, UserId, WhatsAppNumber};

use crate::{
    facts::Gap,
    page::{Page, Unseen},
    question::Question,
};

/// How many accounts getLatestOnlineWhatsAccount has of an agent.
const RECENT_ACCOUNTS: usize = 10;
/// How many accounts of an agent are asked for in a round.
const MOST_ACCOUNTS: usize = 100;

/// How late a record may appear in the log, in milliseconds, and still be found.
pub const LATEST_APPEARANCE: i64 = 15 * 60_000;

/// A time before the earliest record of a full page in which more records may still appear, unseen.
pub struct LateCheck {
    pub agent_account: String,
    pub unseen: Unseen,
    /// When it is checked. Not later, so that a start need not look back further than twice [`LATEST_APPEARANCE`].
    pub due: i64,
}

/// See the [module](self).
pub struct Narrowing {
    pub source: Source,
    pub user_id: UserId,
    agent_account: String,
    unseen: Unseen,
    /// Whether it is known which accounts may have been missed.
    is_complete: bool,
    is_asked_for_recent: bool,
    accounts: BTreeSet<WhatsAppNumber>,
    open: Vec<(WhatsAppNumber, i64)>,
}

impl Narrowing {
    /// Begins with the accounts that are known to have been with the agent.
    pub fn new(
        (source, user_id): (Source, UserId),
        agent_account: String,
        unseen: Unseen,
        accounts: BTreeSet<WhatsAppNumber>,
    ) -> Self {
        Self {
            source,
            user_id,
            agent_account,
            unseen,
            is_complete: false,
            is_asked_for_recent: false,
            accounts,
            open: Vec::new(),
        }
    }

    /// Returns what to ask next.
    pub fn question(&self) -> Option<Question> {
        let (source, user_id) = (self.source, self.user_id);
        if !self.is_asked_for_recent {
            return Some(Question::Recent { source, user_id });
        }
        self.accounts.first().map(|account| Question::Log { source, whats_app: Some(*account) })
    }

    /// Takes the accounts that were online last.
    pub fn take_recent(&mut self, answer: Vec<AgentRecentAccounts>, is_whole: bool) {
        self.is_asked_for_recent = true;
        let agents = answer.into_iter().filter(|agent| agent.user_id == self.user_id);
        let accounts: Vec<_> = agents.flat_map(|agent| agent.whats_app_list).map(|account| account.whats_app).collect();
        self.is_complete = is_whole && (1..RECENT_ACCOUNTS).contains(&accounts.len());
        self.accounts.extend(accounts);
        if self.accounts.len() > MOST_ACCOUNTS {
            self.give_up();
        }
    }

    /// Takes the log of the account that was asked for; `None` if the agent has no records there. Returns up to which time its
    /// records were missing, or `None` if they still are because not all of the answer could be read.
    pub fn take_account(&mut self, page: Option<&Page>, is_whole: bool) -> Option<i64> {
        let account = self.accounts.pop_first()?;
        let to = self.unseen.to;
        if !is_whole {
            self.open.push((account, to));
            return None;
        }
        let Some(page) = page.filter(|page| page.is_cut) else { return Some(to) };
        if let Some(end) = page.end()
            && self.unseen.from.is_none_or(|from| end >= from)
        {
            self.open.push((account, end));
        }
        Some(to)
    }

    /// Asks nothing more.
    pub fn give_up(&mut self) {
        self.is_asked_for_recent = true;
        self.is_complete = false;
        self.accounts.clear();
    }

    /// Returns what stays open.
    pub fn gaps(self) -> Vec<Gap> {
        let Unseen { from, to } = self.unseen;
        let gap = |whats_app, to| Gap {
            source: self.source,
            user_id: self.user_id,
            agent_account: self.agent_account.clone(),
            whats_app,
            from,
            to,
        };
        if self.is_complete {
            self.open.iter().map(|(account, end)| gap(Some(*account), *end)).collect()
        } else {
            vec![gap(None, to)]
        }
    }
}
