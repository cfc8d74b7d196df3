//! `group-dispatch repair-order`: repairs events that an older version stored newest first.

use std::fmt::{self, Write as _};

use anyhow::bail;
use clap::Args;
use group_dispatch_client::TenantId;
use group_dispatch_server::store::TenantOrder;

use crate::{arguments::store::StoreArguments, output::count, terminal};

const EXAMPLES: &str = "\
Examples:
  group-dispatch repair-order --dry-run --database sqlite:///var/lib/group-dispatch.db
  group-dispatch repair-order --database sqlite:///var/lib/group-dispatch.db
  group-dispatch repair-order --tenant 500766";

/// Repair events that a version before contract 2.0.0 stored newest first.
///
/// These versions stored the events of one second in the order of the feed. A queryUserStatusLog response is newest
/// first: if it was imported unchanged, the first of these events counted as the latest, and presence may be wrong.
/// This command reverses such events. It recognizes them by the times of the same agent's events that arrived just
/// before and after them. If these times contradict each other, or there are none, it changes nothing and prints the
/// number of undecided events. `group-dispatch doctor --database` finds such events and changes nothing.
///
/// Stop all servers and imports on the database first, and back it up: the command refuses to start while others use
/// the database. The next server that starts builds presence from the events again. Each tenant is repaired in one
/// transaction: after an interruption, run the command again; when all tenants are repaired, it finds nothing. If
/// --keep-days removed events of a tenant, its presence can't be built again: nothing is changed, and the exit status
/// is 1.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct RepairOrder {
    /// Repair only this tenant.
    #[arg(long, visible_alias = "tenant-id", value_name = "ID")]
    pub tenant: Option<TenantId>,
    /// Print what would change, and change nothing; servers may run.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub store: StoreArguments,
}

/// What was found in all tenants. A tie is a group of events of one agent with one time.
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
    pub fn of<'a>(tenants: impl IntoIterator<Item = &'a TenantOrder>) -> Self {
        tenants.into_iter().fold(Self::default(), |total, tenant| Self {
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

pub async fn run(arguments: &RepairOrder) -> anyhow::Result<()> {
    let database = &arguments.store.database;
    let tenants = if arguments.dry_run {
        let tenants = database.inspect_order().await?;
        tenants.into_iter().filter(|order| arguments.tenant.is_none_or(|id| id == order.tenant)).collect()
    } else {
        database.repair_order(arguments.tenant).await?
    };
    let (beyond_repair, repaired): (Vec<_>, Vec<_>) = tenants.into_iter().partition(TenantOrder::is_beyond_repair);
    if beyond_repair.is_empty() || repaired.iter().any(|order| order.newest_first > 0) {
        terminal::print_styled_line(describe(&repaired, arguments.dry_run))?;
    }
    if beyond_repair.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = beyond_repair.iter().map(|order| order.tenant.to_string()).collect();
    bail!(
        "events of these tenants were stored newest first and can't be repaired: {}; --keep-days removed older events, so that \
         their presence can't be built again; nothing of these tenants is changed; feed their events into a new database",
        ids.join(", ")
    );
}

fn describe(tenants: &[TenantOrder], is_dry_run: bool) -> String {
    let verb = if is_dry_run { "would be reversed" } else { "reversed" };
    let mut text = String::new();
    for order in tenants {
        let parts = [
            (order.newest_first > 0).then(|| format!("{} {verb}", Total::of([order]))),
            (order.undecided > 0).then(|| format!("{} undecided and unchanged", count(order.undecided, "tie"))),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            let _ = writeln!(text, "tenant {}: {}", order.tenant, parts.join("; "));
        }
    }
    let total = Total::of(tenants);
    if total.ties == 0 {
        text += "nothing to repair";
    } else if is_dry_run {
        text += "nothing is changed; run it without --dry-run while no server uses the database";
    } else {
        text += "repaired; the next server that starts builds presence from the events again";
    }
    text
}
