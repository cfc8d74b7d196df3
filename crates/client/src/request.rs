//! The request types of the operations: [`Request`] ties each to its operation, its data and its generated method.

use std::future::Future;

use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentStatusLog, GetLatestOnlineWhatsAccountRequest, NoParameters,
    OnlineAgent, QueryUserStatusLogRequest, QueryUserStatusRequest, QueryWhatsAppInfoRequest, SourceGroup,
    ingest::{Receipt, StatusEventsRequest},
};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::Response;
use serde::Serialize;

use crate::{
    Error, attempt::Attempt, decode::decode, generated, generated_ingest, generated_operations as operations,
    operation::Operation,
};

/// `Send`, except in a browser, which has a single thread.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send> MaybeSend for T {}
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T> MaybeSend for T {}

/// A request of one of the operations. Implemented by their request types only.
pub trait Request: Serialize + Clone + Send + Sync + 'static {
    /// The data of a successful response.
    type Data: Send + 'static;

    #[doc(hidden)]
    const OPERATION: Operation;

    #[doc(hidden)]
    fn send(&self, attempt: &Attempt) -> impl Future<Output = Result<Self::Data, Error>> + MaybeSend;
}

macro_rules! requests {
    ($($request:ty => $method:ident, $operation:ident, $data:ty;)*) => {
        $(impl Request for $request {
            type Data = $data;

            const OPERATION: Operation = operations::$operation;

            async fn send(&self, attempt: &Attempt) -> Result<$data, Error> {
                decode(query_client(attempt).$method(self).await, attempt)
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
        decode(ingest_client(attempt).status_events(attempt.feed_order(), self).await, attempt)
    }
}

fn query_client(attempt: &Attempt) -> generated::Client {
    generated::Client::new_with_client(attempt.base_url(), attempt.http_client().clone(), attempt.clone())
}

fn ingest_client(attempt: &Attempt) -> generated_ingest::Client {
    generated_ingest::Client::new_with_client(attempt.base_url(), attempt.http_client().clone(), attempt.clone())
}

impl ClientHooks<Attempt> for generated::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<Response> {
        self.inner().execute(request).await
    }
}

impl ClientHooks<Attempt> for generated_ingest::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<Response> {
        self.inner().execute(request).await
    }
}
