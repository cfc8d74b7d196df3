//! How old the data of a response is: the header `Age`, and the limit of it, `--max-age` (D57).
//!
//! The handlers of the queries ask for it before they read the data, so that it is never too low. A source that no mirror has
//! looked at has no age: its data was fed.

use std::time::Duration;

use axum::http::HeaderValue;
use group_dispatch_types::Source;

use super::{caller::Caller, error::ApiError};
use crate::event;

/// Whole seconds since the last good look at a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age(u64);

impl Age {
    /// The greatest age that caches have to know, in seconds (RFC 9111, section 1.2.2).
    const MAX: u64 = 1 << 31;

    fn new(age: Duration) -> Self {
        Self(age.as_secs().min(Self::MAX))
    }
}

impl From<Age> for HeaderValue {
    fn from(age: Age) -> Self {
        age.0.into()
    }
}

impl Caller<'_> {
    /// Returns the age of the data of these sources: the greatest of those that a mirror has looked at, or `None` if none has
    /// looked at any of them.
    ///
    /// # Errors
    /// When it is above the limit.
    pub fn age(&self, sources: &[Source]) -> Result<Option<Age>, ApiError> {
        let looks = sources.iter().filter_map(|source| Some((self.tenant.last_look(*source)?, *source)));
        let Some((last_look, source)) = looks.min_by_key(|(last_look, _)| *last_look) else { return Ok(None) };
        let age = event::time_since(last_look);
        match self.state.config.max_age {
            Some(limit) if age > limit => {
                let (code, seconds) = (source.code(), age.as_millis().div_ceil(1000));
                Err(ApiError::stale(format!(
                    "the data of source {code} ({source}) is {seconds}s old, and at most {limit:?} is allowed; retry when its \
                     mirror has looked at it again"
                )))
            }
            _ => Ok(Some(Age::new(age))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_in_whole_seconds() {
        for (milliseconds, expected) in [(999, "0"), (1_000, "1"), (61_999, "61"), (u64::MAX, "2147483648")] {
            assert_eq!(HeaderValue::from(Age::new(Duration::from_millis(milliseconds))), expected);
        }
    }
}
