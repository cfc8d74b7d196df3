//! How requests are signed: who asks, when, and proof of the key (developer guide, "Authentication").

use std::{
    fmt::{self, Write},
    str::FromStr,
    sync::Arc,
};

use md5::{Digest, Md5};

use crate::ParseError;

/// The header with the company's id.
pub const TENANT_ID_HEADER: &str = "tenant_id";
/// The header with the time of the request, in Unix epoch milliseconds.
pub const TIMESTAMP_HEADER: &str = "timestamp";
/// The header with the proof of the key.
pub const TOKEN_HEADER: &str = "token";

/// A company's id (developer guide, `tenant_id`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(u64);

impl TenantId {
    /// The id as a number.
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
    /// When the text is not a whole number of at most 64 bits.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        const REFUSED: ParseError = ParseError::expected("a tenant id: a whole number");
        let text = text.trim();
        // `parse` would take a sign as well, which is signed otherwise than the number alone.
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(REFUSED);
        }
        text.parse().map(Self).map_err(|_| REFUSED)
    }
}

/// The key with which a tenant signs. It is never sent, and `Debug` doesn't show it. A clone shares its memory.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Arc<str>);

impl ApiKey {
    /// A key as the vendor, or the operator of a server, gave it.
    #[must_use]
    pub fn new(key: impl Into<Self>) -> Self {
        key.into()
    }

    /// The key itself; keep it out of logs.
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

/// A tenant and its key.
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
    /// The credentials of a tenant.
    #[must_use]
    pub fn new(tenant_id: impl Into<TenantId>, api_key: impl Into<ApiKey>) -> Self {
        Self { tenant_id: tenant_id.into(), api_key: api_key.into() }
    }

    /// The tenant.
    #[must_use]
    pub const fn tenant_id(&self) -> TenantId {
        self.tenant_id
    }

    /// The key.
    #[must_use]
    pub const fn api_key(&self) -> &ApiKey {
        &self.api_key
    }

    /// The `token` of a request made at `timestamp`, the text of the header of that name: the lower-case hexadecimal MD5
    /// of tenant id, timestamp and key.
    #[must_use]
    pub fn token(&self, timestamp: &str) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hashed = Hashed(Md5::new());
        // It takes whatever is written.
        let _ = write!(hashed, "{}{timestamp}{}", self.tenant_id, self.api_key.expose());
        let digest = hashed.0.finalize();
        let mut token = String::with_capacity(2 * digest.len());
        token.extend(
            digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])),
        );
        token
    }
}

/// What is written is hashed.
struct Hashed(Md5);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}
