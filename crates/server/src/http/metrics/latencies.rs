//! The histogram of latencies.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::MetricType,
};

use crate::http::endpoint::Endpoint;

/// The upper bounds of the buckets, in microseconds: from a response from memory to the request timeout.
const BUCKET_MICROS: [u64; 15] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000, 30_000_000,
];

/// The time of responses, by endpoint. The histogram of `prometheus_client` has a lock that every request would take.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Arc<[Histogram; Endpoint::COUNT]>);

#[derive(Debug, Default)]
struct Histogram {
    /// One for each bound, and one for longer times.
    buckets: [AtomicU64; BUCKET_MICROS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Latencies {
    pub fn observe(&self, endpoint: Endpoint, took: Duration) {
        let microseconds = u64::try_from(took.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
        let bucket = BUCKET_MICROS.partition_point(|bound| *bound < microseconds);
        if let Some(Histogram { buckets, nanoseconds }) = self.0.get(endpoint.index()) {
            if let Some(bucket) = buckets.get(bucket) {
                bucket.fetch_add(1, Relaxed);
            }
            nanoseconds.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Relaxed);
        }
    }
}

impl EncodeMetric for Latencies {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (endpoint, histogram) in Endpoint::all().zip(&*self.0) {
            let bounds = BUCKET_MICROS.into_iter().map(|bound| Duration::from_micros(bound).as_secs_f64());
            let counts = histogram.buckets.iter().map(|bucket| bucket.load(Relaxed));
            let buckets: Vec<_> = bounds.chain([f64::INFINITY]).zip(counts).collect();
            let count = buckets.iter().map(|(_, count)| count).sum();
            if count > 0 {
                let seconds = Duration::from_nanos(histogram.nanoseconds.load(Relaxed)).as_secs_f64();
                let labels = [("endpoint", endpoint.name())];
                encoder.encode_family(&labels)?.encode_histogram::<NoLabelSet>(seconds, count, &buckets, None)?;
            }
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::Operation;
    use prometheus_client::{encoding::text::encode, registry::Registry};

    use super::*;

    #[test]
    fn buckets_hold_what_is_at_their_bound_and_add_up() {
        let (latencies, mut registry) = (Latencies::default(), Registry::default());
        registry.register("took", "Time", latencies.clone());
        for took in [Duration::from_micros(50), Duration::from_nanos(50_001), Duration::from_secs(60)] {
            latencies.observe(Operation::QueryUserStatus.into(), took);
        }
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        let bucket = |bound: &str| format!("took_bucket{{le=\"{bound}\",endpoint=\"queryUserStatus\"}}");
        for (bound, count) in [("0.00005", 1), ("0.0001", 2), ("30.0", 2), ("+Inf", 3)] {
            let found = text.lines().find_map(|line| line.strip_prefix(&bucket(bound)));
            assert_eq!(found, Some(format!(" {count}").as_str()), "{bound}\n{text}");
        }
        assert!(text.contains("took_count{endpoint=\"queryUserStatus\"} 3\n"), "{text}");
        assert!(!text.contains("queryWhatsAppInfo"), "an endpoint without requests has no series: {text}");
    }
}
