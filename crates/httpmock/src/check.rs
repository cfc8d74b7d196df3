//! Checks the timestamp and the signature of a request as the service does.

use group_dispatch_types::{
    BusinessCode,
    signing::{Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER},
};
use httpmock::HttpMockRequest;

use crate::Clock;

/// The checks of a mock: none by default.
#[derive(Clone, Debug, Default)]
pub struct Check {
    pub clock: Option<Clock>,
    pub credentials: Option<Credentials>,
}

impl Check {
    /// Returns the code that the service refuses a request with. As there, missing headers come first, then the timestamp,
    /// then the signature.
    pub fn admit(&self, request: &HttpMockRequest) -> Result<(), BusinessCode> {
        let required = |is_required, name, code| match header(request, name) {
            None if is_required => Err(code),
            value => Ok(value.unwrap_or_default()),
        };
        let (by_time, by_key) = (self.clock.is_some(), self.credentials.is_some());
        let tenant = required(by_key, TENANT_ID_HEADER, BusinessCode::TenantIdMissing)?;
        let timestamp = required(by_key || by_time, TIMESTAMP_HEADER, BusinessCode::TimestampMissing)?;
        let token = required(by_key, TOKEN_HEADER, BusinessCode::TokenMissing)?;
        if let Some(clock) = self.clock {
            let malformed = BusinessCode::TimestampMalformed;
            // `parse` would also accept a sign.
            if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(malformed);
            }
            if !clock.accepts(timestamp.parse().map_err(|_| malformed)?) {
                return Err(BusinessCode::TimestampTimeout);
            }
        }
        match &self.credentials {
            Some(key) if tenant != key.tenant_id().to_string() || token != key.token(timestamp) => {
                Err(BusinessCode::TokenWrong)
            }
            _ => Ok(()),
        }
    }
}

/// Returns the value of a header unless it is missing or empty.
fn header<'a>(request: &'a HttpMockRequest, name: &str) -> Option<&'a str> {
    let (_, value) = request.headers_vec().iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
    Some(value.trim()).filter(|value| !value.is_empty())
}
