//! A mirror of the vendor's service of a profile, for `mirror` and `serve --mirror`.

use std::{num::NonZeroU32, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use group_dispatch_client::{
    ApiKey, Client, RateLimit, TenantId,
    types::ingest::{EventTime, VendorCallbackRequest},
};
use group_dispatch_mirror::{Driver, Hint, MirrorStore, Progress, Settings};
use group_dispatch_server::{
    CallbackReceiver, MirrorReport, MirrorReporter,
    store::{Store, VendorCallback},
};
use tokio::sync::watch;

use crate::{
    arguments::connection::{Given, ServiceArguments},
    service::Service,
};

/// The timeout of a request to the vendor: a round waits for it, and the mirror asks again by itself.
const VENDOR_TIMEOUT: Duration = Duration::from_secs(10);

/// The service that is mirrored.
pub struct Vendor {
    client: Client,
    settings: Settings,
    /// The tenant at the service.
    pub tenant_id: TenantId,
}

impl Vendor {
    /// Uses the service of a profile that a flag names, with at most this number of requests a second to each endpoint, and
    /// at most this time between two rounds.
    ///
    /// # Errors
    /// If there is no such profile, or it lacks a part.
    pub fn of_profile(
        flag: &'static str,
        profile: &str,
        requests_per_second: NonZeroU32,
        longest_interval: Duration,
    ) -> anyhow::Result<Self> {
        let service = service_of(flag, profile)?;
        // The mirror keeps to its share by itself.
        let client = service.client_builder(VENDOR_TIMEOUT)?.rate_limit(RateLimit::Unlimited).build()?;
        let zone = service.utc_offset;
        let settings = Settings { requests_per_second, longest_interval, zone, ..Settings::default() };
        Ok(Self { client, settings, tenant_id: service.credentials.tenant_id() })
    }

    /// Returns a mirror of it in a store.
    pub fn mirror<S: MirrorStore>(&self, store: S) -> Driver<S> {
        Driver::new(self.client.clone(), store, self.settings)
    }

    /// Returns a receiver of its callbacks that keeps them in a store of this process, and gives the mirror a hint.
    pub fn receive_into(&self, store: Store, app_secret: ApiKey, hint: Hint) -> CallbackReceiver {
        CallbackReceiver::into_store(self.tenant_id, app_secret, move || hint.give(), store)
    }

    /// Returns a receiver of its callbacks that sends them to the server that stores, and gives the mirror a hint.
    pub fn receive_for(&self, server: Client, app_secret: ApiKey, hint: Hint) -> CallbackReceiver {
        let hint = move || hint.give();
        CallbackReceiver::new(self.tenant_id, app_secret, hint, move |VendorCallback { timestamp, body, .. }| {
            let (timestamp, body) = (EventTime::Instant(timestamp), STANDARD.encode(body));
            let sent = server.query(VendorCallbackRequest { timestamp, body });
            async move { Ok(sent.await.map(drop)?) }
        })
    }

    /// Returns what `/metrics` reports of a mirror.
    pub fn reporter(&self, progress: watch::Receiver<Progress>) -> MirrorReporter {
        let requests_per_second = self.settings.requests_per_second.get();
        MirrorReporter::new(move || report(&progress.borrow(), requests_per_second))
    }
}

/// Returns the service of a profile that a flag names.
///
/// # Errors
/// If there is no such profile, or it lacks a part.
pub fn service_of(flag: &'static str, profile: &str) -> anyhow::Result<Service> {
    let profile = Given { value: profile.to_owned(), name: flag, is_flag: true };
    Service::from_arguments(&ServiceArguments { profile: Some(profile), ..ServiceArguments::default() })
}

fn report(progress: &Progress, requests_per_second: u32) -> MirrorReport {
    let seconds = |milliseconds: i64| milliseconds as f64 / 1_000.0;
    MirrorReport {
        requests: progress.requests.iter().map(|(operation, of)| (*operation, of.answered, of.failed)).collect(),
        requests_per_second,
        interval: progress.interval,
        stored: progress.stored,
        repeated: progress.repeated,
        gaps: progress.gaps,
        conflicts: progress.conflicts,
        store_failures: progress.store_failures,
        clock_offset: progress
            .clock_offset
            .map(|offset| (seconds(offset.milliseconds()), seconds(offset.uncertainty()))),
    }
}
