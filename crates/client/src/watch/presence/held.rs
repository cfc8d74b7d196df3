//! A change that a server has reported, and that has not lasted for the settle time.

use std::time::Duration;

use group_dispatch_types::history::ChangePosition;

use crate::watch::snapshot::Online;

/// See the [module](self).
pub struct Held {
    pub since: Duration,
    /// Changes that were held back earlier have a smaller number.
    pub number: u64,
    pub next: Option<Online>,
    /// The position before it.
    pub before: Option<ChangePosition>,
}
