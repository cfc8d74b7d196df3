//! The five operations. Each one's `utoipa::path` says what the contract says of it, and a test compares them whole.

use std::{pin::Pin, sync::Arc};

use axum::{body::Bytes, extract::Request, handler::Handler, response::Response};
use group_dispatch_docs::contract::{answer_example, request_example};
use group_dispatch_types::{
    BusinessCode, GetLatestOnlineWhatsAccountRequest, GetLatestOnlineWhatsAccountResponse, NoParameters,
    QueryAllOlWhatsAppInfoResponse, QueryUserStatusLogRequest, QueryUserStatusLogResponse, QueryUserStatusRequest,
    QueryUserStatusResponse, QueryWhatsAppInfoRequest, QueryWhatsAppInfoResponse, Source,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::ingest;
use crate::{
    http::{
        endpoint::Endpoint,
        error::Failure,
        extract::{
            auth::Tenant,
            body::{Body, EmptyBody},
            large_response::BigAnswers,
        },
        json_body::Rendered,
        openapi::{ClientError, ServerError},
        state::Call,
    },
    presence::agent_query::{AgentFilter, Asked, Question},
    store::KnownTenant,
};

/// Each with its path and its description.
pub fn operations() -> OpenApiRouter<Call> {
    OpenApiRouter::new()
        .routes(routes!(query_user_status))
        .routes(routes!(query_all_ol_whats_app_info))
        .routes(routes!(query_whats_app_info))
        .routes(routes!(query_user_status_log))
        .routes(routes!(get_latest_online_whats_account))
}

/// A request that is being answered.
pub type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// What answers a call, for whom knows the endpoint already: the way through the routes would find the same once more.
pub fn handler(endpoint: Endpoint) -> Option<fn(Request, Call) -> Answering> {
    Some(match endpoint {
        Endpoint::QueryUserStatus => |request, call| query_user_status.call(request, call),
        Endpoint::QueryAllOlWhatsAppInfo => |request, call| query_all_ol_whats_app_info.call(request, call),
        Endpoint::QueryWhatsAppInfo => |request, call| query_whats_app_info.call(request, call),
        Endpoint::QueryUserStatusLog => |request, call| query_user_status_log.call(request, call),
        Endpoint::GetLatestOnlineWhatsAccount => |request, call| get_latest_online_whats_account.call(request, call),
        Endpoint::StatusEvents => |request, call| ingest::status_events.call(request, call),
        _ => return None,
    })
}

type Answer = Result<Rendered, Failure>;

/// Answers a question about agents: at once, if the answer is short.
async fn answer(tenant: KnownTenant, big_answers: BigAnswers, question: Question, message: &'static str) -> Answer {
    let is_long = tenant.is_long(&question);
    let answer = move || Rendered::success(message, |data| tenant.answer(&question, data));
    if is_long {
        big_answers.begin().await?;
        return at_leisure(big_answers, answer).await;
    }
    let answer = answer();
    // Of few records, but those may be long.
    if matches!(answer, Rendered::Long(_)) {
        big_answers.begin().await?;
    }
    Ok(answer)
}

/// Works out an answer that may be big, and so take a while, where nobody else has to wait for it. It goes on when the
/// client has gone; so it holds on to its place among the big answers.
async fn at_leisure(big_answers: BigAnswers, answer: impl FnOnce() -> Rendered + Send + 'static) -> Answer {
    let answer = move || {
        let _held = big_answers;
        answer()
    };
    tokio::task::spawn_blocking(answer).await.map_err(|_| Failure::of(BusinessCode::InternalError))
}

/// An absent filter and an empty one are the same.
fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// Rejects a source that is not in the contract's table: a query for it is a mistake, though events may have it (D5).
fn listed(source: Source) -> Result<Source, Failure> {
    if source.is_known() {
        Ok(source)
    } else {
        Err(Failure::bad_request("source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)"))
    }
}

/// Online agents and their WhatsApp accounts.
///
/// Agents that have at least one WhatsApp account online at the source. A filter that is absent or empty is no filter. group-dispatch-server orders agents by id (D15).
#[utoipa::path(
    post,
    path = "/group-dispatch-api/user/queryUserStatus",
    operation_id = "queryUserStatus",
    extensions(("x-idempotent" = json!(true)), ("x-requests-per-second" = json!(50))),
    tag = "presence",
    request_body(
        content = QueryUserStatusRequest,
        description = "The source to look at, and which agent.",
        examples(("page" = (
            summary = "The example of the vendor's page",
            value = json!(request_example("/group-dispatch-api/user/queryUserStatus")),
        ))),
    ),
    responses(
        (
            status = 200,
            description = "The online agents; the list is empty when nobody is online.",
            body = QueryUserStatusResponse,
            examples(("page" = (
                summary = "The example of the vendor's page",
                value = json!(answer_example("/group-dispatch-api/user/queryUserStatus")),
            ))),
        ),
        (status = "4XX", response = ClientError),
        (status = "5XX", response = ServerError),
    ),
)]
async fn query_user_status(
    Tenant { known: tenant, .. }: Tenant,
    big_answers: BigAnswers,
    Body(question): Body<QueryUserStatusRequest>,
) -> Answer {
    let filter = AgentFilter { user_id: question.user_id, agent_account: given(question.user_name) };
    let question = Question { asked: Asked::Online, source: listed(question.source)?, filter };
    answer(tenant, big_answers, question, "success").await
}

/// All online agents and WhatsApp accounts, by source.
///
/// The online agents and their accounts, grouped by source. The body may be left out. group-dispatch-server always answers two groups, PC (1) and then mobile (2), and orders agents by id (D15).
#[utoipa::path(
    post,
    path = "/group-dispatch-api/user/queryAllOlWhatsAppInfo",
    operation_id = "queryAllOlWhatsAppInfo",
    extensions(("x-idempotent" = json!(true)), ("x-requests-per-second" = json!(50))),
    tag = "presence",
    request_body(content = Option<NoParameters>, description = "Nothing is asked for; the body may be empty or null."),
    responses(
        (
            status = 200,
            description = "The groups; a group's list is empty when nobody is online there.",
            body = QueryAllOlWhatsAppInfoResponse,
            examples(("page" = (
                summary = "The example of the vendor's page",
                value = json!(answer_example("/group-dispatch-api/user/queryAllOlWhatsAppInfo")),
            ))),
        ),
        (status = "4XX", response = ClientError),
        (status = "5XX", response = ServerError),
    ),
)]
async fn query_all_ol_whats_app_info(
    Tenant { known: tenant, .. }: Tenant,
    big_answers: BigAnswers,
    EmptyBody: EmptyBody,
) -> Answer {
    big_answers.begin().await?;
    let answer = |data: Arc<[Bytes]>| Rendered::success_in_pieces("Success ", &data);
    if let Some(kept) = tenant.kept_all_online() {
        return Ok(answer(kept));
    }
    at_leisure(big_answers, move || answer(tenant.all_online())).await
}

/// Where one WhatsApp account is online.
///
/// The agent and the source with which the account is online, or null when it is not online. Without a source, PC and mobile are looked at and the one that came last is given; cloud computers only when source is 3.
#[utoipa::path(
    post,
    path = "/group-dispatch-api/user/queryWhatsAppInfo",
    operation_id = "queryWhatsAppInfo",
    extensions(("x-idempotent" = json!(true)), ("x-requests-per-second" = json!(50))),
    tag = "presence",
    request_body(
        content = QueryWhatsAppInfoRequest,
        description = "The account, and the source to look at.",
        examples(("page" = (
            summary = "The example of the vendor's page",
            value = json!(request_example("/group-dispatch-api/user/queryWhatsAppInfo")),
        ))),
    ),
    responses(
        (
            status = 200,
            description = "Where the account is online, or null.",
            body = QueryWhatsAppInfoResponse,
            examples(("page" = (
                summary = "The example of the vendor's page",
                value = json!(answer_example("/group-dispatch-api/user/queryWhatsAppInfo")),
            ))),
        ),
        (status = "4XX", response = ClientError),
        (status = "5XX", response = ServerError),
    ),
)]
async fn query_whats_app_info(
    Tenant { known: tenant, .. }: Tenant,
    Body(question): Body<QueryWhatsAppInfoRequest>,
) -> Answer {
    let source = question.source.map(listed).transpose()?;
    let sources = source.as_ref().map_or(&[Source::Pc, Source::Mobile][..], std::slice::from_ref);
    let account = question.whatsapp.into();
    Ok(Rendered::success("Success ", |data| tenant.account_location(account, sources, data)))
}

/// Status logs of agents' WhatsApp accounts.
///
/// For each agent the latest 50 status events at the source. A filter that is absent or empty is no filter. group-dispatch-server orders agents by id and events newest first, and counts the 50 after filtering (D15).
#[utoipa::path(
    post,
    path = "/group-dispatch-api/user/queryUserStatusLog",
    operation_id = "queryUserStatusLog",
    extensions(("x-idempotent" = json!(true)), ("x-requests-per-second" = json!(50))),
    tag = "history",
    request_body(
        content = QueryUserStatusLogRequest,
        description = "The source to look at, and which agent or account.",
        examples(("page" = (
            summary = "The example of the vendor's page",
            value = json!(request_example("/group-dispatch-api/user/queryUserStatusLog")),
        ))),
    ),
    responses(
        (
            status = 200,
            description = "The agents that have events, each with its latest ones.",
            body = QueryUserStatusLogResponse,
            examples(("page" = (
                summary = "The example of the vendor's page",
                value = json!(answer_example("/group-dispatch-api/user/queryUserStatusLog")),
            ))),
        ),
        (status = "4XX", response = ClientError),
        (status = "5XX", response = ServerError),
    ),
)]
async fn query_user_status_log(
    Tenant { known: tenant, .. }: Tenant,
    big_answers: BigAnswers,
    Body(question): Body<QueryUserStatusLogRequest>,
) -> Answer {
    let filter = AgentFilter { user_id: None, agent_account: given(question.agent_account) };
    let question = Question { asked: Asked::Log(question.whats_app), source: listed(question.source)?, filter };
    answer(tenant, big_answers, question, "Success").await
}

/// The WhatsApp accounts that came online last.
///
/// For each agent the accounts that came online last at the source, at most ten, with the status they have now. group-dispatch-server orders agents by id and accounts by when they came online, the last one first (D15).
#[utoipa::path(
    post,
    path = "/group-dispatch-api/user/getLatestOnlineWhatsAccount",
    operation_id = "getLatestOnlineWhatsAccount",
    extensions(("x-idempotent" = json!(true)), ("x-requests-per-second" = json!(50))),
    tag = "history",
    request_body(
        content = GetLatestOnlineWhatsAccountRequest,
        description = "The source to look at, and which agent.",
        examples(("page" = (
            summary = "The example of the vendor's page",
            value = json!(request_example("/group-dispatch-api/user/getLatestOnlineWhatsAccount")),
        ))),
    ),
    responses(
        (
            status = 200,
            description = "The agents that have had an account online, each with its latest ones.",
            body = GetLatestOnlineWhatsAccountResponse,
            examples(("page" = (
                summary = "The example of the vendor's page",
                value = json!(answer_example("/group-dispatch-api/user/getLatestOnlineWhatsAccount")),
            ))),
        ),
        (status = "4XX", response = ClientError),
        (status = "5XX", response = ServerError),
    ),
)]
async fn get_latest_online_whats_account(
    Tenant { known: tenant, .. }: Tenant,
    big_answers: BigAnswers,
    Body(question): Body<GetLatestOnlineWhatsAccountRequest>,
) -> Answer {
    let filter = AgentFilter { user_id: question.user_id, agent_account: None };
    let question = Question { asked: Asked::Recent, source: listed(question.source)?, filter };
    answer(tenant, big_answers, question, "Success ").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_has_its_handler() {
        let document = crate::http::openapi::described();
        assert!(document.paths.paths.keys().all(|path| handler(Endpoint::at(path).0).is_some()));
    }
}
