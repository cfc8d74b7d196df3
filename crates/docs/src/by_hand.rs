//! What the docs know about an operation beside the contract: the names of its method and subcommand, and its Rust sample.
//!
//! `names` and `samples` use it. A new operation needs a row in [`by_hand`] and a file in `examples`; the tests of both
//! modules report a missing row.

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

/// Returns the row of an operation, or `None` if it has none.
pub fn by_hand(operation: Operation) -> Option<ByHand> {
    let (method, command, rust_sample) = match operation {
        Operation::QueryUserStatus => ("online_agents", Some("online"), sample!("query_user_status")),
        Operation::QueryAllOlWhatsAppInfo => ("all_online", Some("all"), sample!("query_all_ol_whats_app_info")),
        Operation::QueryWhatsAppInfo => ("account_location", Some("account"), sample!("query_whats_app_info")),
        Operation::QueryUserStatusLog => ("status_log", Some("log"), sample!("query_user_status_log")),
        Operation::GetLatestOnlineWhatsAccount => {
            ("recent_accounts", Some("recent"), sample!("get_latest_online_whats_account"))
        }
        Operation::StatusEvents => ("feed", None, None),
        _ => return None,
    };
    Some(ByHand { method, command, rust_sample })
}
