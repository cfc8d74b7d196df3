use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

use crate::{presence::index::Size, store::Store};

/// How much a store knows. It is counted when it is asked for.
pub struct Known(pub Store);

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known")
    }
}

impl Collector for Known {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Size { tenants, agents, accounts, events } = self.0.size();
        for (name, help, number) in [
            ("tenants", "Tenants", tenants),
            ("agents", "Agents that were met", agents),
            ("accounts", "WhatsApp accounts that were met, at each source", accounts),
            ("events_in_memory", "Status events that answers can tell of", events),
        ] {
            let gauge = ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX));
            let name = format!("group_dispatch_{name}");
            gauge.encode(encoder.encode_descriptor(&name, help, None, gauge.metric_type())?)?;
        }
        for (name, help, number) in [
            ("log_failures", "Times that the log could not be followed", self.0.times_unread()),
            ("events_cleared", "Status events that were too old, or of removed tenants", self.0.events_cleared()),
        ] {
            let counter = ConstCounter::new(number);
            let name = format!("group_dispatch_{name}");
            counter.encode(encoder.encode_descriptor(&name, help, None, counter.metric_type())?)?;
        }
        Ok(())
    }
}
