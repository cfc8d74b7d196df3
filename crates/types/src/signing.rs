//! The signature of requests: tenant, time, and a token that proves the API key (developer guide, "Authentication"), or an
//! HMAC of a call that feeds events ([`FeedCall`]); and the signature of the vendor's callbacks
//! ([`Credentials::access_token`]). Used by the client, the server and the mocks.

mod callback;
mod feed;

use std::{
    fmt::{self, Write},
    str::FromStr,
    sync::Arc,
};

use md5::{Digest, Md5};

pub use self::{
    callback::ACCESS_TOKEN_HEADER,
    feed::{BODY_SHA256_HEADER, FeedCall, HMAC_HEADER, NONCE_HEADER, body_sha256, is_nonce},
};
use crate::ParseError;

/// The header with the company's id.
pub const TENANT_ID_HEADER: &str = "tenant_id";
/// The header with the time of the request, in Unix epoch milliseconds.
pub const TIMESTAMP_HEADER: &str = "timestamp";
/// The header with the token that proves the API key.
pub const TOKEN_HEADER: &str = "token";

/// A company's id (developer guide, `tenant_id`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(u64);

impl TenantId {
    /// Returns the id as a number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for TenantId {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TenantId {
    type Err = ParseError;

    /// # Errors
    /// If the text is not an integer of at most 64 bits as it is signed: ASCII digits without a sign, blanks, or zeros before
    /// them.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        const REFUSED: ParseError = ParseError::expected("a tenant id: a whole number without leading zeros");
        // `parse` would also accept a sign.
        if !text.bytes().all(|byte| byte.is_ascii_digit()) || (text.len() > 1 && text.starts_with('0')) {
            return Err(REFUSED);
        }
        text.parse().map(Self).map_err(|_| REFUSED)
    }
}

/// The API key that a tenant signs with. It is never sent, and `Debug` masks it. Clones share its memory.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Arc<str>);

impl ApiKey {
    /// Creates a key from the text that the vendor, or the operator of a server, has issued.
    #[must_use]
    pub fn new(key: impl Into<Self>) -> Self {
        key.into()
    }

    /// Returns the key itself. Keep it out of logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ApiKey {
    fn from(key: &str) -> Self {
        Self(key.into())
    }
}

impl From<&String> for ApiKey {
    fn from(key: &String) -> Self {
        Self(key.as_str().into())
    }
}

impl From<String> for ApiKey {
    fn from(key: String) -> Self {
        Self(key.into())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

/// A tenant and its API key.
///
/// ```
/// use group_dispatch_types::signing::Credentials;
/// let credentials = Credentials::new(1, "demo-api-key");
/// assert_eq!(credentials.token("1710936559123"), "a35aadc4da20a17e393fbc84321d55fc");
/// assert!(!format!("{credentials:?}").contains("demo"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    tenant_id: TenantId,
    api_key: ApiKey,
}

impl Credentials {
    /// Creates the credentials of a tenant.
    #[must_use]
    pub fn new(tenant_id: impl Into<TenantId>, api_key: impl Into<ApiKey>) -> Self {
        Self { tenant_id: tenant_id.into(), api_key: api_key.into() }
    }

    /// Returns the tenant.
    #[must_use]
    pub const fn tenant_id(&self) -> TenantId {
        self.tenant_id
    }

    /// Returns the API key.
    #[must_use]
    pub const fn api_key(&self) -> &ApiKey {
        &self.api_key
    }

    /// Returns the `token` of a request: the lower-case hexadecimal MD5 of tenant id, timestamp and API key. `timestamp` is the
    /// text of the header of that name.
    #[must_use]
    pub fn token(&self, timestamp: &str) -> String {
        let mut hashed = HashWriter(Md5::new());
        // Hashing never fails.
        let _ = write!(hashed, "{}{timestamp}{}", self.tenant_id, self.api_key.expose());
        hexadecimal(&hashed.0.finalize())
    }
}

/// Returns bytes as lower-case hexadecimal digits.
fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    text.extend(digits.map(|digit| char::from(DIGITS[usize::from(digit)])));
    text
}

/// Hashes the text that is written to it.
struct HashWriter(Md5);

impl Write for HashWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}
