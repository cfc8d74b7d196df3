//! What a service looks at before it answers.

use group_dispatch_types::{
    BusinessCode,
    signing::{Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER},
};
use httpmock::HttpMockRequest;

use crate::Clock;

/// The checks that were asked for; by default none.
#[derive(Clone, Debug, Default)]
pub struct Check {
    pub clock: Option<Clock>,
    pub credentials: Option<Credentials>,
}

impl Check {
    /// Refuses what the service would refuse, in its order: what is missing, then the time, then the proof.
    pub fn admit(&self, request: &HttpMockRequest) -> Result<(), BusinessCode> {
        let needed = |is_needed, name, code| match header(request, name) {
            None if is_needed => Err(code),
            value => Ok(value.unwrap_or_default()),
        };
        let (by_time, by_key) = (self.clock.is_some(), self.credentials.is_some());
        let tenant = needed(by_key, TENANT_ID_HEADER, BusinessCode::TenantIdMissing)?;
        let timestamp = needed(by_key || by_time, TIMESTAMP_HEADER, BusinessCode::TimestampMissing)?;
        let token = needed(by_key, TOKEN_HEADER, BusinessCode::TokenMissing)?;
        if let Some(clock) = self.clock {
            let malformed = BusinessCode::TimestampMalformed;
            // `parse` would take a sign as well.
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

/// The value of a header, where there is one that is not empty.
fn header<'a>(request: &'a HttpMockRequest, name: &str) -> Option<&'a str> {
    let (_, value) = request.headers_vec().iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
    Some(value.trim()).filter(|value| !value.is_empty())
}
