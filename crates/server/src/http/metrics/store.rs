//! The metrics of a store: how much it holds, and how its log fares.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

use crate::{presence::index::Size, store::Store};

/// Reads the numbers when `/metrics` is requested.
pub struct StoreCollector(pub Store);

impl fmt::Debug for StoreCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreCollector")
    }
}

impl Collector for StoreCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Size { tenants, agents, accounts, events } = self.0.size();
        for (name, help, number) in [
            ("tenants", "Tenants", tenants),
            ("agents", "Agents with a stored event", agents),
            ("accounts", "WhatsApp accounts with a stored event, counted at each source", accounts),
            ("events_in_memory", "Status events in memory, which responses can contain", events),
        ] {
            let gauge = ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX));
            let name = format!("group_dispatch_{name}");
            gauge.encode(encoder.encode_descriptor(&name, help, None, gauge.metric_type())?)?;
        }
        for (name, help, number) in [
            ("log_failures", "Failed attempts to follow the log", self.0.follow_failures()),
            ("events_cleared", "Status events removed by retention or with their tenant", self.0.events_deleted()),
        ] {
            let counter = ConstCounter::new(number);
            let name = format!("group_dispatch_{name}");
            counter.encode(encoder.encode_descriptor(&name, help, None, counter.metric_type())?)?;
        }
        Ok(())
    }
}
