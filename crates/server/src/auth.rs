//! Who asks: the three signing headers of every query (developer guide, "Authentication"; D17).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use group_dispatch_types::{
    BusinessCode,
    signing::{Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER, TenantId},
};
use subtle::ConstantTimeEq;

use crate::{answer::Failure, router::App};

/// The tenant that proved to be the one who asks.
pub struct Tenant(pub TenantId);

impl FromRequestParts<App> for Tenant {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let claim = Claim::read(&parts.headers)?;
        claim.check_time(SystemTime::now(), app.settings.timestamp_window)?;
        let wrong = || Failure::new(BusinessCode::TokenWrong, "accessToken is error");
        // An unknown tenant gets the same answer as a wrong token, so that ids can't be found out.
        let tenant: TenantId = claim.tenant_id.parse().map_err(|_| wrong())?;
        let key = app.store.api_key(tenant).await?.ok_or_else(wrong)?;
        let token = Credentials::new(tenant, key.expose()).token(claim.timestamp);
        if bool::from(token.as_bytes().ct_eq(claim.token.as_bytes())) { Ok(Self(tenant)) } else { Err(wrong()) }
    }
}

/// What a request says of itself.
struct Claim<'a> {
    tenant_id: &'a str,
    timestamp: &'a str,
    token: &'a str,
}

impl<'a> Claim<'a> {
    fn read(headers: &'a HeaderMap) -> Result<Self, Failure> {
        let header = |name: &str, code, message| {
            let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
            if value.is_empty() { Err(Failure::new(code, message)) } else { Ok(value) }
        };
        Ok(Self {
            tenant_id: header(TENANT_ID_HEADER, BusinessCode::TenantIdMissing, "tenantId is null")?,
            timestamp: header(TIMESTAMP_HEADER, BusinessCode::TimestampMissing, "timestamp is null")?,
            token: header(TOKEN_HEADER, BusinessCode::TokenMissing, "token is null")?,
        })
    }

    fn check_time(&self, now: SystemTime, window: Duration) -> Result<(), Failure> {
        let milliseconds: u64 =
            self.timestamp.parse().map_err(|_| Failure::new(BusinessCode::TimestampMalformed, "timestamp is error"))?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        if Duration::from_millis(milliseconds).abs_diff(now) <= window {
            Ok(())
        } else {
            Err(Failure::new(BusinessCode::TimestampTimeout, "timestamp timeout"))
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
