//! The server's own OpenAPI documents, read off the types and the handlers, to be compared with the contracts.

use group_dispatch_docs::contract;
use group_dispatch_types::{
    ErrorResponse,
    signing::{TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER},
};
use utoipa::{
    Modify, OpenApi, ToResponse,
    openapi::security::{ApiKey, ApiKeyValue, SecurityScheme},
};

use super::handlers::{ingest, queries::operations};

/// The request was wrong: 400 for a malformed body or a bad value, 401 for a signature, 404 for an unknown path, 405 for a method other than POST, 408 for a request that was too slow, 413 for a body over the limit, 415 for another content type or a `Content-Encoding` other than gzip (D43), 429 for too many requests.
#[derive(ToResponse)]
#[response(examples(
    ("badRequest" = (
        summary = "A value out of range, with HTTP status 400",
        value = json!({ "code": 400, "message": "source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)", "data": null }),
    )),
    ("wrongToken" = (
        summary = "A wrong token, with HTTP status 401",
        value = json!({ "code": 522, "message": "accessToken is error", "data": null }),
    )),
))]
pub struct ClientError(#[expect(dead_code, reason = "it stands for the schema")] ErrorResponse);

/// The service failed, with 500; where it is but busy, `Retry-After` says when to come again. The same request may be sent again.
#[derive(ToResponse)]
#[response(examples(
    ("database" = (
        summary = "The database did not answer, with HTTP status 500",
        value = json!({ "code": 517, "message": "database error", "data": null }),
    )),
))]
pub struct ServerError(#[expect(dead_code, reason = "it stands for the schema")] ErrorResponse);

/// The server's description of itself, in OpenAPI 3.1 as utoipa writes it.
///
/// Title, servers, the words about the whole and the operations' examples are the contract's own, for no code stands behind
/// them; everything else comes from the types and the handlers.
#[must_use]
pub fn described() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(
        components(schemas(ErrorResponse), responses(ClientError, ServerError)),
        security(("tenantId" = [], "timestamp" = [], "token" = [])),
        tags(
            (name = "presence", description = "Who is online now, and where."),
            (name = "history", description = "What happened to agents and accounts."),
        ),
        modifiers(&SigningHeaders, &Words),
    )]
    struct Whole;

    let mut whole = Whole::openapi();
    whole.merge(operations().into_openapi());
    whole
}

/// The server's description of how events get in, likewise.
#[must_use]
pub fn described_ingest() -> utoipa::openapi::OpenApi {
    let mut whole = ingest::Described::openapi();
    whole.merge(ingest::operation().into_openapi());
    whole
}

/// The headers that every operation is signed by.
pub struct SigningHeaders;

impl Modify for SigningHeaders {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for (scheme, header, description) in [
            ("tenantId", TENANT_ID_HEADER, "The company's id, an integer."),
            (
                "timestamp",
                TIMESTAMP_HEADER,
                "When the request was made, in Unix epoch milliseconds; how old it may be is the service's choice (D17).",
            ),
            (
                "token",
                TOKEN_HEADER,
                "The lower-case hexadecimal MD5 of tenant_id, timestamp and ApiKey, concatenated as text.",
            ),
        ] {
            let header = ApiKeyValue::with_description(header, description);
            components.add_security_scheme(scheme, SecurityScheme::ApiKey(ApiKey::Header(header)));
        }
    }
}

struct Words;

impl Modify for Words {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        if let Ok(info) = serde_json::from_value(contract::part("/info")) {
            document.info = info;
        }
        document.servers = serde_json::from_value(contract::part("/servers")).ok();
        document.external_docs = serde_json::from_value(contract::part("/externalDocs")).ok();
    }
}
