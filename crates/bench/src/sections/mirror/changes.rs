//! Changes of accounts at a vendor, and when a mirror of it returns them.

use std::{
    net::SocketAddr,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    connection::Connection,
    dataset::{Dataset, Event, Turnover},
    feeder::Batch,
    query::Query,
    report::number,
};

/// Connections to the vendor. Each change is a request, which waits for the disk.
const CONNECTIONS: u64 = 8;
/// How many changes a second are looked for at the mirror.
const SAMPLES_PER_SECOND: u64 = 5;
/// How often the mirror is asked about a sample.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(50);
/// A change that the mirror does not return in this time counts as this late.
const SAMPLE_TIMEOUT: Duration = Duration::from_secs(30);
/// The share of changes that must be accepted in time: a mirror with fewer has less work.
const MIN_ACCEPTED_SHARE: f64 = 0.9;

/// Changes that happen at fixed times, until they are ended.
pub struct Changes {
    feeding: JoinSet<Result<()>>,
    record: Arc<Mutex<Vec<Accepted>>>,
    samples: Arc<Mutex<JoinSet<Result<Sample>>>>,
}

/// When a change was due, and how much later the vendor had accepted it.
type Accepted = (Instant, Duration);

/// When a change was accepted, and how much later the mirror returned it.
type Sample = (Instant, Duration);

/// What was observed in a time.
pub struct Observed {
    /// The number of changes that the vendor accepted.
    pub accepted: usize,
    /// How much later than due they were accepted, in ascending order.
    lateness: Vec<Duration>,
    /// The lags of the samples, in ascending order.
    lags: Vec<Duration>,
}

impl Changes {
    /// Begins with `per_second` changes at a vendor, of which some are looked for at its mirror.
    #[must_use]
    pub fn begin([vendor, mirror]: [SocketAddr; 2], dataset: Dataset, per_second: u64) -> Self {
        let per_second = per_second.max(1);
        let (began, every) = (Instant::now(), Duration::from_secs(1) / u32::try_from(per_second).unwrap_or(u32::MAX));
        let turnover = Arc::new(Mutex::new((0, Turnover::new(dataset))));
        let (record, samples) = (Arc::<Mutex<Vec<Accepted>>>::default(), Arc::new(Mutex::new(JoinSet::new())));
        let mut feeding = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (turnover, record, samples) = (Arc::clone(&turnover), Arc::clone(&record), Arc::clone(&samples));
            feeding.spawn(async move {
                let mut connection = Connection::open(vendor).await?;
                loop {
                    let number = {
                        let mut next = lock(&turnover);
                        next.0 += 1;
                        next.0 - 1
                    };
                    let due = began + every * u32::try_from(number)?;
                    sleep_until(due).await;
                    let event = lock(&turnover).1.change(now()).context("there is no account")?;
                    Batch::of(&[event]).send(&mut connection).await?;
                    let accepted = Instant::now();
                    lock(&record).push((due, accepted - due));
                    if number % (per_second / SAMPLES_PER_SECOND).max(1) == 0 {
                        lock(&samples).spawn(sample(mirror, event, accepted));
                    }
                }
            });
        }
        Self { feeding, record, samples }
    }

    /// Ends the changes, waits for the last samples, and returns what was observed in a time.
    ///
    /// # Errors
    /// If a change was not accepted, or the mirror did not answer.
    pub async fn end(mut self, time: Range<Instant>) -> Result<Observed> {
        if let Some(ended) = self.feeding.try_join_next() {
            ended??;
            bail!("the changes ended too early");
        }
        self.feeding.shutdown().await;
        let mut samples = std::mem::take(&mut *lock(&self.samples));
        let mut lags = Vec::new();
        while let Some(sample) = samples.join_next().await {
            let (accepted, lag) = sample??;
            if time.contains(&accepted) {
                lags.push(lag);
            }
        }
        lags.sort_unstable();
        let record = lock(&self.record);
        let within = record.iter().filter(|(due, lateness)| time.contains(&(*due + *lateness)));
        let mut lateness: Vec<_> = within.map(|(_, lateness)| *lateness).collect();
        lateness.sort_unstable();
        Ok(Observed { accepted: lateness.len(), lateness, lags })
    }
}

impl Observed {
    /// Returns whether the changes were as many as planned, and some of them were looked for.
    #[must_use]
    pub fn is_enough(&self, per_second: u64, time: Duration) -> bool {
        let planned = per_second.max(1) as f64 * time.as_secs_f64();
        self.accepted as f64 >= MIN_ACCEPTED_SHARE * planned && !self.lags.is_empty()
    }

    /// Returns a quantile of the lags, in seconds.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        quantile(&self.lags, share).as_secs_f64()
    }

    /// Describes the samples.
    #[must_use]
    pub fn samples(&self) -> String {
        format!(
            "{} samples, each asked for every {} ms; the longest lag was {} s",
            number(self.lags.len() as f64),
            SAMPLE_INTERVAL.as_millis(),
            number(quantile(&self.lags, 1.0).as_secs_f64())
        )
    }

    /// Describes how late changes were accepted.
    #[must_use]
    pub fn lateness(&self) -> String {
        let late = |share| number(quantile(&self.lateness, share).as_secs_f64() * 1e3);
        format!("accepted {} ms after they were due, 99th percentile {} ms", late(0.5), late(0.99))
    }
}

/// Asks a mirror about an account until it returns the change.
async fn sample(mirror: SocketAddr, event: Event, accepted: Instant) -> Result<Sample> {
    let mut connection = Connection::open(mirror).await?;
    let request = Query::WhatsAppInfo.about(event.account());
    while accepted.elapsed() < SAMPLE_TIMEOUT {
        let response = connection.ask(&request).await?;
        let json: Value = serde_json::from_slice(response.body)?;
        let is_online = json["data"]["userId"].as_str() == Some(&event.account().user_id().to_string());
        if is_online == event.is_online() {
            return Ok((accepted, accepted.elapsed()));
        }
        sleep(SAMPLE_INTERVAL).await;
    }
    Ok((accepted, SAMPLE_TIMEOUT))
}

fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let place = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(place.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

fn now() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let lags: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!([0.0, 0.5, 0.99, 1.0].map(|share| quantile(&lags, share).as_millis()), [1, 100, 198, 200]);
        assert_eq!(quantile(&[], 0.5), Duration::ZERO);
    }
}
