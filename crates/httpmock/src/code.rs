//! What goes with a code.

use group_dispatch_types::BusinessCode;

/// The vendor's own words (its error-code page), or for a code that is not the vendor's its meaning.
pub fn message(code: BusinessCode) -> &'static str {
    match code {
        BusinessCode::Zero | BusinessCode::Success => "success",
        BusinessCode::AppSecretError => "appSecret error",
        BusinessCode::TimestampTimeout => "timestamp timeout",
        BusinessCode::DatabaseError => "database error",
        BusinessCode::TimestampMissing => "timestamp is null",
        BusinessCode::TimestampMalformed => "timestamp is error",
        BusinessCode::TokenWrong => "accessToken is error",
        BusinessCode::TenantIdMissing => "tenantId is null",
        BusinessCode::TokenMissing => "token is null",
        BusinessCode::UserNameUnknown => "action username error",
        other => other.description(),
    }
}

/// The HTTP status with which group-dispatch-server sends the code (D19).
pub fn http_status(code: BusinessCode) -> u16 {
    match code {
        BusinessCode::Zero | BusinessCode::Success => 200,
        BusinessCode::AppSecretError
        | BusinessCode::TimestampTimeout
        | BusinessCode::TimestampMissing
        | BusinessCode::TimestampMalformed
        | BusinessCode::TokenWrong
        | BusinessCode::TenantIdMissing
        | BusinessCode::TokenMissing => 401,
        other => u16::try_from(other.code()).ok().filter(|code| (400..=500).contains(code)).unwrap_or(500),
    }
}
