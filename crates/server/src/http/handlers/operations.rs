//! The methods of the operations. `cargo xtask codegen` makes the trait from the contracts.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, Response, Uri},
};
use bytes::Bytes;
use group_dispatch_types::{
    BusinessCode, GetLatestOnlineWhatsAccountRequest, GetLatestOnlineWhatsAccountResponse, NoParameters,
    QueryAllOlWhatsAppInfoResponse, QueryUserStatusLogRequest, QueryUserStatusLogResponse, QueryUserStatusRequest,
    QueryUserStatusResponse, QueryWhatsAppInfoRequest, QueryWhatsAppInfoResponse, Source,
    history::{
        HistoryChangesRequest, HistoryEventsRequest, HistoryEventsResponse, HistoryFreshnessRequest,
        HistoryFreshnessResponse, HistoryGapsRequest, HistoryGapsResponse, HistoryReportRequest, HistoryReportResponse,
        HistorySessionsRequest, HistorySessionsResponse,
    },
    ingest::{FeedOrder, MirroredFactsResponse, StatusEventsResponse, VendorCallbackResponse},
};
use serde::{
    Deserialize,
    de::{
        IntoDeserializer,
        value::{CowStrDeserializer, Error},
    },
};

use super::{callback, changes, history, listed::listed, mirrored, report};
use crate::{
    http::{
        body::ResponseBody, caller::Caller, error::ApiError, extract::events, json_body::JsonBody,
        operations::Operations, permits::Permit, request_context::IngestCounts,
    },
    presence::agent_query::{AgentFilter, AgentQuery, QueryKind},
};

/// The sources of queries that name none.
const PC_AND_MOBILE: [Source; 2] = [Source::Pc, Source::Mobile];

impl Operations for Caller<'_> {
    async fn query_user_status(
        self,
        request: QueryUserStatusRequest,
    ) -> Result<JsonBody<QueryUserStatusResponse>, ApiError> {
        let filter = AgentFilter { user_id: request.user_id, agent_account: non_blank(request.user_name) };
        let query = AgentQuery { kind: QueryKind::Online, source: listed(request.source)?, filter };
        query_agents(self, query, "success").await
    }

    async fn query_all_ol_whats_app_info(
        self,
        _: NoParameters,
    ) -> Result<JsonBody<QueryAllOlWhatsAppInfoResponse>, ApiError> {
        let age = self.age(&PC_AND_MOBILE)?;
        let permit = self.large_response_permit().await?;
        let body = move |data: Arc<[Bytes]>| JsonBody::success_of_chunks("Success ", &data).with_age(age);
        if let Some(cached) = self.tenant.cached_all_online() {
            return Ok(body(cached).hold(permit));
        }
        let tenant = self.tenant;
        render_on_blocking_pool(permit, move || body(tenant.all_online())).await
    }

    async fn query_whats_app_info(
        self,
        request: QueryWhatsAppInfoRequest,
    ) -> Result<JsonBody<QueryWhatsAppInfoResponse>, ApiError> {
        let source = request.source.map(listed).transpose()?;
        let sources = source.as_ref().map_or(&PC_AND_MOBILE[..], std::slice::from_ref);
        let age = self.age(sources)?;
        let account = request.whatsapp.into();
        let body = JsonBody::success("Success ", |json| self.tenant.account_location(account, sources, json));
        Ok(body.with_age(age))
    }

    async fn query_user_status_log(
        self,
        request: QueryUserStatusLogRequest,
    ) -> Result<JsonBody<QueryUserStatusLogResponse>, ApiError> {
        let filter = AgentFilter { user_id: None, agent_account: non_blank(request.agent_account) };
        let query = AgentQuery { kind: QueryKind::Log(request.whats_app), source: listed(request.source)?, filter };
        query_agents(self, query, "Success").await
    }

    async fn get_latest_online_whats_account(
        self,
        request: GetLatestOnlineWhatsAccountRequest,
    ) -> Result<JsonBody<GetLatestOnlineWhatsAccountResponse>, ApiError> {
        let filter = AgentFilter { user_id: request.user_id, agent_account: None };
        let query = AgentQuery { kind: QueryKind::Recent, source: listed(request.source)?, filter };
        query_agents(self, query, "Success ").await
    }

    async fn status_events(self, request: &mut Request) -> Result<JsonBody<StatusEventsResponse>, ApiError> {
        let order = feed_order(request.uri())?;
        let (mut events, _permit) = events::read(&self, request).await?;
        if order == FeedOrder::NewestFirst {
            events.reverse();
        }
        let appended = self.state.store.append(self.tenant_id, events).await?;
        let (stored, repeated) = (appended.stored, appended.repeated);
        self.count_events(IngestCounts { stored, repeated, refused: 0 });
        let data = events::receipt(stored, repeated, Vec::new());
        JsonBody::of(&StatusEventsResponse { code: BusinessCode::Success, message: "success".to_owned(), data })
    }

    async fn mirrored_facts(self, request: &mut Request) -> Result<JsonBody<MirroredFactsResponse>, ApiError> {
        mirrored::store(self, request).await
    }

    async fn vendor_callback(self, request: &mut Request) -> Result<JsonBody<VendorCallbackResponse>, ApiError> {
        callback::keep(self, request).await
    }

    async fn history_events(self, request: HistoryEventsRequest) -> Result<JsonBody<HistoryEventsResponse>, ApiError> {
        history::events(self, request).await
    }

    async fn history_gaps(self, request: HistoryGapsRequest) -> Result<JsonBody<HistoryGapsResponse>, ApiError> {
        history::gaps(self, request).await
    }

    async fn history_changes(
        self,
        request: HistoryChangesRequest,
        headers: HeaderMap,
    ) -> Result<Response<ResponseBody>, ApiError> {
        changes::changes(self, request, headers).await
    }

    async fn history_freshness(
        self,
        request: HistoryFreshnessRequest,
    ) -> Result<JsonBody<HistoryFreshnessResponse>, ApiError> {
        history::freshness(self, request).await
    }

    async fn history_sessions(
        self,
        request: HistorySessionsRequest,
    ) -> Result<JsonBody<HistorySessionsResponse>, ApiError> {
        report::sessions(self, request).await
    }

    async fn history_report(self, request: HistoryReportRequest) -> Result<JsonBody<HistoryReportResponse>, ApiError> {
        report::report(self, request).await
    }
}

/// Responds to a query about agents, in this task if the response is short.
async fn query_agents<T: 'static>(
    caller: Caller<'_>,
    query: AgentQuery,
    message: &'static str,
) -> Result<JsonBody<T>, ApiError> {
    // Before the data is read, which may be newer then, and never older.
    let age = caller.age(&[query.source])?;
    let is_long = caller.tenant.is_long(&query);
    let permit = if is_long { Some(caller.large_response_permit().await?) } else { None };
    let tenant = caller.tenant.clone();
    let render = move || JsonBody::success(message, |json| tenant.answer(&query, json)).with_age(age);
    if let Some(permit) = permit {
        return render_on_blocking_pool(permit, render).await;
    }
    let body = render();
    // A response with few records is large if their names are long.
    if body.is_large() { Ok(body.hold(caller.large_response_permit().await?)) } else { Ok(body) }
}

/// Renders a response that may be large where no other request waits for it. If the client disconnects, rendering goes on,
/// and keeps its permit.
async fn render_on_blocking_pool<T: 'static>(
    permit: Permit,
    render: impl FnOnce() -> JsonBody<T> + Send + 'static,
) -> Result<JsonBody<T>, ApiError> {
    tokio::task::spawn_blocking(move || render().hold(permit)).await.map_err(|_| ApiError::internal())
}

/// An empty filter is no filter.
fn non_blank(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// Reads the query parameter `order`. Any other parameter is an error: a call with a misspelled `order` would be stored in
/// the wrong order (D40).
fn feed_order(uri: &Uri) -> Result<FeedOrder, ApiError> {
    let parameters = || form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    if parameters().any(|(name, _)| name != "order") {
        let expected = "query parameters: expected none but order (oldest-first or newest-first), found another";
        return Err(ApiError::bad_request(expected));
    }
    let mut orders = parameters()
        .map(|(_, order)| FeedOrder::deserialize::<CowStrDeserializer<'_, Error>>(order.into_deserializer()));
    match (orders.next(), orders.next()) {
        (None, _) => Ok(FeedOrder::default()),
        (Some(Ok(order)), None) => Ok(order),
        _ => Err(ApiError::bad_request("order: expected once, oldest-first or newest-first, in the address")),
    }
}
