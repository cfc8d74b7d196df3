//! Which operation a mock stands for, as a type: its data is then checked by the compiler.

use group_dispatch_types::{AccountLocation, AgentRecentAccounts, AgentStatusLog, NoData, OnlineAgent, SourceGroup};
use httpmock::{Method::POST, When};
use serde::Serialize;

use crate::operations::{
    GetLatestOnlineWhatsAccountWhen, QueryAllOlWhatsAppInfoWhen, QueryUserStatusLogWhen, QueryUserStatusWhen,
    QueryWhatsAppInfoWhen,
};

/// One of the five operations, or any of them: [`AnyOperation`].
pub trait MockOperation: Copy + sealed::Requests + 'static {
    /// What the operation answers when all is well.
    type Data: Default + Serialize;
}

mod sealed {
    pub trait Requests {
        /// Narrows a mock to the operation's requests.
        fn requests(self, when: httpmock::When) -> httpmock::When;
    }
}

macro_rules! operations {
    ($($(#[$attribute:meta])* $operation:ident => $data:ty, |$when:ident| $requests:expr;)*) => {
        $(
            $(#[$attribute])*
            #[derive(Clone, Copy, Debug)]
            pub struct $operation;

            impl MockOperation for $operation {
                type Data = $data;
            }

            impl sealed::Requests for $operation {
                fn requests(self, $when: When) -> When {
                    $requests
                }
            }
        )*
    };
}

operations! {
    /// Agents that are online at a source, with their accounts.
    QueryUserStatus => Vec<OnlineAgent>, |when| QueryUserStatusWhen::new(when).into_inner();
    /// All online agents and their accounts, by source.
    QueryAllOlWhatsAppInfo => Vec<SourceGroup>, |when| QueryAllOlWhatsAppInfoWhen::new(when).into_inner();
    /// Where one account is online.
    QueryWhatsAppInfo => Option<AccountLocation>, |when| QueryWhatsAppInfoWhen::new(when).into_inner();
    /// Each agent's latest status events.
    QueryUserStatusLog => Vec<AgentStatusLog>, |when| QueryUserStatusLogWhen::new(when).into_inner();
    /// Each agent's accounts that came online last.
    GetLatestOnlineWhatsAccount => Vec<AgentRecentAccounts>,
        |when| GetLatestOnlineWhatsAccountWhen::new(when).into_inner();
    /// All five, for trouble that doesn't ask which: they share the answers and the count.
    AnyOperation => NoData, |when| when.method(POST).path_prefix("/group-dispatch-api/user/");
}
