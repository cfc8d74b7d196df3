//! Authentication of calls that feed events or read the history: by an HMAC of the whole call, or by the token of the queries
//! (contract of feeding events, "Signing"; D46).
//!
//! The HMAC covers the SHA-256 of the body that a header claims. So it is checked before the body is received, and nobody
//! without a key can make the server hold one. `extract::events` and `extract::json` compare the body with the claim.

use std::time::SystemTime;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName},
};
use group_dispatch_types::{
    BusinessCode,
    signing::{BODY_SHA256_HEADER, Credentials, FeedCall, HMAC_HEADER, NONCE_HEADER, body_sha256, is_nonce},
};

use super::auth::{self, Signed, claimed_tenant_and_time, signer};
use crate::http::{
    config::FeedSigning,
    error::ApiError,
    request_context::FeedSignature,
    signing_header::{check_time, single_value},
    state::AppState,
};

const NONCE: HeaderName = HeaderName::from_static(NONCE_HEADER);
const BODY_SHA256: HeaderName = HeaderName::from_static(BODY_SHA256_HEADER);
const HMAC: HeaderName = HeaderName::from_static(HMAC_HEADER);

/// Returns the tenant whose key signed the call. If it is signed by HMAC, its body is not checked yet.
///
/// # Errors
/// As [`auth::authenticate`]; also when a header of the HMAC is malformed, or the server accepts no token.
pub fn authenticate(request: &Request, state: &AppState) -> Result<Signed, ApiError> {
    let headers = request.headers();
    let (signature, signed) = match single_value(headers, &HMAC) {
        Some(hmac) => (FeedSignature::Hmac, by_hmac(request, hmac, state)),
        None if state.config.feed_signing == FeedSigning::Hmac => (FeedSignature::Token, Err(token_refused())),
        None => (FeedSignature::Token, auth::authenticate(headers, state)),
    };
    match &signed {
        Err(_) => state.metrics.count_feed_signature(signature, false),
        Ok(Signed { body_sha256: None, .. }) => state.metrics.count_feed_signature(signature, true),
        Ok(_) => {}
    }
    signed
}

/// Checks the body of a call that is signed by HMAC.
///
/// # Errors
/// When it is another than the one that was signed.
pub fn check_body(claimed: &str, body: &[u8]) -> Result<(), ApiError> {
    if body_sha256(body) == claimed {
        return Ok(());
    }
    let message = "body_sha256: not the SHA-256 of the body as it arrived; hash it as it is sent, and see that nothing on the \
                   way changes it";
    Err(ApiError::new(BusinessCode::TokenWrong, message).because("body-differs"))
}

fn by_hmac(request: &Request, hmac: &str, state: &AppState) -> Result<Signed, ApiError> {
    let headers = request.headers();
    let (tenant_id, timestamp) = claimed_tenant_and_time(headers)?;
    let expected = "nonce: expected once, 1 to 64 ASCII letters, digits, - and _";
    let nonce = valid(headers, &NONCE, is_nonce, expected).map_err(|error| error.because("nonce-malformed"))?;
    let expected = "body_sha256: expected once, the SHA-256 of the body as 64 lower-case hexadecimal digits";
    let body_sha256 = valid(headers, &BODY_SHA256, is_digest, expected);
    let body_sha256 = body_sha256.map_err(|error| error.because("body-sha256-malformed"))?;
    let expected = "hmac: expected once, the HMAC-SHA256 of the call as 64 lower-case hexadecimal digits";
    let hmac = Some(hmac).filter(|hmac| is_digest(hmac));
    let hmac = hmac.ok_or_else(|| malformed(expected).because("hmac-malformed"))?;
    check_time(timestamp, SystemTime::now(), state.config.timestamp_window)?;

    let path_and_query = request.uri().path_and_query().map_or("/", |whole| whole.as_str());
    let call = FeedCall { method: request.method().as_str(), path_and_query, timestamp, nonce, body_sha256 };
    let signed = signer(tenant_id, hmac, state, |credentials: &Credentials| credentials.hmac(&call));
    let signed = signed.map_err(|why| {
        let message =
            "hmac: not the HMAC of this call under a key of this tenant; /ingest/v1/openapi.yaml says what is signed";
        ApiError::new(BusinessCode::TokenWrong, message).because(why.unwrap_or("hmac-wrong"))
    })?;
    Ok(Signed { body_sha256: Some(body_sha256.to_owned()), ..signed })
}

fn valid<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    is_valid: fn(&str) -> bool,
    expected: &'static str,
) -> Result<&'a str, ApiError> {
    single_value(headers, name).filter(|value| is_valid(value)).ok_or_else(|| malformed(expected))
}

fn malformed(expected: &'static str) -> ApiError {
    ApiError::new(BusinessCode::SignatureRefused, expected)
}

fn token_refused() -> ApiError {
    let message = "token: this server accepts this call only with an HMAC; send nonce, body_sha256 and hmac instead, as \
                   /ingest/v1/openapi.yaml says";
    ApiError::new(BusinessCode::SignatureRefused, message).because("token-refused")
}

/// Whether a text has the form of a SHA-256 or an HMAC-SHA256.
fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
