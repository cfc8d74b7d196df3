//! Authentication: the three signing headers of every operation (developer guide, "Authentication"; D17).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName};
use group_dispatch_types::{
    BusinessCode,
    signing::{ApiKey, Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER, TenantId},
};
use subtle::ConstantTimeEq;

use crate::{
    http::{error::ApiError, state::AppState},
    store::KnownTenant,
};

const TENANT_ID: HeaderName = HeaderName::from_static(TENANT_ID_HEADER);
const TIMESTAMP: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);
const TOKEN: HeaderName = HeaderName::from_static(TOKEN_HEADER);

/// Returns the tenant whose key signed the request.
///
/// # Errors
/// When a header is missing, the timestamp is malformed or outside the window, or the token is wrong. An unknown tenant gets
/// the same error as a wrong token, after the same work: ids can't be probed.
pub fn authenticate(headers: &HeaderMap, state: &AppState) -> Result<(TenantId, KnownTenant), ApiError> {
    let claim = Claim::read(headers)?;
    claim.check_time(SystemTime::now(), state.config.timestamp_window)?;
    let wrong_token = || ApiError::of(BusinessCode::TokenWrong);
    let id: TenantId = claim.tenant_id.parse().map_err(|_| wrong_token())?;
    let tenant = state.store.tenant(id);
    let key = tenant.as_ref().map_or_else(|| ApiKey::new(""), |tenant| tenant.key().clone());
    let expected = Credentials::new(id, key).token(claim.timestamp);
    let is_right = expected.as_bytes().ct_eq(claim.token.as_bytes());
    match tenant.filter(|_| bool::from(is_right)) {
        Some(tenant) => Ok((id, tenant)),
        None => Err(wrong_token()),
    }
}

/// Returns the value of a header, if there is one that is not empty. A value that is not text, and a header that is sent
/// twice, are read as a text that nothing accepts.
fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    const UNREADABLE: &str = "?";
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    let text = if values.next().is_some() { UNREADABLE } else { value.to_str().map_or(UNREADABLE, str::trim) };
    (!text.is_empty()).then_some(text)
}

/// What the headers claim, not verified.
struct Claim<'a> {
    tenant_id: &'a str,
    timestamp: &'a str,
    token: &'a str,
}

impl<'a> Claim<'a> {
    fn read(headers: &'a HeaderMap) -> Result<Self, ApiError> {
        let missing = |code| move || ApiError::of(code);
        Ok(Self {
            tenant_id: single_value(headers, &TENANT_ID).ok_or_else(missing(BusinessCode::TenantIdMissing))?,
            timestamp: single_value(headers, &TIMESTAMP).ok_or_else(missing(BusinessCode::TimestampMissing))?,
            token: single_value(headers, &TOKEN).ok_or_else(missing(BusinessCode::TokenMissing))?,
        })
    }

    fn check_time(&self, now: SystemTime, window: Duration) -> Result<(), ApiError> {
        let malformed = || ApiError::of(BusinessCode::TimestampMalformed);
        if !self.timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed());
        }
        let milliseconds: u64 = self.timestamp.parse().map_err(|_| malformed())?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        if Duration::from_millis(milliseconds).abs_diff(now) <= window {
            Ok(())
        } else {
            Err(ApiError::of(BusinessCode::TimestampTimeout))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_ends_at_its_last_millisecond() {
        let (minutes, now) = (Duration::from_secs(5 * 60), 1_710_936_559_123_u64);
        let at = |timestamp: u64| {
            let timestamp = timestamp.to_string();
            let claim = Claim { tenant_id: "1", timestamp: &timestamp, token: "" };
            claim.check_time(UNIX_EPOCH + Duration::from_millis(now), minutes).is_ok()
        };
        for (timestamp, accepted) in [
            (now, true),
            (now - 300_000, true),
            (now - 300_001, false),
            (now + 300_000, true),
            (now + 300_001, false),
            (0, false),
            (u64::MAX, false),
        ] {
            assert_eq!(at(timestamp), accepted, "{timestamp}");
        }
    }
}
