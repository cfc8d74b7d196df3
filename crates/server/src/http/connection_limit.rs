//! The limits on open connections: of all clients, and of each. At the limit of all, the connection that has been idle longest
//! is closed to make room, so that idle connections keep nobody out.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::task::AbortHandle;

use super::{
    activity::{Activity, WaitsUntil},
    client_address::ClientAddress,
    config::{Config, Limits},
    metrics::{Cut, InUse, Metrics, Refused},
};
use crate::{address_range::AddressRange, log_interval::LogInterval};

/// A connection that has been idle for less is not closed: its request may be on its way. A client that was refused retries
/// after this time (`Retry-After`), and then finds each connection closed that has been idle since.
const MIN_IDLE: Duration = Duration::from_secs(1);
/// How many idle connections are sorted at a time: examining all connections for each new one would take too long.
const MAX_SORTED: usize = 128;
/// The delay until all connections are examined again if none of them could be closed.
const RESCAN_DELAY: Duration = Duration::from_millis(10);
/// How often the log names an address that has too many connections.
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// Counts open connections and decides which to refuse and which to close.
pub struct ConnectionLimit {
    limits: Limits,
    trusted_proxies: Vec<AddressRange>,
    metrics: Arc<Metrics>,
    registry: Arc<Mutex<Registry>>,
    log_interval: Mutex<LogInterval>,
}

#[derive(Default)]
struct Registry {
    connections: HashMap<u64, Connection>,
    /// How many of them each client has; those of trusted proxies are not counted.
    of_clients: HashMap<ClientAddress, usize>,
    next_id: u64,
    /// Connections that have been idle longest, the longest last. Since then, a connection may have got a request.
    longest_idle: Vec<(WaitsUntil, u64)>,
    /// When all connections may be examined again.
    next_scan: Option<Instant>,
}

struct Connection {
    activity: Arc<Activity>,
    /// The task that serves it, once it is started.
    task: Option<AbortHandle>,
}

/// A connection that was admitted. It counts until this is dropped.
pub struct Admitted {
    id: u64,
    client: Option<ClientAddress>,
    activity: Arc<Activity>,
    registry: Arc<Mutex<Registry>>,
    _open: InUse,
}

impl Admitted {
    pub fn id(&self) -> u64 {
        self.id
    }

    pub fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut registry = self.registry.lock();
        registry.connections.remove(&self.id);
        if let Some(client) = self.client
            && let Some(count) = registry.of_clients.get_mut(&client)
        {
            *count -= 1;
            if *count == 0 {
                registry.of_clients.remove(&client);
            }
        }
    }
}

impl ConnectionLimit {
    pub fn new(config: &Config, metrics: Arc<Metrics>) -> Self {
        Self {
            limits: config.limits,
            trusted_proxies: config.trusted_proxies.clone(),
            metrics,
            registry: Arc::default(),
            log_interval: Mutex::new(LogInterval::new(LOG_INTERVAL)),
        }
    }

    /// Admits a connection, and closes another to make room if necessary.
    ///
    /// # Errors
    /// When the connection is beyond a limit.
    pub fn admit(&self, address: IpAddr) -> Result<Admitted, Refused> {
        let is_trusted = self.trusted_proxies.iter().any(|range| range.contains(address));
        let limit_of_client = self.limits.connections_per_address;
        let client = (limit_of_client > 0 && !is_trusted).then(|| ClientAddress::from(address));
        let mut registry = self.registry.lock();
        if let Some(client) = client
            && registry.of_clients.get(&client).is_some_and(|count| *count >= limit_of_client)
        {
            drop(registry);
            if self.log_interval.lock().is_due() {
                tracing::warn!(
                    address = %address.to_canonical(),
                    "connections are refused, because their address has {limit_of_client} (--max-connections-per-address); a \
                     reverse proxy is named with --trusted-proxy"
                );
            }
            return Err(self.refuse(Refused::Address));
        }
        let beyond = (registry.connections.len() + 1).saturating_sub(self.limits.connections);
        if beyond > 0 {
            // Those that made room before may still be open.
            if beyond > Limits::MAX_CLOSING || !registry.close_longest_idle(self.idle_long_enough()) {
                return Err(self.refuse(Refused::Connections));
            }
            self.metrics.count_cut(Cut::MadeRoom);
        }
        let id = registry.next_id;
        registry.next_id += 1;
        let activity = Arc::new(Activity::default());
        activity.begin_wait(WaitsUntil::from(Instant::now() + self.limits.idle_timeout));
        registry.connections.insert(id, Connection { activity: Arc::clone(&activity), task: None });
        if let Some(client) = client {
            *registry.of_clients.entry(client).or_default() += 1;
        }
        drop(registry);
        let (open, _) = InUse::new(&self.metrics.connections_open);
        Ok(Admitted { id, client, activity, registry: Arc::clone(&self.registry), _open: open })
    }

    /// Closes the connection that has been idle longest, if it has been idle long enough: the process has too many open
    /// files.
    pub fn close_longest_idle(&self) {
        if self.registry.lock().close_longest_idle(self.idle_long_enough()) {
            self.metrics.count_cut(Cut::MadeRoom);
        }
    }

    /// Records the task that serves a connection: it is aborted if the connection has to make room.
    pub fn set_task(&self, id: u64, task: AbortHandle) {
        if let Some(connection) = self.registry.lock().connections.get_mut(&id) {
            connection.task = Some(task);
        }
    }

    fn refuse(&self, why: Refused) -> Refused {
        self.metrics.count_refused(why);
        why
    }

    /// A connection that waits no longer than until then may be closed.
    fn idle_long_enough(&self) -> WaitsUntil {
        let now = Instant::now();
        (now + self.limits.idle_timeout).checked_sub(MIN_IDLE).unwrap_or(now).into()
    }
}

impl Registry {
    /// Closes the connection that has been idle longest; returns false if none has been idle long enough.
    fn close_longest_idle(&mut self, idle_long_enough: WaitsUntil) -> bool {
        self.close_first_sorted() || {
            self.sort_longest_idle(idle_long_enough);
            self.close_first_sorted()
        }
    }

    /// Connections that became idle later than those that are sorted have been idle less long.
    fn close_first_sorted(&mut self) -> bool {
        while let Some((waits_until, id)) = self.longest_idle.pop() {
            if let Some(Connection { activity, task: Some(task) }) = self.connections.get(&id)
                && activity.waits_until() == Some(waits_until)
                && activity.evict(waits_until)
            {
                task.abort();
                return true;
            }
        }
        false
    }

    fn sort_longest_idle(&mut self, idle_long_enough: WaitsUntil) {
        let now = Instant::now();
        if self.next_scan.is_some_and(|next| now < next) {
            return;
        }
        let idle =
            self.connections.iter().filter_map(|(id, connection)| Some((connection.activity.waits_until()?, *id)));
        self.longest_idle = idle.filter(|(waits_until, _)| *waits_until <= idle_long_enough).collect();
        if self.longest_idle.len() > MAX_SORTED {
            self.longest_idle.select_nth_unstable(MAX_SORTED);
            self.longest_idle.truncate(MAX_SORTED);
        }
        self.longest_idle.sort_unstable_by(|a, b| b.cmp(a));
        self.next_scan = self.longest_idle.is_empty().then(|| now + RESCAN_DELAY);
    }
}
