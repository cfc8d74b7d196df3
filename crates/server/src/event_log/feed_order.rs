//! Finds events that an older version stored in the order of a newest-first feed. `inspect_order` and `repair_order` of
//! both logs use it.
//!
//! Several events of one agent at one source with one time are a tie: only their numbers (`seq`) say which of them is
//! the latest. Older versions numbered events in the order of the feed, so a newest-first feed got its ties the wrong
//! way round. The events around a tie show the order of the feed:
//!
//! ```text
//! seq     1   2   3   4   5   6         1   2   3   4   5   6
//! time    7   8   8   8   9   9         9   9   8   8   8   7
//!             [ tie ]                           [ tie ]
//!         times rise: oldest first      times fall: newest first, swap seq 3 and 5
//! ```
//!
//! Where times neither rise nor fall on both sides, [`ties`] decides by the further neighbors, or not at all. Memory
//! holds a few numbers for each agent and source and, for a repair, three numbers for each pair of events to be
//! swapped.

use std::collections::{HashMap, HashSet};

pub use self::ties::Swap;
use group_dispatch_types::signing::TenantId;

use self::ties::{Arrivals, Tie, Verdict};

mod ties;

/// The order in which older versions stored the events of one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantOrder {
    /// The id of the tenant.
    pub tenant: TenantId,
    /// How many ties were stored newest first, so that presence may be wrong.
    pub newest_first: u64,
    /// How many events these ties have.
    pub events: u64,
    /// How many WhatsApp accounts these ties have.
    pub accounts: u64,
    /// How many ties have neighbors that do not show the order of the feed. They are never changed.
    pub undecided: u64,
    /// Whether no event has ever expired, so that presence can be rebuilt from the events.
    pub has_all_events: bool,
}

impl TenantOrder {
    /// Returns whether ties were stored newest first and can't be repaired, because other events have expired.
    #[must_use]
    pub const fn is_beyond_repair(&self) -> bool {
        self.newest_first > 0 && !self.has_all_events
    }
}

/// The members of an event that a scan needs.
pub struct Arrival {
    pub seq: i64,
    pub tenant: i64,
    pub at: i64,
    pub source: i32,
    pub agent: i64,
    pub account: i64,
}

/// A scan of the events of several tenants, in the order of arrival.
pub struct Scan {
    tenants: HashMap<i64, Tenant>,
    agents: HashMap<(i64, i64, i32), Arrivals>,
    collects_swaps: bool,
}

/// A tenant with events that an older version stored.
pub struct OlderTenant {
    pub number: i64,
    pub id: TenantId,
    /// The last event that an older version may have stored.
    pub last_seq: i64,
}

/// What a scan found for a tenant.
pub struct Tenant {
    pub number: i64,
    pub order: TenantOrder,
    pub swaps: Vec<Swap>,
    last_seq: i64,
    accounts: HashSet<i64>,
}

impl Scan {
    /// Begins a scan; `collects_swaps` for a repair.
    pub fn new(tenants: impl IntoIterator<Item = OlderTenant>, has_all_events: bool, collects_swaps: bool) -> Self {
        let tenants = tenants.into_iter().map(|OlderTenant { number, id, last_seq }| {
            let order =
                TenantOrder { tenant: id, newest_first: 0, events: 0, accounts: 0, undecided: 0, has_all_events };
            (number, Tenant { number, order, swaps: Vec::new(), last_seq, accounts: HashSet::new() })
        });
        Self { tenants: tenants.collect(), agents: HashMap::new(), collects_swaps }
    }

    /// Returns the last event that the scan needs.
    pub fn last_seq(&self) -> i64 {
        self.tenants.values().map(|tenant| tenant.last_seq).max().unwrap_or(0)
    }

    pub fn observe(&mut self, arrival: &Arrival) {
        let Some(tenant) = self.tenants.get_mut(&arrival.tenant) else { return };
        if arrival.seq <= tenant.last_seq {
            let agent = self.agents.entry((arrival.tenant, arrival.agent, arrival.source)).or_default();
            if let Some((tie, verdict)) = agent.observe(arrival.at, arrival.seq, arrival.account) {
                tenant.count(&tie, verdict, self.collects_swaps);
            }
        }
    }

    /// Returns the results, by tenant id.
    pub fn finish(mut self) -> Vec<Tenant> {
        for ((tenant, ..), agent) in self.agents {
            let Some(tenant) = self.tenants.get_mut(&tenant) else { continue };
            for (tie, verdict) in agent.finish() {
                tenant.count(&tie, verdict, self.collects_swaps);
            }
        }
        let mut tenants: Vec<_> = self.tenants.into_values().collect();
        for tenant in &mut tenants {
            tenant.order.accounts = tenant.accounts.len() as u64;
            // In the order of the pages of the database.
            tenant.swaps.sort_unstable_by_key(|swap| swap.one);
        }
        tenants.sort_unstable_by_key(|tenant| tenant.order.tenant);
        tenants
    }
}

impl Tenant {
    fn count(&mut self, tie: &Tie, verdict: Verdict, collects_swaps: bool) {
        match verdict {
            Verdict::OldestFirst => {}
            Verdict::Undecided => self.order.undecided += 1,
            Verdict::NewestFirst => {
                self.order.newest_first += 1;
                self.order.events += tie.len() as u64;
                self.accounts.extend(tie.accounts());
                if collects_swaps {
                    self.swaps.extend(tie.swaps());
                }
            }
        }
    }
}
