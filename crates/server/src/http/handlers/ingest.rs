//! How events get in: one operation, by a contract of its own, `openapi/ingest.yaml`.

pub mod outcome;

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    http::request::Parts,
};
pub use group_dispatch_docs::contract::ingest::PATH;
use group_dispatch_docs::contract::ingest::{example, part};
use group_dispatch_types::{
    BusinessCode,
    ingest::{ErrorResponse, FeedOrder, StatusEventsRequest, StatusEventsResponse},
};
use serde::{Deserialize, de::IgnoredAny};
use utoipa::{IntoParams, Modify, OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::outcome::{ClientError, Failed, ServerError, receipt};
use crate::http::{
    error::Failure,
    extract::{auth::Tenant, events::Events},
    openapi::SigningHeaders,
    request_context::Fed,
    state::Call,
};

/// The operation, with its path and its description.
pub fn operation() -> OpenApiRouter<Call> {
    OpenApiRouter::new().routes(routes!(status_events))
}

/// What is said of the whole. As in the description of the queries, the words are the contract's own.
#[derive(OpenApi)]
#[openapi(
    components(schemas(ErrorResponse, FeedOrder), responses(ClientError, ServerError)),
    security(("tenantId" = [], "timestamp" = [], "token" = [])),
    tags((name = "ingest", description = "How events get in.")),
    modifiers(&SigningHeaders, &Words),
)]
pub struct Described;

struct Words;

impl Modify for Words {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        if let Ok(info) = serde_json::from_value(part("/info")) {
            document.info = info;
        }
        document.servers = serde_json::from_value(part("/servers")).ok();
    }
}

/// What may be said of a call in its address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// Whether later events of the call stand later in it (`oldest-first`) or earlier (`newest-first`), as in a log. Among events of one account at one source at one time, the latest counts (D16). Without it, the call is oldest first. It is the only query parameter: any other is refused with 400, so that a misspelled one is not overlooked (D40).
    #[serde(default)]
    order: FeedOrder,
}

impl FromRequestParts<Call> for FeedQuery {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &Call) -> Result<Self, Failed> {
        let malformed = |_| Failure::bad_request("order: expected once, oldest-first or newest-first, in the address");
        let names = Query::<Vec<(String, IgnoredAny)>>::try_from_uri(&parts.uri).map_err(malformed)?;
        // A call in the wrong order is stored without an error and can end in the wrong presence.
        if names.iter().any(|(name, _)| name != "order") {
            let expected = "query parameters: expected none but order (oldest-first or newest-first), found another";
            return Err(Failure::bad_request(expected).into());
        }
        let Query(query) = Query::try_from_uri(&parts.uri).map_err(malformed)?;
        Ok(query)
    }
}

/// Feed status events.
///
/// Appends up to 10,000 status events, all or none of them. Their order decides which event is the latest among those of one account at one source at one time (see `order`), and which of several events with one `eventId` is stored; it changes nothing else (D16). The answer comes once they are durable, and from then on the queries know them. A body may be as large as the server's operator allows: 8 MiB by default.
#[utoipa::path(
    post,
    path = "/ingest/v1/status-events",
    operation_id = "statusEvents",
    extensions(("x-idempotent" = json!(true)), ("x-requests-per-second" = json!(50))),
    tag = "ingest",
    params(FeedQuery),
    request_body(
        description = "The events: an array as application/json, or one a line as application/x-ndjson, where blank lines are passed over. Either may be compressed with gzip (D43).",
        content(
            (StatusEventsRequest = "application/json", examples(("one" = (
                summary = "An account that came online on PC",
                value = json!(example("requestBody/content/application~1json/examples/one")),
            )))),
            (String = "application/x-ndjson", examples(("one" = (
                summary = "The least that an event has, in a line",
                value = json!(example("requestBody/content/application~1x-ndjson/examples/one")),
            )))),
        ),
    ),
    responses(
        (
            status = 200,
            description = "All events are stored, or were there already.",
            body = StatusEventsResponse,
            examples(("stored" = (
                summary = "Two new events, and one that was there",
                value = json!(example("responses/200/content/application~1json/examples/stored")),
            ))),
        ),
        (status = "4XX", response = ClientError),
        (status = "5XX", response = ServerError),
    ),
)]
pub async fn status_events(
    State(call): State<Call>,
    tenant: Tenant,
    query: FeedQuery,
    Events(mut events, _place): Events,
) -> Result<Json<StatusEventsResponse>, Failed> {
    if query.order == FeedOrder::NewestFirst {
        events.reverse();
    }
    let appended = call.app.store.append(tenant.id, events).await?;
    call.fed(Fed { stored: appended.stored, repeated: appended.repeated, refused: 0 });
    let data = receipt(appended, Vec::new());
    Ok(Json(StatusEventsResponse { code: BusinessCode::Success, message: "success".to_owned(), data }))
}
