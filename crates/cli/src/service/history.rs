//! Recognizes services that have no history, and explains what does. Used by `history`, `mirror status` and `doctor`.

use anyhow::anyhow;
use group_dispatch_client::Error;
use group_dispatch_types::BusinessCode;

use super::Service;

/// What a service without a history is not. A part of errors and of reports.
pub const WHO_HAS_A_HISTORY: &str = "only a group-dispatch-server has one, and the vendor's own service does not";

/// Returns whether the response shows that the service does not know the operations of the history.
///
/// The vendor's service knows neither their paths nor their signature: it may return another HTTP status, a page, or the code
/// for a missing token.
pub fn is_without_history(error: &Error) -> bool {
    use BusinessCode::{MethodNotAllowed, TokenMissing, UnknownPath};
    match error {
        // A group-dispatch-server that misses the token has HTTP status 401.
        Error::Business { code: TokenMissing, status, .. } => *status == 200,
        Error::Business { code, .. } => matches!(code, UnknownPath | MethodNotAllowed),
        Error::Http { status, .. } => matches!(status, 300..400 | 404 | 405 | 501),
        Error::Decode { is_cut, .. } => !is_cut,
        Error::BudgetExhausted { last } => is_without_history(last),
        _ => false,
    }
}

impl Service {
    /// Explains why the history could not be read, as [`explain_with_origin`](Self::explain_with_origin) does.
    pub fn explain_history(&self, error: &Error) -> anyhow::Error {
        let explained = self.explain_with_origin(error);
        if !is_without_history(error) {
            return explained;
        }
        let url = self.display_url();
        anyhow!(
            "the service at {url} has no history: {WHO_HAS_A_HISTORY}; use the address of such a server ({explained})"
        )
    }
}
