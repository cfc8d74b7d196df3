//! What a mirror stores.

use std::collections::VecDeque;

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber, ingest::PresenceChange};

/// How many facts of a kind are stored in one step.
pub const MOST_FACTS: usize = if cfg!(test) { 20 } else { 5_000 };

/// Facts that are stored in one step, all or none.
///
/// Times of records, observations and gaps are by the vendor's clock, in Unix epoch milliseconds; that of a look is by this
/// machine's clock.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Good answers about who is online.
    pub looks: Vec<Look>,
    /// Records of the vendor's log, oldest first.
    pub logged: Vec<Logged>,
    /// What no record explains.
    pub observed: Vec<Observed>,
    /// What the vendor's log may have had and nobody could see.
    pub gaps: Vec<Gap>,
}

impl Facts {
    /// Returns whether there is nothing to store.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.looks.is_empty() && self.logged.is_empty() && self.observed.is_empty() && self.gaps.is_empty()
    }
}

impl Facts {
    /// Divides what the looks show into parts that are stored one after the other. The looks are stored with the last one.
    pub(crate) fn into_parts(self) -> VecDeque<Self> {
        let Self { looks, logged, mut observed, gaps } = self;
        let mut parts = VecDeque::new();
        while observed.len() > MOST_FACTS {
            let later = observed.split_off(MOST_FACTS);
            let looks = looks.iter().map(|look| Look { is_partial: true, ..*look }).collect();
            parts.push_back(Self { looks, observed, ..Self::default() });
            observed = later;
        }
        parts.push_back(Self { looks, logged, observed, gaps });
        parts
    }
}

/// A good answer about who is online at a source.
///
/// It is stored only if `after` is the latest look that is stored of the source. So all looks of a source are in one order,
/// and what is observed between two of them is stored once, whoever polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The source.
    pub source: Source,
    /// When it was asked, by this machine's clock.
    pub at: i64,
    /// The look before, or `None` if there was none.
    pub after: Option<i64>,
    /// Whether other facts follow with more of what it shows: then it is compared with the latest look, and not stored yet.
    pub is_partial: bool,
    /// Whether nobody was blind since the look before: otherwise a new stretch of looks begins.
    pub continues: bool,
    /// When the log of the source was last read, by this machine's clock; `None` if never. A later start goes on from there.
    pub log_read: Option<i64>,
    /// By how many milliseconds the vendor's clock was ahead.
    pub clock_offset: i64,
    /// By how many milliseconds that may be wrong.
    pub uncertainty: i64,
    /// How many requests were sent to the vendor in the minute before, about all sources together; fewer shortly after a
    /// start.
    pub requests_per_minute: u32,
    /// The time between two rounds, in milliseconds.
    pub interval: i64,
}

/// A record of queryUserStatusLog.
///
/// It is the same record as another one if source, agent id, account, status, detail, time and ordinal are equal, whatever
/// the names are now.
#[derive(Clone, PartialEq, Eq)]
pub struct Logged {
    /// The source whose log has it.
    pub source: Source,
    /// The agent's id.
    pub user_id: UserId,
    /// The agent's login account.
    pub agent_account: String,
    /// The agent's name, if an answer about who is online had it.
    pub user_name: Option<String>,
    /// The account.
    pub whats_app: WhatsAppNumber,
    /// The account's nickname.
    pub name: Option<String>,
    /// The account's country.
    pub country_code: String,
    /// The account's status.
    pub status: AccountStatus,
    /// What happened.
    pub detail_status: StatusDetail,
    /// When it happened, a whole second.
    pub at: i64,
    /// Which of several records that are equal in all of this, counted from 0.
    pub ordinal: u32,
}

/// What two good answers differ by.
#[derive(Clone, PartialEq, Eq)]
pub struct Observed {
    /// The source.
    pub source: Source,
    /// Whether the account came or went.
    pub change: PresenceChange,
    /// The agent with which the account is, or was.
    pub user_id: UserId,
    /// The agent's login account; empty if the answer has none.
    pub agent_account: String,
    /// The agent's name, if the answer has one.
    pub user_name: Option<String>,
    /// The account.
    pub whats_app: WhatsAppNumber,
    /// The account's nickname, if the answer has one.
    pub name: Option<String>,
    /// The look that did not show it yet; `None` if nobody had looked.
    pub not_before: Option<i64>,
    /// The look that showed it.
    pub not_after: i64,
}

/// A time of which the vendor's log may have had more records of an agent than could be seen. Both ends belong to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Gap {
    /// The source.
    pub source: Source,
    /// The agent's id.
    pub user_id: UserId,
    /// The agent's login account.
    pub agent_account: String,
    /// The account, or `None` for all accounts of the agent.
    pub whats_app: Option<WhatsAppNumber>,
    /// The latest record before, or `None` if there is none.
    pub from: Option<i64>,
    /// The earliest record after.
    pub to: i64,
}
