//! A mirror of the vendor's service of a profile, for `mirror` and `serve --mirror`.

use std::{num::NonZeroU32, time::Duration};

use group_dispatch_client::{Client, RateLimit, TenantId};
use group_dispatch_mirror::{Driver, MirrorStore, Progress, Settings};
use group_dispatch_server::{MirrorReport, MirrorReporter};
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
