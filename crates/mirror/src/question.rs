//! What a mirror asks the vendor and the store, and their answers.

use std::time::Duration;

use group_dispatch_types::{
    AccountStatus, AgentRecentAccounts, AgentStatusLog, OnlineAccount, OnlineAgent, Operation, Source, SourceGroup,
    StatusDetail, UserId, WhatsAppNumber,
};

/// A question to the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// queryAllOlWhatsAppInfo.
    AllOnline,
    /// queryUserStatus, all agents of a source.
    OnlineAt(Source),
    /// queryUserStatusLog.
    Log {
        /// The source.
        source: Source,
        /// The account, or `None` for all.
        whats_app: Option<WhatsAppNumber>,
    },
    /// getLatestOnlineWhatsAccount.
    Recent {
        /// The source.
        source: Source,
        /// The agent.
        user_id: UserId,
    },
}

impl Question {
    /// Returns the operation that answers it.
    #[must_use]
    pub const fn operation(self) -> Operation {
        match self {
            Self::AllOnline => Operation::QueryAllOlWhatsAppInfo,
            Self::OnlineAt(_) => Operation::QueryUserStatus,
            Self::Log { .. } => Operation::QueryUserStatusLog,
            Self::Recent { .. } => Operation::GetLatestOnlineWhatsAccount,
        }
    }
}

/// What came of a question to the vendor. Times are in Unix epoch milliseconds.
pub struct Reply {
    /// When the request was sent, by this machine's clock.
    pub sent: i64,
    /// When its outcome was known.
    pub received: i64,
    /// The header `Date`, by the vendor's clock.
    pub date: Option<i64>,
    /// The answer. One that was cut is a failure.
    pub outcome: Result<Answer, Failure>,
    /// Whether every element of the answer could be read. Of one with elements that could not, only what is there counts, not
    /// what is absent.
    pub is_whole: bool,
}

/// The data of an answer.
pub enum Answer {
    /// To [`Question::AllOnline`].
    AllOnline(Vec<SourceGroup>),
    /// To [`Question::OnlineAt`].
    OnlineAt(Vec<OnlineAgent>),
    /// To [`Question::Log`].
    Log(Vec<AgentStatusLog>),
    /// To [`Question::Recent`].
    Recent(Vec<AgentRecentAccounts>),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A later try may succeed, after this time if the vendor gave one.
    Temporary(Option<Duration>),
    /// The vendor does not answer this question.
    Refused,
}

/// A question to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recall {
    /// The latest look at some sources, and who is online there.
    Online(Vec<Source>),
    /// The latest records of an agent at a source: at least as many as a page of the vendor has.
    Known(Source, UserId),
}

/// What the store answers.
pub enum Memory {
    /// To [`Recall::Online`]: each of the sources.
    Online(Vec<OnlineAccounts>),
    /// To [`Recall::Known`]: in any order.
    Known(Vec<KnownRecord>),
}

/// Who is online at a source, as the store says.
#[derive(Clone, PartialEq, Eq)]
pub struct OnlineAccounts {
    /// The source.
    pub source: Source,
    /// When the latest look at the source was, by this machine's clock.
    pub last_look: Option<i64>,
    /// When its log was last read, as that look says.
    pub log_read: Option<i64>,
    /// The accounts that are online.
    pub accounts: Vec<(WhatsAppNumber, AccountHolder)>,
}

impl OnlineAccounts {
    /// Makes it of an answer of queryUserStatus about all agents of the source.
    #[must_use]
    pub fn new(source: Source, last_look: Option<i64>, log_read: Option<i64>, agents: Vec<OnlineAgent>) -> Self {
        let accounts = agents.into_iter().flat_map(|OnlineAgent { user_id, whats_app_list, .. }| {
            let account =
                move |account: OnlineAccount| (account.whats_app, AccountHolder { user_id, name: account.name });
            whats_app_list.into_iter().map(account)
        });
        Self { source, last_look, log_read, accounts: accounts.collect() }
    }
}

/// An account that is online.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountHolder {
    /// The agent with which it is online.
    pub user_id: UserId,
    /// Its nickname.
    pub name: Option<String>,
}

/// A record that is stored, without what may be renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRecord {
    /// The account.
    pub whats_app: WhatsAppNumber,
    /// Its status.
    pub status: AccountStatus,
    /// What happened.
    pub detail_status: StatusDetail,
    /// When it happened, in Unix epoch milliseconds by the vendor's clock.
    pub at: i64,
}
