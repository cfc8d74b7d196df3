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

use group_dispatch_types::{ingest::FeedOrder, signing::TenantId};

pub use self::ties::Swap;
use self::ties::{Arrivals, Tie};
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

/// Selects the tenants of a log that is up to date for [`Scan::add_tenant`].
pub const OLDER_TENANTS: &str = "SELECT number, id, feed_order_seq FROM tenant";
/// Selects the events up to a number for [`Scan::observe`].
pub const ARRIVALS: &str = "
    SELECT seq, tenant, at, CAST(source AS bigint), user_id, whatsapp FROM status_event
    WHERE seq > 0 AND seq <= $1 ORDER BY seq";

/// A scan of the events of several tenants, in the order of arrival.
pub struct Scan {
    tenants: HashMap<i64, Tenant>,
    only: Option<TenantId>,
    has_all_events: bool,
    collects_swaps: bool,
}

/// What a scan found for a tenant.
pub struct Tenant {
    pub number: i64,
    pub order: TenantOrder,
    pub swaps: Vec<Swap>,
    /// The last event that an older version may have stored; 0 if it stored none.
    last_seq: i64,
    accounts: HashSet<i64>,
    /// By agent and source.
    arrivals: HashMap<(i64, i64), Arrivals>,
}

impl Scan {
    /// Begins a scan of all tenants, or of one; `collects_swaps` for a repair.
    pub fn new(only: Option<TenantId>, has_all_events: bool, collects_swaps: bool) -> Self {
        Self { tenants: HashMap::new(), only, has_all_events, collects_swaps }
    }

    /// Reads a row of [`OLDER_TENANTS`]: the number of a tenant, its id, and the last event of older versions.
    pub fn add_tenant<E>(&mut self, column: impl Fn(usize) -> Result<i64, E>) -> Result<(), E> {
        let (number, tenant, last_seq) = (column(0)?, TenantId::from(column(1)?.cast_unsigned()), column(2)?);
        if self.only.is_none_or(|only| only == tenant) {
            let has_all_events = self.has_all_events;
            let order = TenantOrder { tenant, newest_first: 0, events: 0, accounts: 0, undecided: 0, has_all_events };
            let (swaps, accounts, arrivals) = Default::default();
            self.tenants.insert(number, Tenant { number, order, swaps, last_seq, accounts, arrivals });
        }
        Ok(())
    }

    /// Returns the last event that the scan needs. Fails if the one tenant does not exist.
    pub fn last_seq(&self) -> Result<i64, StoreError> {
        match (self.only, self.tenants.values().map(|tenant| tenant.last_seq).max()) {
            (Some(only), None) => Err(StoreError::UnknownTenant(only)),
            (_, last) => Ok(last.unwrap_or(0)),
        }
    }

    /// Reads a row of [`ARRIVALS`].
    pub fn observe<E>(&mut self, column: impl Fn(usize) -> Result<i64, E>) -> Result<(), E> {
        let (seq, at, account) = (column(0)?, column(2)?, column(5)?);
        if let Some(tenant) = self.tenants.get_mut(&column(1)?)
            && seq <= tenant.last_seq
        {
            let arrivals = tenant.arrivals.entry((column(4)?, column(3)?)).or_default();
            if let Some((tie, order)) = arrivals.observe(at, seq, account) {
                tenant.count(&tie, order, self.collects_swaps);
            }
        }
        Ok(())
    }

    /// Returns the results, by tenant id.
    pub fn finish(self) -> Vec<Tenant> {
        let mut tenants: Vec<_> = self.tenants.into_values().filter(|tenant| tenant.last_seq > 0).collect();
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
