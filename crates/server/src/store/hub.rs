//! What all readers of changes share: a channel a tenant.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, SetOnce, broadcast, watch};

use crate::{
    event_log::stream::{StreamEvent, StreamPosition},
    tenant::TenantNumber,
};

/// How many events are looked at for a page of the log.
pub const PAGE_EVENTS: usize = 10_000;
/// Events of a batch.
pub const BATCH_EVENTS: usize = 64;
/// Batches that a channel keeps for its slowest reader.
pub const CHANNEL_BATCHES: usize = 256;

/// Events of one tenant in the order of the log, shared by all its readers.
pub struct ChangeBatch {
    /// The events; at least one.
    pub events: Vec<StreamEvent>,
    /// What a reader without filters sends, for each of two formats: made once, for all of them.
    pub rendered: [OnceLock<Bytes>; 2],
}

impl ChangeBatch {
    pub fn new(events: Vec<StreamEvent>) -> Arc<Self> {
        Arc::new(Self { events, rendered: Default::default() })
    }
}

/// What all readers of a store share.
#[derive(Default)]
pub struct Hub {
    /// The log may have new events.
    pub changed: Notify,
    channels: Mutex<HashMap<TenantNumber, broadcast::Sender<Arc<ChangeBatch>>>>,
    /// Up to where events have been read from the log, and will be sent; `None` while there are no readers.
    pub read: watch::Sender<Option<StreamPosition>>,
    /// Up to where they have been sent.
    pub sent: watch::Sender<Option<StreamPosition>>,
    /// Whether the store is closed.
    pub closed: SetOnce<()>,
}

impl Hub {
    /// Says that the log may have new events.
    pub fn notify(&self) {
        self.changed.notify_one();
    }

    /// Returns the channel of a tenant.
    pub fn subscribe(&self, tenant: TenantNumber) -> broadcast::Receiver<Arc<ChangeBatch>> {
        let mut channels = self.channels.lock();
        let receiver = channels.entry(tenant).or_insert_with(|| broadcast::Sender::new(CHANNEL_BATCHES)).subscribe();
        drop(channels);
        self.notify();
        receiver
    }

    /// Forgets channels without readers. Returns whether there are others.
    pub fn has_readers(&self) -> bool {
        let mut channels = self.channels.lock();
        channels.retain(|_, sender| sender.receiver_count() > 0);
        !channels.is_empty()
    }

    /// Sends events to the readers of their tenants.
    pub fn send(&self, events: Vec<StreamEvent>) {
        let mut by_tenant = HashMap::<_, Vec<_>>::new();
        let channels = self.channels.lock();
        for event in events {
            if channels.contains_key(&event.tenant) {
                by_tenant.entry(event.tenant).or_default().push(event);
            }
        }
        for (tenant, mut events) in by_tenant {
            let Some(sender) = channels.get(&tenant) else { continue };
            while !events.is_empty() {
                let rest = events.split_off(events.len().min(BATCH_EVENTS));
                // Without a reader, nobody misses it.
                let _ = sender.send(ChangeBatch::new(std::mem::replace(&mut events, rest)));
            }
        }
    }

    /// Ends all readers.
    pub fn close(&self) {
        let _ = self.closed.set(());
        self.reset();
    }

    /// Lets all readers begin again where they are.
    pub fn reset(&self) {
        self.read.send_replace(None);
        self.sent.send_replace(None);
        self.channels.lock().clear();
    }
}
