//! The five questions, and feeding: what goes with each request type.

use std::future::Future;

use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentStatusLog, GetLatestOnlineWhatsAccountRequest, NoParameters,
    OnlineAgent, QueryUserStatusLogRequest, QueryUserStatusRequest, QueryWhatsAppInfoRequest, SourceGroup,
    ingest::{Receipt, StatusEventsRequest},
};
use serde::Serialize;

use crate::{Error, attempt::Attempt, envelope, generated_operations as operations, operation::Operation};

/// What crosses threads natively; a browser has but one.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send> MaybeSend for T {}
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T> MaybeSend for T {}

/// A request of one of the operations; implemented by their request types alone.
pub trait Request: Serialize + Clone + Send + Sync + 'static {
    /// What the answer holds.
    type Data: Send + 'static;

    #[doc(hidden)]
    const OPERATION: Operation;

    #[doc(hidden)]
    fn send(&self, attempt: &Attempt) -> impl Future<Output = Result<Self::Data, Error>> + MaybeSend;
}

macro_rules! requests {
    ($($request:ty => $send:ident, $operation:ident, $data:ty;)*) => {
        $(impl Request for $request {
            type Data = $data;

            const OPERATION: Operation = operations::$operation;

            async fn send(&self, attempt: &Attempt) -> Result<$data, Error> {
                envelope::open(attempt.client().$send(self).await, attempt)
            }
        })*
    };
}

requests! {
    QueryUserStatusRequest => query_user_status, QUERY_USER_STATUS, Vec<OnlineAgent>;
    NoParameters => query_all_ol_whats_app_info, QUERY_ALL_OL_WHATS_APP_INFO, Vec<SourceGroup>;
    QueryWhatsAppInfoRequest => query_whats_app_info, QUERY_WHATS_APP_INFO, Option<AccountLocation>;
    QueryUserStatusLogRequest => query_user_status_log, QUERY_USER_STATUS_LOG, Vec<AgentStatusLog>;
    GetLatestOnlineWhatsAccountRequest =>
        get_latest_online_whats_account, GET_LATEST_ONLINE_WHATS_ACCOUNT, Vec<AgentRecentAccounts>;
}

impl Request for StatusEventsRequest {
    type Data = Receipt;

    const OPERATION: Operation = operations::STATUS_EVENTS;

    async fn send(&self, attempt: &Attempt) -> Result<Receipt, Error> {
        envelope::open(attempt.ingest_client().status_events(attempt.feed_order(), self).await, attempt)
    }
}
