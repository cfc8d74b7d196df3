//! The metrics of a mirror that runs in this process. They are read when `/metrics` is requested.

use std::{fmt, sync::Arc, time::Duration};

use group_dispatch_types::Operation;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};

/// Reports what a mirror of the vendor in this process does, for `/metrics`.
#[derive(Clone)]
pub struct MirrorReporter(Arc<dyn Fn() -> MirrorReport + Send + Sync>);

/// What a mirror has done since it started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MirrorReport {
    /// The requests to each endpoint of the vendor: how many were answered, and how many failed.
    pub requests: Vec<(Operation, u64, u64)>,
    /// How many requests a second it sends to each endpoint at most.
    pub requests_per_second: u32,
    /// The time between two rounds of requests.
    pub interval: Duration,
    /// Events that were new.
    pub stored: u64,
    /// Events that were there already.
    pub repeated: u64,
    /// Gaps that were declared.
    pub gaps: u64,
    /// How often another mirror had looked.
    pub conflicts: u64,
    /// How often the store failed.
    pub store_failures: u64,
    /// How many seconds the vendor's clock is ahead, and by how many that may be wrong; `None` if it was not measured.
    pub clock_offset: Option<(f64, f64)>,
}

impl MirrorReporter {
    /// Asks this function for each response of `/metrics`.
    #[must_use]
    pub fn new(report: impl Fn() -> MirrorReport + Send + Sync + 'static) -> Self {
        Self(Arc::new(report))
    }
}

impl fmt::Debug for MirrorReporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MirrorReporter")
    }
}

impl Collector for MirrorReporter {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let report = (self.0)();
        let (name, help) = ("group_dispatch_mirror_requests", "Requests of the mirror to the vendor, by endpoint");
        let mut requests = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (operation, answered, failed) in &report.requests {
            for (outcome, count) in [("answered", answered), ("failed", failed)] {
                let labels = [("endpoint", operation.id()), ("outcome", outcome)];
                ConstCounter::new(*count).encode(requests.encode_family(&labels)?)?;
            }
        }
        let (name, help) = ("group_dispatch_mirror_events", "Events that the mirror read: stored, repeated");
        let mut events = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (outcome, count) in [("stored", report.stored), ("repeated", report.repeated)] {
            ConstCounter::new(count).encode(events.encode_family(&[("outcome", outcome)])?)?;
        }
        for (name, help, count) in [
            ("group_dispatch_mirror_gaps", "Gaps that the mirror declared", report.gaps),
            ("group_dispatch_mirror_conflicts", "Looks that another mirror was ahead of", report.conflicts),
            ("group_dispatch_mirror_store_failures", "Calls to the store that failed", report.store_failures),
        ] {
            let metric = ConstCounter::new(count);
            metric.encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        }
        let (name, help) = ("group_dispatch_mirror_request_limit", "Requests a second to each endpoint, at most");
        let metric = ConstGauge::new(i64::from(report.requests_per_second));
        metric.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        let mut gauges = vec![(
            "group_dispatch_mirror_interval",
            "Time between two rounds of requests",
            report.interval.as_secs_f64(),
        )];
        if let Some((offset, uncertainty)) = report.clock_offset {
            gauges.push(("group_dispatch_vendor_clock_offset", "How far the vendor's clock is ahead", offset));
            let help = "By how much the offset of the vendor's clock may be wrong";
            gauges.push(("group_dispatch_vendor_clock_uncertainty", help, uncertainty));
        }
        for (name, help, seconds) in gauges {
            let metric = ConstGauge::new(seconds);
            metric.encode(encoder.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Gauge)?)?;
        }
        Ok(())
    }
}
