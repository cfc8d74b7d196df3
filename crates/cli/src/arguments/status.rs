//! Shell completions of `--status`.

use clap_complete::CompletionCandidate;
use group_dispatch_types::AccountStatus;

/// Returns the statuses, for completions.
pub fn complete_status() -> Vec<CompletionCandidate> {
    AccountStatus::ALL.iter().map(|status| CompletionCandidate::new(status.to_string())).collect()
}
