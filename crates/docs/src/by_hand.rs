//! What the docs know about an operation beside the contract: the names of its method and subcommand, and its Rust sample.
//!
//! `names` and `samples` use it. An operation without a row in [`by_hand`] is sent with `Client::query`, and has neither a
//! subcommand nor a Rust sample.

use group_dispatch_types::Operation;

/// What does not follow from the contract.
pub struct ByHand {
    /// The method of `group_dispatch_client::Client`.
    pub method: &'static str,
    /// The subcommand of `group-dispatch`.
    pub command: Option<&'static str>,
    /// The name and the content of its Rust sample.
    pub rust_sample: Option<(&'static str, &'static str)>,
}

macro_rules! sample {
    ($name:literal) => {
        Some((concat!($name, ".rs"), include_str!(concat!("../examples/", $name, ".rs"))))
    };
}

/// Returns what is known about an operation.
pub fn by_hand(operation: Operation) -> ByHand {
    let (method, command, rust_sample) = match operation {
        Operation::QueryUserStatus => ("online_agents", Some("online"), sample!("query_user_status")),
        Operation::QueryAllOlWhatsAppInfo => ("all_online", Some("all"), sample!("query_all_ol_whats_app_info")),
        Operation::QueryWhatsAppInfo => ("account_location", Some("account"), sample!("query_whats_app_info")),
        Operation::QueryUserStatusLog => ("status_log", Some("log"), sample!("query_user_status_log")),
        Operation::GetLatestOnlineWhatsAccount => {
            ("recent_accounts", Some("recent"), sample!("get_latest_online_whats_account"))
        }
        Operation::StatusEvents => ("feed", None, None),
        Operation::MirroredFacts => ("mirrored_facts", Some("mirror"), None),
        Operation::HistoryEvents => ("history", Some("history"), None),
        Operation::HistoryGaps => ("gaps", Some("history --gaps"), None),
        Operation::HistoryChanges => ("changes", None, None),
        Operation::HistoryFreshness => ("freshness", Some("mirror status"), None),
        Operation::HistorySessions => ("sessions", Some("history --sessions"), None),
        Operation::HistoryReport => ("report", Some("report"), None),
        _ => ("query", None, None),
    };
    ByHand { method, command, rust_sample }
}
