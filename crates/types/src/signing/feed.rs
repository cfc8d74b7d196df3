//! The signature of calls that feed events: an HMAC-SHA256 that covers the whole call (contract of feeding events,
//! "Signing"; D46). Used by the client, the server and the mocks.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{Credentials, hexadecimal};

/// The header with a text that no other call of the tenant has.
pub const NONCE_HEADER: &str = "nonce";
/// The header with the lower-case hexadecimal SHA-256 of the body.
pub const BODY_SHA256_HEADER: &str = "body_sha256";
/// The header with the lower-case hexadecimal HMAC-SHA256 of the call.
pub const HMAC_HEADER: &str = "hmac";

/// The first line of the text that is signed. No other use of a key has it.
const SCHEME: &str = "group-dispatch-hmac-sha256-1";
/// The longest nonce, in characters.
const MAX_NONCE_LENGTH: usize = 64;

/// What the HMAC of a call covers beside the tenant's id.
///
/// ```
/// use group_dispatch_types::signing::{Credentials, FeedCall, body_sha256};
/// let call = FeedCall {
///     method: "POST",
///     path_and_query: "/ingest/v1/status-events",
///     timestamp: "1710936559123",
///     nonce: "1",
///     body_sha256: &body_sha256(b"[]"),
/// };
/// assert_eq!(call.text(1.into()).lines().nth(3), Some("1"));
/// assert_eq!(Credentials::new(1, "demo-api-key").hmac(&call).len(), 64);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedCall<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path as the contract has it, without what a proxy strips; and `?` with the query if the address has one, as it
    /// is sent.
    pub path_and_query: &'a str,
    /// The header `timestamp`.
    pub timestamp: &'a str,
    /// The header `nonce`.
    pub nonce: &'a str,
    /// The header `body_sha256`.
    pub body_sha256: &'a str,
}

impl FeedCall<'_> {
    /// Returns the text that is signed: seven lines, without a line feed after the last. No line can contain a line feed, so
    /// that two calls never have the same text.
    #[must_use]
    pub fn text(&self, tenant: super::TenantId) -> String {
        let Self { method, path_and_query, timestamp, nonce, body_sha256 } = self;
        format!("{SCHEME}\n{method}\n{path_and_query}\n{tenant}\n{timestamp}\n{nonce}\n{body_sha256}")
    }
}

impl Credentials {
    /// Returns the `hmac` of a call that feeds events: the lower-case hexadecimal HMAC-SHA256 of [`FeedCall::text`], with the
    /// UTF-8 bytes of the API key as its key.
    #[must_use]
    pub fn hmac(&self, call: &FeedCall<'_>) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(self.api_key().expose().as_bytes());
        // A key may have any length.
        let mac = mac.map(|mac| mac.chain_update(call.text(self.tenant_id())).finalize().into_bytes());
        mac.map(|mac| hexadecimal(&mac)).unwrap_or_default()
    }
}

/// Returns the `body_sha256` of a body as it is sent, compressed if it has a `Content-Encoding`.
#[must_use]
pub fn body_sha256(body: &[u8]) -> String {
    hexadecimal(&Sha256::digest(body))
}

/// Whether a text may be a nonce: 1 to 64 ASCII letters, digits, `-` and `_`.
#[must_use]
pub fn is_nonce(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MAX_NONCE_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed)
}
