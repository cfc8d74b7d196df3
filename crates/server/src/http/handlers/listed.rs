//! [`listed`]: which sources can be asked for.

use group_dispatch_types::Source;

use crate::http::error::ApiError;

/// Rejects a source that is not in the contract's table. Events may have others (D5), but a query for one is a mistake.
///
/// # Errors
/// If it is not listed.
pub fn listed(source: Source) -> Result<Source, ApiError> {
    if source.is_known() {
        Ok(source)
    } else {
        Err(ApiError::bad_request("source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)"))
    }
}
