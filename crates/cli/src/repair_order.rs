//! `group-dispatch repair-order`.

use std::fmt::{self, Write as _};

use anyhow::bail;
use group_dispatch_server::store::TenantOrder;

use crate::{arguments::RepairOrder, terminal};

/// What was found in all tenants.
#[derive(Default)]
pub struct Total {
    /// Tenants with ties that were stored newest first.
    pub tenants: u64,
    pub accounts: u64,
    pub ties: u64,
    pub events: u64,
    pub undecided: u64,
}

impl Total {
    pub fn of<'a>(found: impl IntoIterator<Item = &'a TenantOrder>) -> Self {
        found.into_iter().fold(Self::default(), |total, tenant| Self {
            tenants: total.tenants + u64::from(tenant.newest_first > 0),
            accounts: total.accounts + tenant.accounts,
            ties: total.ties + tenant.newest_first,
            events: total.events + tenant.events,
            undecided: total.undecided + tenant.undecided,
        })
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accounts, ties, events, .. } = *self;
        let (ties, events, accounts) = (count(ties, "tie"), count(events, "event"), count(accounts, "account"));
        write!(f, "{ties} with {events} of {accounts}")
    }
}

/// A number of things, such as "1 tie".
pub fn count(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

pub async fn run(arguments: &RepairOrder) -> anyhow::Result<()> {
    let database = &arguments.store.database;
    let found = if arguments.dry_run {
        let found = database.inspect_order().await?;
        found.into_iter().filter(|order| arguments.tenant.is_none_or(|id| id == order.tenant)).collect()
    } else {
        database.repair_order(arguments.tenant).await?
    };
    let (left, done): (Vec<_>, Vec<_>) = found.into_iter().partition(TenantOrder::is_beyond_repair);
    if left.is_empty() || done.iter().any(|order| order.newest_first > 0) {
        terminal::show(outcome(&done, arguments.dry_run))?;
    }
    if left.is_empty() {
        return Ok(());
    }
    let tenants: Vec<_> = left.iter().map(|order| order.tenant.to_string()).collect();
    bail!(
        "events of these tenants were stored newest first and can't be repaired, so that nothing of theirs is changed: {}; \
         --keep-days has removed events, and the saved state alone says what followed from those; feed the events of these \
         tenants into a new database",
        tenants.join(", ")
    );
}

fn outcome(found: &[TenantOrder], is_dry_run: bool) -> String {
    let is_done = if is_dry_run { "would be turned round" } else { "turned round" };
    let mut text = String::new();
    for order in found {
        let parts = [
            (order.newest_first > 0).then(|| format!("{} {is_done}", Total::of([order]))),
            (order.undecided > 0).then(|| format!("{} undecided and unchanged", count(order.undecided, "tie"))),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            let _ = writeln!(text, "tenant {}: {}", order.tenant, parts.join("; "));
        }
    }
    let total = Total::of(found);
    if total.ties == 0 {
        text += "nothing to repair";
    } else if is_dry_run {
        text += "nothing is changed; run it without --dry-run while no server uses the database";
    } else {
        text += "repaired; who is online is built again from the events when a server starts";
    }
    text
}
