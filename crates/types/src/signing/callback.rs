//! The signature of the vendor's callbacks: an HMAC-SHA256 of tenant id and timestamp, which does not cover the body (the
//! vendor's page on webhooks; D59).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Credentials, hexadecimal};

/// The header of a callback with the HMAC that proves the appSecret. The headers `tenant_id` and `timestamp` are those of
/// requests.
pub const ACCESS_TOKEN_HEADER: &str = "access_token";

impl Credentials {
    /// Returns the `access_token` of a callback of the vendor, if the key is the tenant's appSecret: the lower-case hexadecimal
    /// HMAC-SHA256 of tenant id and timestamp, written one after the other as text. `timestamp` is the text of the header of that
    /// name, in Unix epoch milliseconds.
    ///
    /// ```
    /// use group_dispatch_types::signing::Credentials;
    /// let credentials = Credentials::new(1, "demo-app-secret");
    /// let token = credentials.access_token("1710936559123");
    /// assert_eq!(token, "e219421a8c9c0fb6d1fc6a053027f303618d3836c080ba7531863e11960c0053");
    /// ```
    #[must_use]
    pub fn access_token(&self, timestamp: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(self.api_key().expose().as_bytes());
        let text = format!("{}{timestamp}", self.tenant_id());
        // A key may have any length.
        mac.map(|mac| hexadecimal(&mac.chain_update(text).finalize().into_bytes())).unwrap_or_default()
    }
}
