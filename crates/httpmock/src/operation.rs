//! The operations as types, so that the compiler checks the data of a mock.

use group_dispatch_types::{AccountLocation, AgentRecentAccounts, AgentStatusLog, NoData, OnlineAgent, SourceGroup};
use httpmock::{Method::POST, When};
use serde::Serialize;

use crate::operations::{
    GetLatestOnlineWhatsAccountWhen, QueryAllOlWhatsAppInfoWhen, QueryUserStatusLogWhen, QueryUserStatusWhen,
    QueryWhatsAppInfoWhen,
};

/// One of the five operations, or any of them: [`AnyOperation`].
pub trait MockOperation: Copy + sealed::Requests + 'static {
    /// The data of a successful response.
    type Data: Default + Serialize;
}

mod sealed {
    pub trait Requests {
        /// Restricts a mock to the operation's requests.
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
    /// The online agents of a source, with their accounts.
    QueryUserStatus => Vec<OnlineAgent>, |when| QueryUserStatusWhen::new(when).into_inner();
    /// All online agents and their accounts, by source.
    QueryAllOlWhatsAppInfo => Vec<SourceGroup>, |when| QueryAllOlWhatsAppInfoWhen::new(when).into_inner();
    /// Where one account is online.
    QueryWhatsAppInfo => Option<AccountLocation>, |when| QueryWhatsAppInfoWhen::new(when).into_inner();
    /// The latest status events of each agent.
    QueryUserStatusLog => Vec<AgentStatusLog>, |when| QueryUserStatusLogWhen::new(when).into_inner();
    /// The accounts of each agent that came online last.
    GetLatestOnlineWhatsAccount => Vec<AgentRecentAccounts>,
        |when| GetLatestOnlineWhatsAccountWhen::new(when).into_inner();
    /// All five operations, which share the responses and the recorded calls.
    AnyOperation => NoData, |when| when.method(POST).path_prefix("/group-dispatch-api/user/");
}
