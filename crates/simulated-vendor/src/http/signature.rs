//! Checks the signing headers as the vendor does (D17, D35).

use group_dispatch_types::{
    BusinessCode,
    signing::{Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER},
};
use hyper::HeaderMap;

use crate::random::MINUTE;

/// How far a timestamp may be from the vendor's clock, in milliseconds, before and after.
const WINDOW: i64 = 5 * MINUTE;

/// Checks the headers of a request.
///
/// # Errors
/// With the code of the first fault: missing headers come first, then the timestamp, then the token.
pub fn check(headers: &HeaderMap, credentials: &Credentials, vendor_time: i64) -> Result<(), BusinessCode> {
    let required = |name, missing| {
        let value = headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        value.filter(|value| !value.is_empty()).ok_or(missing)
    };
    let tenant_id = required(TENANT_ID_HEADER, BusinessCode::TenantIdMissing)?;
    let timestamp = required(TIMESTAMP_HEADER, BusinessCode::TimestampMissing)?;
    let token = required(TOKEN_HEADER, BusinessCode::TokenMissing)?;
    let time: u64 = timestamp.parse().map_err(|_| BusinessCode::TimestampMalformed)?;
    if i64::try_from(time).is_ok_and(|time| time.abs_diff(vendor_time) <= WINDOW.unsigned_abs()) {
        let is_right = tenant_id == credentials.tenant_id().to_string() && token == credentials.token(timestamp);
        if is_right { Ok(()) } else { Err(BusinessCode::TokenWrong) }
    } else {
        Err(BusinessCode::TimestampTimeout)
    }
}
