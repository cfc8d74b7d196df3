//! Authentication by the three signing headers of every query (developer guide, "Authentication"; D17), and what it shares
//! with that of calls that feed events ([`feed_auth`](super::feed_auth)).

use std::time::SystemTime;

use axum::http::{HeaderMap, HeaderName};
use group_dispatch_types::{
    BusinessCode,
    signing::{ApiKey, Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER, TenantId},
};
use subtle::ConstantTimeEq;

use crate::{
    http::{
        error::ApiError,
        signing_header::{check_time, single_value},
        state::AppState,
    },
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
