// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml and openapi/ingest.yaml and openapi/history.yaml: change that file instead.

use axum::{extract::Request, http::{HeaderMap, Response}};
use group_dispatch_types::Operation;
use crate::http::{
    body::ResponseBody, caller::Caller, error::ApiError, json_body::JsonBody,
};
/// The operations of the contracts.
pub trait Operations: Sized {
    /// Online agents and their WhatsApp accounts.
    async fn query_user_status(
        self,
        request: ::group_dispatch_types::QueryUserStatusRequest,
    ) -> Result<JsonBody<::group_dispatch_types::QueryUserStatusResponse>, ApiError>;
    /// All online agents and WhatsApp accounts, by source.
    async fn query_all_ol_whats_app_info(
        self,
        request: ::group_dispatch_types::NoParameters,
    ) -> Result<
        JsonBody<::group_dispatch_types::QueryAllOlWhatsAppInfoResponse>,
        ApiError,
    >;
    /// Where one WhatsApp account is online.
    async fn query_whats_app_info(
        self,
        request: ::group_dispatch_types::QueryWhatsAppInfoRequest,
    ) -> Result<JsonBody<::group_dispatch_types::QueryWhatsAppInfoResponse>, ApiError>;
    /// Status logs of agents' WhatsApp accounts.
    async fn query_user_status_log(
        self,
        request: ::group_dispatch_types::QueryUserStatusLogRequest,
    ) -> Result<JsonBody<::group_dispatch_types::QueryUserStatusLogResponse>, ApiError>;
    /// The WhatsApp accounts that came online last.
    async fn get_latest_online_whats_account(
        self,
        request: ::group_dispatch_types::GetLatestOnlineWhatsAccountRequest,
    ) -> Result<
        JsonBody<::group_dispatch_types::GetLatestOnlineWhatsAccountResponse>,
        ApiError,
    >;
    /// Feed status events.
    async fn status_events(
        self,
        request: &mut Request,
    ) -> Result<
        JsonBody<::group_dispatch_types::ingest::StatusEventsResponse>,
        ApiError,
    >;
    /// Store what a mirror of the vendor found out.
    async fn mirrored_facts(
        self,
        request: &mut Request,
    ) -> Result<
        JsonBody<::group_dispatch_types::ingest::MirroredFactsResponse>,
        ApiError,
    >;
    /// Keep a callback of the vendor for the operator.
    async fn vendor_callback(
        self,
        request: &mut Request,
    ) -> Result<
        JsonBody<::group_dispatch_types::ingest::VendorCallbackResponse>,
        ApiError,
    >;
    /// Read status events.
    async fn history_events(
        self,
        request: ::group_dispatch_types::history::HistoryEventsRequest,
    ) -> Result<
        JsonBody<::group_dispatch_types::history::HistoryEventsResponse>,
        ApiError,
    >;
    /// Read what nobody could see.
    async fn history_gaps(
        self,
        request: ::group_dispatch_types::history::HistoryGapsRequest,
    ) -> Result<
        JsonBody<::group_dispatch_types::history::HistoryGapsResponse>,
        ApiError,
    >;
    /// Read how up to date each source is.
    async fn history_freshness(
        self,
        request: ::group_dispatch_types::history::HistoryFreshnessRequest,
    ) -> Result<
        JsonBody<::group_dispatch_types::history::HistoryFreshnessResponse>,
        ApiError,
    >;
    /// Read changes as they come.
    async fn history_changes(
        self,
        request: ::group_dispatch_types::history::HistoryChangesRequest,
        headers: HeaderMap,
    ) -> Result<Response<ResponseBody>, ApiError>;
    /// Read sessions.
    async fn history_sessions(
        self,
        request: ::group_dispatch_types::history::HistorySessionsRequest,
    ) -> Result<
        JsonBody<::group_dispatch_types::history::HistorySessionsResponse>,
        ApiError,
    >;
    /// Read the time online of agents, accounts and days.
    async fn history_report(
        self,
        request: ::group_dispatch_types::history::HistoryReportRequest,
    ) -> Result<
        JsonBody<::group_dispatch_types::history::HistoryReportResponse>,
        ApiError,
    >;
}
/// Reads the request of an operation and calls its method.
pub async fn dispatch(
    operation: Operation,
    caller: Caller<'_>,
    request: &mut Request,
) -> Result<Response<ResponseBody>, ApiError> {
    match operation {
        Operation::QueryUserStatus => {
            let request = caller.read_json(request).await?;
            Ok(caller.query_user_status(request).await?.into_any().into_response())
        }
        Operation::QueryAllOlWhatsAppInfo => {
            let request = caller.read_optional_json(request).await?;
            Ok(
                caller
                    .query_all_ol_whats_app_info(request)
                    .await?
                    .into_any()
                    .into_response(),
            )
        }
        Operation::QueryWhatsAppInfo => {
            let request = caller.read_json(request).await?;
            Ok(caller.query_whats_app_info(request).await?.into_any().into_response())
        }
        Operation::QueryUserStatusLog => {
            let request = caller.read_json(request).await?;
            Ok(caller.query_user_status_log(request).await?.into_any().into_response())
        }
        Operation::GetLatestOnlineWhatsAccount => {
            let request = caller.read_json(request).await?;
            Ok(
                caller
                    .get_latest_online_whats_account(request)
                    .await?
                    .into_any()
                    .into_response(),
            )
        }
        Operation::StatusEvents => {
            Ok(caller.status_events(request).await?.into_any().into_response())
        }
        Operation::MirroredFacts => {
            Ok(caller.mirrored_facts(request).await?.into_any().into_response())
        }
        Operation::VendorCallback => {
            Ok(caller.vendor_callback(request).await?.into_any().into_response())
        }
        Operation::HistoryEvents => {
            let request = caller.read_optional_json(request).await?;
            Ok(caller.history_events(request).await?.into_any().into_response())
        }
        Operation::HistoryGaps => {
            let request = caller.read_optional_json(request).await?;
            Ok(caller.history_gaps(request).await?.into_any().into_response())
        }
        Operation::HistoryFreshness => {
            let request = caller.read_optional_json(request).await?;
            Ok(caller.history_freshness(request).await?.into_any().into_response())
        }
        Operation::HistoryChanges => {
            let headers = request.headers().clone();
            let request = caller.read_optional_json(request).await?;
            caller.history_changes(request, headers).await
        }
        Operation::HistorySessions => {
            let request = caller.read_optional_json(request).await?;
            Ok(caller.history_sessions(request).await?.into_any().into_response())
        }
        Operation::HistoryReport => {
            let request = caller.read_json(request).await?;
            Ok(caller.history_report(request).await?.into_any().into_response())
        }
        _ => Err(ApiError::unknown_path()),
    }
}
