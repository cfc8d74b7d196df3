// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml and openapi/ingest.yaml and openapi/history.yaml: change that file instead.

/// The request of an operation. Implemented by the request types of the contracts only.
pub trait Request {
    /// What the operation returns in `data`.
    type Data;
    /// The operation.
    const OPERATION: Operation;
}
/// A contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Contract {
    /// `openapi/group-dispatch.yaml`
    Queries,
    /// `openapi/ingest.yaml`
    Ingest,
    /// `openapi/history.yaml`
    History,
}
/// An operation of the contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Operation {
    /// Online agents and their WhatsApp accounts.
    QueryUserStatus,
    /// All online agents and WhatsApp accounts, by source.
    QueryAllOlWhatsAppInfo,
    /// Where one WhatsApp account is online.
    QueryWhatsAppInfo,
    /// Status logs of agents' WhatsApp accounts.
    QueryUserStatusLog,
    /// The WhatsApp accounts that came online last.
    GetLatestOnlineWhatsAccount,
    /// Feed status events.
    StatusEvents,
    /// Store what a mirror of the vendor found out.
    MirroredFacts,
    /// Keep a callback of the vendor for the operator.
    VendorCallback,
    /// Read status events.
    HistoryEvents,
    /// Read what nobody could see.
    HistoryGaps,
    /// Read how up to date each source is.
    HistoryFreshness,
    /// Read changes as they come.
    HistoryChanges,
    /// Read sessions.
    HistorySessions,
    /// Read the time online of agents, accounts and days.
    HistoryReport,
}
impl Operation {
    /// All of them, in the order of the contracts.
    pub const ALL: [Self; 14usize] = [
        Self::QueryUserStatus,
        Self::QueryAllOlWhatsAppInfo,
        Self::QueryWhatsAppInfo,
        Self::QueryUserStatusLog,
        Self::GetLatestOnlineWhatsAccount,
        Self::StatusEvents,
        Self::MirroredFacts,
        Self::VendorCallback,
        Self::HistoryEvents,
        Self::HistoryGaps,
        Self::HistoryFreshness,
        Self::HistoryChanges,
        Self::HistorySessions,
        Self::HistoryReport,
    ];
    /// Returns its operationId.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::QueryUserStatus => "queryUserStatus",
            Self::QueryAllOlWhatsAppInfo => "queryAllOlWhatsAppInfo",
            Self::QueryWhatsAppInfo => "queryWhatsAppInfo",
            Self::QueryUserStatusLog => "queryUserStatusLog",
            Self::GetLatestOnlineWhatsAccount => "getLatestOnlineWhatsAccount",
            Self::StatusEvents => "statusEvents",
            Self::MirroredFacts => "mirroredFacts",
            Self::VendorCallback => "vendorCallback",
            Self::HistoryEvents => "historyEvents",
            Self::HistoryGaps => "historyGaps",
            Self::HistoryFreshness => "historyFreshness",
            Self::HistoryChanges => "historyChanges",
            Self::HistorySessions => "historySessions",
            Self::HistoryReport => "historyReport",
        }
    }
    /// Returns its path, below the base URL.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::QueryUserStatus => "/group-dispatch-api/user/queryUserStatus",
            Self::QueryAllOlWhatsAppInfo => {
                "/group-dispatch-api/user/queryAllOlWhatsAppInfo"
            }
            Self::QueryWhatsAppInfo => "/group-dispatch-api/user/queryWhatsAppInfo",
            Self::QueryUserStatusLog => "/group-dispatch-api/user/queryUserStatusLog",
            Self::GetLatestOnlineWhatsAccount => {
                "/group-dispatch-api/user/getLatestOnlineWhatsAccount"
            }
            Self::StatusEvents => "/ingest/v1/status-events",
            Self::MirroredFacts => "/ingest/v1/mirrored-facts",
            Self::VendorCallback => "/ingest/v1/vendor-callback",
            Self::HistoryEvents => "/history/v1/events",
            Self::HistoryGaps => "/history/v1/gaps",
            Self::HistoryFreshness => "/history/v1/freshness",
            Self::HistoryChanges => "/history/v1/changes",
            Self::HistorySessions => "/history/v1/sessions",
            Self::HistoryReport => "/history/v1/report",
        }
    }
    /// Returns the operation with this path.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        match path {
            "/group-dispatch-api/user/queryUserStatus" => Some(Self::QueryUserStatus),
            "/group-dispatch-api/user/queryAllOlWhatsAppInfo" => {
                Some(Self::QueryAllOlWhatsAppInfo)
            }
            "/group-dispatch-api/user/queryWhatsAppInfo" => Some(Self::QueryWhatsAppInfo),
            "/group-dispatch-api/user/queryUserStatusLog" => {
                Some(Self::QueryUserStatusLog)
            }
            "/group-dispatch-api/user/getLatestOnlineWhatsAccount" => {
                Some(Self::GetLatestOnlineWhatsAccount)
            }
            "/ingest/v1/status-events" => Some(Self::StatusEvents),
            "/ingest/v1/mirrored-facts" => Some(Self::MirroredFacts),
            "/ingest/v1/vendor-callback" => Some(Self::VendorCallback),
            "/history/v1/events" => Some(Self::HistoryEvents),
            "/history/v1/gaps" => Some(Self::HistoryGaps),
            "/history/v1/freshness" => Some(Self::HistoryFreshness),
            "/history/v1/changes" => Some(Self::HistoryChanges),
            "/history/v1/sessions" => Some(Self::HistorySessions),
            "/history/v1/report" => Some(Self::HistoryReport),
            _ => None,
        }
    }
    /// Returns its contract.
    #[must_use]
    pub const fn contract(self) -> Contract {
        match self {
            Self::QueryUserStatus => Contract::Queries,
            Self::QueryAllOlWhatsAppInfo => Contract::Queries,
            Self::QueryWhatsAppInfo => Contract::Queries,
            Self::QueryUserStatusLog => Contract::Queries,
            Self::GetLatestOnlineWhatsAccount => Contract::Queries,
            Self::StatusEvents => Contract::Ingest,
            Self::MirroredFacts => Contract::Ingest,
            Self::VendorCallback => Contract::Ingest,
            Self::HistoryEvents => Contract::History,
            Self::HistoryGaps => Contract::History,
            Self::HistoryFreshness => Contract::History,
            Self::HistoryChanges => Contract::History,
            Self::HistorySessions => Contract::History,
            Self::HistoryReport => Contract::History,
        }
    }
    /// Returns whether it is a query: of the vendor's contract, `group-dispatch.yaml`.
    #[must_use]
    pub const fn is_query(self) -> bool {
        matches!(self.contract(), Contract::Queries)
    }
    /// Returns whether a request may be sent again without harm (`x-idempotent`).
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        match self {
            Self::QueryUserStatus => true,
            Self::QueryAllOlWhatsAppInfo => true,
            Self::QueryWhatsAppInfo => true,
            Self::QueryUserStatusLog => true,
            Self::GetLatestOnlineWhatsAccount => true,
            Self::StatusEvents => true,
            Self::MirroredFacts => true,
            Self::VendorCallback => true,
            Self::HistoryEvents => true,
            Self::HistoryGaps => true,
            Self::HistoryFreshness => true,
            Self::HistoryChanges => true,
            Self::HistorySessions => true,
            Self::HistoryReport => true,
        }
    }
    /// Returns how many requests a second a tenant may send (`x-requests-per-second`).
    #[must_use]
    pub const fn requests_per_second(self) -> u32 {
        match self {
            Self::QueryUserStatus => 50u32,
            Self::QueryAllOlWhatsAppInfo => 50u32,
            Self::QueryWhatsAppInfo => 50u32,
            Self::QueryUserStatusLog => 50u32,
            Self::GetLatestOnlineWhatsAccount => 50u32,
            Self::StatusEvents => 50u32,
            Self::MirroredFacts => 50u32,
            Self::VendorCallback => 50u32,
            Self::HistoryEvents => 50u32,
            Self::HistoryGaps => 50u32,
            Self::HistoryFreshness => 50u32,
            Self::HistoryChanges => 50u32,
            Self::HistorySessions => 10u32,
            Self::HistoryReport => 5u32,
        }
    }
}
impl Request for crate::QueryUserStatusRequest {
    type Data = Vec<crate::OnlineAgent>;
    const OPERATION: Operation = Operation::QueryUserStatus;
}
impl Request for crate::NoParameters {
    type Data = Vec<crate::SourceGroup>;
    const OPERATION: Operation = Operation::QueryAllOlWhatsAppInfo;
}
impl Request for crate::QueryWhatsAppInfoRequest {
    type Data = Option<crate::AccountLocation>;
    const OPERATION: Operation = Operation::QueryWhatsAppInfo;
}
impl Request for crate::QueryUserStatusLogRequest {
    type Data = Vec<crate::AgentStatusLog>;
    const OPERATION: Operation = Operation::QueryUserStatusLog;
}
impl Request for crate::GetLatestOnlineWhatsAccountRequest {
    type Data = Vec<crate::AgentRecentAccounts>;
    const OPERATION: Operation = Operation::GetLatestOnlineWhatsAccount;
}
impl Request for crate::ingest::StatusEventsRequest {
    type Data = crate::ingest::Receipt;
    const OPERATION: Operation = Operation::StatusEvents;
}
impl Request for crate::ingest::MirroredFactsRequest {
    type Data = crate::ingest::MirroredFactsReceipt;
    const OPERATION: Operation = Operation::MirroredFacts;
}
impl Request for crate::ingest::VendorCallbackRequest {
    type Data = crate::ingest::VendorCallbackReceipt;
    const OPERATION: Operation = Operation::VendorCallback;
}
impl Request for crate::history::HistoryEventsRequest {
    type Data = crate::history::HistoryPage;
    const OPERATION: Operation = Operation::HistoryEvents;
}
impl Request for crate::history::HistoryGapsRequest {
    type Data = crate::history::GapPage;
    const OPERATION: Operation = Operation::HistoryGaps;
}
impl Request for crate::history::HistoryFreshnessRequest {
    type Data = crate::history::FreshnessReport;
    const OPERATION: Operation = Operation::HistoryFreshness;
}
impl Request for crate::history::HistoryChangesRequest {
    type Data = crate::history::ChangePage;
    const OPERATION: Operation = Operation::HistoryChanges;
}
impl Request for crate::history::HistorySessionsRequest {
    type Data = crate::history::SessionPage;
    const OPERATION: Operation = Operation::HistorySessions;
}
impl Request for crate::history::HistoryReportRequest {
    type Data = crate::history::HistoryReport;
    const OPERATION: Operation = Operation::HistoryReport;
}
