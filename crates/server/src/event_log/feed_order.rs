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

use std::{
    collections::{HashMap, HashSet},
    mem,
};

use group_dispatch_types::signing::TenantId;

pub use self::ties::Swap;
use self::ties::{Arrivals, FeedOrder, Tie};
use crate::error::StoreError;

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

/// The tenants of a log that is up to date, as [`OlderTenant::read`] reads them.
pub const OLDER_TENANTS: &str = "SELECT number, id, feed_order_seq FROM tenant";
/// The events up to a number, as [`Arrival::read`] reads them.
pub const ARRIVALS: &str = "
    SELECT seq, tenant, at, CAST(source AS bigint), user_id, whatsapp FROM status_event WHERE seq <= $1 ORDER BY seq";

/// A tenant, and the last of its events that an older version may have stored; 0 if it stored none.
pub struct OlderTenant {
    number: i64,
    id: TenantId,
    last_seq: i64,
}

impl OlderTenant {
    pub fn read<E>(column: impl Fn(usize) -> Result<i64, E>) -> Result<Self, E> {
        Ok(Self { number: column(0)?, id: column(1)?.cast_unsigned().into(), last_seq: column(2)? })
    }
}

/// The members of an event that a scan needs.
pub struct Arrival {
    seq: i64,
    tenant: i64,
    at: i64,
    source: i64,
    agent: i64,
    account: i64,
}

impl Arrival {
    pub fn read<E>(column: impl Fn(usize) -> Result<i64, E>) -> Result<Self, E> {
        let [seq, tenant, at] = [column(0)?, column(1)?, column(2)?];
        Ok(Self { seq, tenant, at, source: column(3)?, agent: column(4)?, account: column(5)? })
    }
}

/// A scan of the events of several tenants, in the order of arrival.
pub struct Scan {
    tenants: HashMap<i64, Tenant>,
    collects_swaps: bool,
}

/// What a scan found for a tenant.
pub struct Tenant {
    pub number: i64,
    pub order: TenantOrder,
    pub swaps: Vec<Swap>,
    last_seq: i64,
    accounts: HashSet<i64>,
    /// By agent and source.
    arrivals: HashMap<(i64, i64), Arrivals>,
}

impl Scan {
    /// Begins a scan; `collects_swaps` for a repair. With `only`, it skips the events of other tenants.
    ///
    /// # Errors
    /// If the tenant `only` does not exist.
    pub fn new(
        mut tenants: Vec<OlderTenant>,
        only: Option<TenantId>,
        has_all_events: bool,
        collects_swaps: bool,
    ) -> Result<Self, StoreError> {
        if let Some(only) = only {
            tenants.retain(|tenant| tenant.id == only);
            if tenants.is_empty() {
                return Err(StoreError::UnknownTenant(only));
            }
        }
        let tenants = tenants.into_iter().filter(|tenant| tenant.last_seq > 0);
        let tenants = tenants.map(|OlderTenant { number, id, last_seq }| {
            let order =
                TenantOrder { tenant: id, newest_first: 0, events: 0, accounts: 0, undecided: 0, has_all_events };
            let (swaps, accounts, arrivals) = Default::default();
            (number, Tenant { number, order, swaps, last_seq, accounts, arrivals })
        });
        Ok(Self { tenants: tenants.collect(), collects_swaps })
    }

    /// Returns the last event that the scan needs.
    pub fn last_seq(&self) -> i64 {
        self.tenants.values().map(|tenant| tenant.last_seq).max().unwrap_or(0)
    }

    pub fn observe(&mut self, arrival: &Arrival) {
        if let Some(tenant) = self.tenants.get_mut(&arrival.tenant)
            && arrival.seq <= tenant.last_seq
        {
            let arrivals = tenant.arrivals.entry((arrival.agent, arrival.source)).or_default();
            if let Some((tie, order)) = arrivals.observe(arrival.at, arrival.seq, arrival.account) {
                tenant.count(&tie, order, self.collects_swaps);
            }
        }
    }

    /// Returns the results, by tenant id.
    pub fn finish(self) -> Vec<Tenant> {
        let mut tenants: Vec<_> = self.tenants.into_values().collect();
        for tenant in &mut tenants {
            for arrivals in mem::take(&mut tenant.arrivals).into_values() {
                for (tie, order) in arrivals.finish() {
                    tenant.count(&tie, order, self.collects_swaps);
                }
            }
            tenant.order.accounts = tenant.accounts.len() as u64;
            // In the order of the pages of the database.
            tenant.swaps.sort_unstable_by_key(|swap| swap.one);
        }
        tenants.sort_unstable_by_key(|tenant| tenant.order.tenant);
        tenants
    }
}

impl Tenant {
    fn count(&mut self, tie: &Tie, order: Option<FeedOrder>, collects_swaps: bool) {
        match order {
            Some(FeedOrder::OldestFirst) => {}
            None => self.order.undecided += 1,
            Some(FeedOrder::NewestFirst) => {
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
