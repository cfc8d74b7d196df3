//! Companies, and the keys with which they sign.

use std::{fmt, str::FromStr};

/// A company's id: a positive integer of up to 18 digits (developer guide, `tenant_id`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(i64);

impl TenantId {
    /// The id as a number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for TenantId {
    type Error = InvalidTenantId;

    /// # Errors
    /// When the number is not positive or has more than 18 digits.
    fn try_from(number: i64) -> Result<Self, InvalidTenantId> {
        if (1..=999_999_999_999_999_999).contains(&number) { Ok(Self(number)) } else { Err(InvalidTenantId) }
    }
}

impl FromStr for TenantId {
    type Err = InvalidTenantId;

    /// # Errors
    /// When the text is not a positive integer of up to 18 digits.
    fn from_str(text: &str) -> Result<Self, InvalidTenantId> {
        text.trim().parse::<i64>().map_err(|_| InvalidTenantId)?.try_into()
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text or number that is not a tenant's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a tenant id: a positive integer of up to 18 digits")]
pub struct InvalidTenantId;

/// The key with which a tenant signs its requests. `Debug` doesn't show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// A key that is already agreed on.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key itself. Handle with care.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}
