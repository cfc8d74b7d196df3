//! Finds events that an older version stored in the order of a newest-first feed.
//!
//! Events of one agent at one source with one time are a tie: only their order of arrival (`seq`) says which of them is
//! the latest. The events around a tie say which order the feed had. Used by `inspect_order` and `repair_order` of both
//! logs. Memory holds a few numbers for each agent and, for a repair, three numbers for each pair of events to be exchanged:
//! nothing for events that are in order, however many there are.

use std::collections::{HashMap, HashSet};

pub use self::ties::Swap;
use self::ties::{Arrivals, Tie, Verdict};
use crate::TenantId;

mod ties;

/// How the events are ordered that older versions stored for one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantOrder {
    /// The tenant.
    pub tenant: TenantId,
    /// Ties that were stored newest first: what follows from them is wrong.
    pub newest_first: u64,
    /// Events in these ties.
    pub events: u64,
    /// WhatsApp accounts in these ties.
    pub accounts: u64,
    /// Ties whose surroundings don't say which order their feed had, or contradict each other. They are never changed.
    pub undecided: u64,
    /// Whether the log has all events of its tenants that are not removed, so that the presence can be built again from it.
    pub has_all_events: bool,
}

impl TenantOrder {
    /// Whether ties were stored newest first, and can't be repaired because retention removed other events.
    #[must_use]
    pub const fn is_beyond_repair(&self) -> bool {
        self.newest_first > 0 && !self.has_all_events
    }
}

/// What a scan needs of an event.
pub struct Arrival {
    pub seq: i64,
    pub tenant: i64,
    pub at: i64,
    pub source: i32,
    pub agent: i64,
    pub account: i64,
}

/// Looks at the events of several tenants, each agent's in the order of arrival.
pub struct Scan {
    tenants: HashMap<i64, Tenant>,
    agents: HashMap<(i64, i64, i32), Arrivals>,
    collects_swaps: bool,
}

/// A tenant with events that an older version stored.
pub struct OlderTenant {
    pub number: i64,
    pub id: TenantId,
    /// The last event that an older version can have stored.
    pub last_seq: i64,
}

/// What a scan found of a tenant.
pub struct Tenant {
    pub number: i64,
    pub order: TenantOrder,
    pub swaps: Vec<Swap>,
    last_seq: i64,
    accounts: HashSet<i64>,
}

impl Scan {
    /// Begins a scan of these tenants; `collects_swaps` where the ties are to be repaired.
    pub fn new(tenants: impl IntoIterator<Item = OlderTenant>, has_all_events: bool, collects_swaps: bool) -> Self {
        let tenants = tenants.into_iter().map(|OlderTenant { number, id, last_seq }| {
            let order =
                TenantOrder { tenant: id, newest_first: 0, events: 0, accounts: 0, undecided: 0, has_all_events };
            (number, Tenant { number, order, swaps: Vec::new(), last_seq, accounts: HashSet::new() })
        });
        Self { tenants: tenants.collect(), agents: HashMap::new(), collects_swaps }
    }

    /// The last event that is worth reading.
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

    /// Returns what was found, by tenant id.
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
            // In the order of the file's pages.
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
