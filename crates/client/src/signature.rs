//! Puts the signature on a request: the token of a query, or the HMAC of a call that feeds events.

use group_dispatch_types::signing::{
    BODY_SHA256_HEADER, Credentials, FeedCall, HMAC_HEADER, NONCE_HEADER, TENANT_ID_HEADER, TIMESTAMP_HEADER,
    TOKEN_HEADER, body_sha256,
};
use reqwest::{
    Body, Request,
    header::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue},
};

static TENANT_ID: HeaderName = HeaderName::from_static(TENANT_ID_HEADER);
static TIMESTAMP: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);
static TOKEN: HeaderName = HeaderName::from_static(TOKEN_HEADER);
static NONCE: HeaderName = HeaderName::from_static(NONCE_HEADER);
static BODY_SHA256: HeaderName = HeaderName::from_static(BODY_SHA256_HEADER);
static HMAC: HeaderName = HeaderName::from_static(HMAC_HEADER);

/// How calls that feed events or read the history are signed. Queries are always signed by a token, as the vendor has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FeedSigning {
    /// By an HMAC that covers the whole call. A server before version 3.0.0 of the contract of feeding events refuses it with
    /// code 525.
    #[default]
    Hmac,
    /// By the token of the queries, for a server before version 3.0.0 of that contract. Whoever sees such a call can send others until its
    /// timestamp is too old.
    Token,
}

/// Signs a query.
pub fn sign(headers: &mut HeaderMap, credentials: &Credentials, now: i64) -> Result<(), InvalidHeaderValue> {
    let timestamp = insert_tenant_and_time(headers, credentials, now)?;
    headers.insert(&TOKEN, secret(credentials.token(&timestamp))?);
    Ok(())
}

/// Signs a call that feeds events, with its address and its body. What a proxy strips from the path is in `base_url`.
pub fn sign_feed(
    request: &mut Request,
    base_url: &str,
    credentials: &Credentials,
    now: i64,
) -> Result<(), InvalidHeaderValue> {
    let body_sha256 = body_sha256(request.body().and_then(Body::as_bytes).unwrap_or_default());
    // It has to be another one each time, and is no secret: a fast random generator is enough.
    let nonce = format!("{:032x}", fastrand::u128(..));
    let timestamp = insert_tenant_and_time(request.headers_mut(), credentials, now)?;
    let url = request.url().as_str();
    let call = FeedCall {
        method: request.method().as_str(),
        path_and_query: url.strip_prefix(base_url).unwrap_or(url),
        timestamp: &timestamp,
        nonce: &nonce,
        body_sha256: &body_sha256,
    };
    let hmac = secret(credentials.hmac(&call))?;
    let headers = request.headers_mut();
    headers.insert(&NONCE, HeaderValue::try_from(nonce)?);
    headers.insert(&BODY_SHA256, HeaderValue::try_from(body_sha256)?);
    headers.insert(&HMAC, hmac);
    Ok(())
}

/// Returns the timestamp.
fn insert_tenant_and_time(
    headers: &mut HeaderMap,
    credentials: &Credentials,
    now: i64,
) -> Result<String, InvalidHeaderValue> {
    let timestamp = now.max(0).to_string();
    headers.insert(&TENANT_ID, HeaderValue::from(credentials.tenant_id().get()));
    headers.insert(&TIMESTAMP, HeaderValue::try_from(&timestamp)?);
    Ok(timestamp)
}

/// A value that `Debug` does not show.
fn secret(text: String) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::try_from(text)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use reqwest::{Method, Url};

    use super::*;

    #[test]
    fn the_signature_proves_the_key_without_sending_it() -> Result<(), InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        sign(&mut headers, &Credentials::new(1, "demo-api-key"), 1_710_936_559_123)?;
        assert_eq!(headers["tenant_id"], "1");
        assert_eq!(headers["timestamp"], "1710936559123");
        assert_eq!(headers["token"], "a35aadc4da20a17e393fbc84321d55fc");
        assert_eq!(headers.len(), 3);
        assert!(!format!("{headers:?}").contains("a35aadc4"), "Debug shows the token");
        Ok(())
    }

    #[test]
    fn a_feed_is_signed_with_its_address_without_the_base_and_with_its_body() {
        let credentials = Credentials::new(1, "demo-api-key");
        let base = "http://example.com/scrm";
        let path_and_query = "/ingest/v1/status-events?order=newest-first";
        let mut request = Request::new(Method::POST, Url::parse(&format!("{base}{path_and_query}")).unwrap());
        *request.body_mut() = Some("[]".into());
        sign_feed(&mut request, base, &credentials, 1_710_936_559_123).unwrap();
        let first = request.headers().clone();
        let header = |name: &str| first[name].to_str().unwrap();
        let call = FeedCall {
            method: "POST",
            path_and_query,
            timestamp: "1710936559123",
            nonce: header("nonce"),
            body_sha256: &body_sha256(b"[]"),
        };
        assert_eq!(header("hmac"), credentials.hmac(&call));
        assert_eq!((header("tenant_id"), header("timestamp")), ("1", "1710936559123"));
        assert_eq!((header("body_sha256"), first.len()), (call.body_sha256, 5), "and no token");
        assert!(!format!("{first:?}").contains(header("hmac")), "Debug shows the HMAC");
        sign_feed(&mut request, base, &credentials, 1_710_936_559_123).unwrap();
        assert_ne!(request.headers()["nonce"], first["nonce"], "each attempt has a nonce of its own");
    }
}
