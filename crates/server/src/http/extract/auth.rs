//! Authentication by the three signing headers of every query (developer guide, "Authentication"; D17), and what it shares
//! with that of calls that feed events ([`feed_auth`](super::feed_auth)).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName};
use group_dispatch_types::{
    BusinessCode,
    signing::{ApiKey, Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER, TenantId},
};
use subtle::ConstantTimeEq;

use crate::{
    http::{error::ApiError, state::AppState},
    store::{KeyAccess, KeyName, KnownTenant},
};

const TENANT_ID: HeaderName = HeaderName::from_static(TENANT_ID_HEADER);
const TIMESTAMP: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);
const TOKEN: HeaderName = HeaderName::from_static(TOKEN_HEADER);

/// The tenant whose key signed a request.
pub struct Signed {
    pub tenant_id: TenantId,
    pub tenant: KnownTenant,
    /// The name of the key.
    pub key: KeyName,
    /// What the key may do.
    pub access: KeyAccess,
    /// The SHA-256 that the body must have, if the signature covers it.
    pub body_sha256: Option<String>,
}

/// Returns the tenant whose key made the token of a request.
///
/// # Errors
/// When a header is missing, the timestamp is malformed or outside the window, or the token is wrong. An unknown tenant gets
/// the same error as a wrong token, after the same work as for a tenant with one key: ids can't be probed.
pub fn authenticate(headers: &HeaderMap, state: &AppState) -> Result<Signed, ApiError> {
    let (tenant_id, timestamp) = claimed_tenant_and_time(headers)?;
    let token = required(headers, &TOKEN, BusinessCode::TokenMissing)?;
    check_time(timestamp, SystemTime::now(), state.config.timestamp_window)?;
    let sign = |credentials: &Credentials| credentials.token(timestamp);
    signer(tenant_id, token, state, sign)
        .map_err(|why| ApiError::of(BusinessCode::TokenWrong).because(why.unwrap_or("token-wrong")))
}

/// Returns the headers `tenant_id` and `timestamp`.
pub fn claimed_tenant_and_time(headers: &HeaderMap) -> Result<(&str, &str), ApiError> {
    let tenant_id = required(headers, &TENANT_ID, BusinessCode::TenantIdMissing)?;
    Ok((tenant_id, required(headers, &TIMESTAMP, BusinessCode::TimestampMissing)?))
}

fn required<'a>(headers: &'a HeaderMap, name: &HeaderName, missing: BusinessCode) -> Result<&'a str, ApiError> {
    single_value(headers, name).ok_or_else(|| ApiError::of(missing))
}

/// Returns the tenant in the header `tenant_id`, which nothing proves, if there is such a tenant.
pub fn claimed_tenant(headers: &HeaderMap, state: &AppState) -> Option<TenantId> {
    let id = single_value(headers, &TENANT_ID)?.parse().ok()?;
    state.store.tenant(id).map(|_| id)
}

/// Returns the tenant of which a key makes this signature, and that key. All keys are tried, each in constant time.
///
/// # Errors
/// When no key does; with a reason for the log if that is not the signature.
pub fn signer(
    tenant_id: &str,
    signature: &str,
    state: &AppState,
    sign: impl Fn(&Credentials) -> String,
) -> Result<Signed, Option<&'static str>> {
    let tenant_id: TenantId = tenant_id.parse().map_err(|_| Some("tenant-id-malformed"))?;
    let is_signed_with = |key: &ApiKey| {
        let expected = sign(&Credentials::new(tenant_id, key.clone()));
        bool::from(expected.as_bytes().ct_eq(signature.as_bytes()))
    };
    let Some(tenant) = state.store.tenant(tenant_id) else {
        let _ = is_signed_with(&ApiKey::new(""));
        return Err(Some("tenant-unknown"));
    };
    let mut signer = None;
    for key in tenant.keys() {
        if is_signed_with(&key.key) {
            signer = Some((key.name.clone(), key.access));
        }
    }
    let (key, access) = signer.ok_or(None)?;
    Ok(Signed { tenant_id, tenant, key, access, body_sha256: None })
}

/// Returns the value of a header, if there is one that is not empty. A value that is not text, and a header that is sent
/// twice, are read as a text that nothing accepts.
pub fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    const UNREADABLE: &str = "?";
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    let text = if values.next().is_some() { UNREADABLE } else { value.to_str().map_or(UNREADABLE, str::trim) };
    (!text.is_empty()).then_some(text)
}

/// Checks the header `timestamp`.
pub fn check_time(timestamp: &str, now: SystemTime, window: Duration) -> Result<(), ApiError> {
    let malformed = || ApiError::of(BusinessCode::TimestampMalformed);
    if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    let milliseconds: u64 = timestamp.parse().map_err(|_| malformed())?;
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    if Duration::from_millis(milliseconds).abs_diff(now) <= window {
        Ok(())
    } else {
        Err(ApiError::of(BusinessCode::TimestampTimeout))
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
            check_time(&timestamp, UNIX_EPOCH + Duration::from_millis(now), minutes).is_ok()
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
