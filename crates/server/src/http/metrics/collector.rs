//! The metrics of the store, and those of this process. They are read when `/metrics` is requested.

use std::{fmt, fs};

use group_dispatch_types::Source;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};

use crate::{
    event,
    presence::index::Size,
    store::{Readiness, Store},
};

/// How much a store holds, and how its log fares.
pub struct StoreSize(pub Store);

/// The processor time and memory of this process, under the names that Prometheus defines (Linux only).
#[derive(Debug)]
pub struct Process;

impl fmt::Debug for StoreSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreSize")
    }
}

impl Collector for StoreSize {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Size { tenants, agents, accounts, events, presence } = self.0.size();
        for (name, help, number) in [
            ("group_dispatch_tenants", "Tenants", tenants),
            ("group_dispatch_agents", "Agents with a stored event", agents),
            ("group_dispatch_accounts", "WhatsApp accounts with a stored event, counted at each source", accounts),
            ("group_dispatch_events_in_memory", "Status events in memory, which responses can contain", events),
        ] {
            write(&mut encoder, name, help, None, ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX)))?;
        }
        let (name, help) = ("group_dispatch_presence_accounts", "WhatsApp accounts, by source and latest status");
        let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (source, status, number) in presence.iter() {
            if number == 0 && (source.is_none() || status.is_none()) {
                continue;
            }
            let name = |listed: Option<String>| listed.unwrap_or_else(|| "unknown".to_owned());
            let [source, status] =
                [name(source.map(|source| source.to_string())), name(status.map(|status| status.to_string()))];
            let labels = [("source", source), ("status", status)];
            ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX)).encode(family.encode_family(&labels)?)?;
        }
        self.encode_looks(&mut encoder)?;
        let Readiness { queries, feeds } = self.0.known_readiness();
        let (name, help) = ("group_dispatch_works", "Whether queries and feeds work, as far as is known: 1, or 0");
        let mut works = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (what, condition) in [("queries", queries), ("feeds", feeds)] {
            ConstGauge::new(i64::from(condition.works())).encode(works.encode_family(&[("what", what)])?)?;
        }
        let (name, help) = ("group_dispatch_log_failures", "Failed attempts to follow the log");
        write(&mut encoder, name, help, None, ConstCounter::new(self.0.follow_failures()))?;
        let (name, help) = ("group_dispatch_events_cleared", "Status events removed by retention or with their tenant");
        write(&mut encoder, name, help, None, ConstCounter::new(self.0.events_deleted()))
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        if let Some(bytes) = resident_bytes() {
            let (name, help) = ("process_resident_memory", "Resident memory");
            write(&mut encoder, name, help, Some(&Unit::Bytes), ConstGauge::new(bytes))?;
        }
        if let Some(seconds) = processor_seconds() {
            let (name, help) = ("process_cpu", "Processor time, in user and system mode");
            write(&mut encoder, name, help, Some(&Unit::Seconds), ConstCounter::new(seconds))?;
        }
        Ok(())
    }
}

impl StoreSize {
    /// Writes how long ago mirrors looked at each source. A source that none has looked at has no age.
    fn encode_looks(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let looks: Vec<_> = Source::ALL.iter().map(|source| (source.to_string(), self.0.last_looks(*source))).collect();
        let (name, help) =
            ("group_dispatch_mirrored_tenants", "Tenants with a source that a mirror looks at, by source");
        let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (source, looks) in &looks {
            let tenants = i64::try_from(looks.len()).unwrap_or(i64::MAX);
            ConstGauge::new(tenants).encode(family.encode_family(&[("source", source.as_str())])?)?;
        }
        type Select = fn(&[i64]) -> Option<i64>;
        for (name, help, select) in [
            (
                "group_dispatch_oldest_look_age",
                "Time since the last look at a source, of the tenant whose last look is the oldest",
                (|looks| looks.iter().copied().min()) as Select,
            ),
            (
                "group_dispatch_latest_look_age",
                "Time since the last look at a source, of the tenant whose last look is the latest",
                |looks| looks.iter().copied().max(),
            ),
        ] {
            let mut family = encoder.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Gauge)?;
            for (source, looks) in &looks {
                if let Some(look) = select(looks) {
                    let age = event::time_since(look).as_secs_f64();
                    ConstGauge::new(age).encode(family.encode_family(&[("source", source.as_str())])?)?;
                }
            }
        }
        Ok(())
    }
}

fn write(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    metric: impl EncodeMetric,
) -> fmt::Result {
    metric.encode(encoder.encode_descriptor(name, help, unit, metric.metric_type())?)
}

fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes: i64 =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn processor_seconds() -> Option<f64> {
    /// The unit of `/proc` on every Linux (`USER_HZ`).
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in brackets, which may contain blanks.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_PER_SECOND)
}
