//! Shell completions of `--status` and `--detail-status`.

use clap_complete::CompletionCandidate;
use group_dispatch_types::{AccountStatus, StatusDetail};

/// Returns the statuses, for completions.
pub fn complete_status() -> Vec<CompletionCandidate> {
    AccountStatus::ALL.iter().map(|status| CompletionCandidate::new(status.to_string())).collect()
}

/// Returns what can happen to an account, for completions.
pub fn complete_detail() -> Vec<CompletionCandidate> {
    let candidate =
        |detail: &StatusDetail| CompletionCandidate::new(detail.to_string()).help(Some(detail.description().into()));
    StatusDetail::ALL.iter().map(candidate).collect()
}
