//! Who asks: the three signing headers of every query (developer guide, "Authentication"; D17).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, request::Parts},
};
use group_dispatch_types::{
    BusinessCode,
    signing::{ApiKey, Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER, TenantId},
};
use subtle::ConstantTimeEq;

use crate::{
    http::{error::Failure, state::Call},
    store::KnownTenant,
};

const TENANT_ID: HeaderName = HeaderName::from_static(TENANT_ID_HEADER);
const TIMESTAMP: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);
const TOKEN: HeaderName = HeaderName::from_static(TOKEN_HEADER);

/// The tenant that proved to be the one who asks, and does not ask too often.
pub struct Tenant {
    pub id: TenantId,
    pub known: KnownTenant,
}

impl FromRequestParts<Call> for Tenant {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, Call { app, notes }: &Call) -> Result<Self, Failure> {
        let claim = Claim::read(&parts.headers)?;
        claim.check_time(SystemTime::now(), app.settings.timestamp_window)?;
        let wrong = || Failure::of(BusinessCode::TokenWrong);
        let tenant: TenantId = claim.tenant_id.parse().map_err(|_| wrong())?;
        let known = app.store.tenant(tenant);
        // An unknown tenant gets the same answer as a wrong token, and after the same work, so that ids can't be found
        // out.
        let key = known.as_ref().map_or_else(|| ApiKey::new(""), |tenant| tenant.key().clone());
        let credentials = Credentials::new(tenant, key);
        let right = credentials.token(claim.timestamp).as_bytes().ct_eq(claim.token.as_bytes());
        let Some(known) = known.filter(|_| bool::from(right)) else { return Err(wrong()) };
        notes.set_tenant(tenant);
        if app.rates.allow(tenant, notes.endpoint()) {
            Ok(Self { id: tenant, known })
        } else {
            let limit = app.settings.limits.requests_per_second;
            Err(Failure::new(
                BusinessCode::TooManyRequests,
                format!("too many requests: expected at most {limit} a second to each endpoint"),
            ))
        }
    }
}

/// The value of a header, where there is one that is not empty. Of a value that is no text, or of two values, no reading
/// is right: they are read as a text that nothing accepts.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    const UNREADABLE: &str = "?";
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    let text = if values.next().is_some() { UNREADABLE } else { value.to_str().map_or(UNREADABLE, str::trim) };
    (!text.is_empty()).then_some(text)
}

/// What a request says of itself.
struct Claim<'a> {
    tenant_id: &'a str,
    timestamp: &'a str,
    token: &'a str,
}

impl<'a> Claim<'a> {
    fn read(headers: &'a HeaderMap) -> Result<Self, Failure> {
        let missing = |code| move || Failure::of(code);
        Ok(Self {
            tenant_id: only(headers, &TENANT_ID).ok_or_else(missing(BusinessCode::TenantIdMissing))?,
            timestamp: only(headers, &TIMESTAMP).ok_or_else(missing(BusinessCode::TimestampMissing))?,
            token: only(headers, &TOKEN).ok_or_else(missing(BusinessCode::TokenMissing))?,
        })
    }

    fn check_time(&self, now: SystemTime, window: Duration) -> Result<(), Failure> {
        let malformed = || Failure::of(BusinessCode::TimestampMalformed);
        if !self.timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed());
        }
        let milliseconds: u64 = self.timestamp.parse().map_err(|_| malformed())?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        if Duration::from_millis(milliseconds).abs_diff(now) <= window {
            Ok(())
        } else {
            Err(Failure::of(BusinessCode::TimestampTimeout))
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
