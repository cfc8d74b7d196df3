//! The events that are fed. A batch follows from the seed and a few numbers, so that the journal need not store it, and the
//! checker can compare every member with the database.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// The tenants of every world.
pub const TENANTS: [u64; 3] = [71, 72, 73];
/// The agents of a tenant.
pub const AGENTS: u64 = 12;
/// The WhatsApp accounts of a tenant.
pub const ACCOUNTS: u64 = 240;
/// The sources of the contract.
pub const SOURCES: [i64; 3] = [1, 2, 3];

const FIRST_NUMBER: u64 = 8_613_800_000_000;
const STATUSES: [i64; 6] = [10, 10, 10, 20, 30, 40];

/// Which batch: the feeder that sends it, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId {
    pub feeder: usize,
    pub batch: u64,
}

/// What a batch follows from, besides the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSpec {
    pub id: BatchId,
    pub tenant: u64,
    pub events: usize,
    /// The time of the feeder's clock, in Unix epoch milliseconds.
    pub time: i64,
}

/// An event as it is fed, and as it is in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub event_id: String,
    pub user_id: i64,
    pub agent_account: String,
    pub user_name: Option<String>,
    pub number: i64,
    pub name: Option<String>,
    pub status: i64,
    pub source: i64,
    pub country: String,
    pub detail_status: i64,
    pub at: i64,
}

impl Event {
    /// Returns the JSON of the ingest contract.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut members = Map::new();
        for (name, value) in [
            ("eventId", json!(self.event_id)),
            ("userId", json!(self.user_id)),
            ("agentAccount", json!(self.agent_account)),
            ("userName", json!(self.user_name)),
            ("whatsApp", json!(self.number.to_string())),
            ("name", json!(self.name)),
            ("status", json!(self.status)),
            ("source", json!(self.source)),
            ("countryCode", json!(self.country)),
            ("detailStatus", json!(self.detail_status)),
            ("createTime", json!(self.at)),
        ] {
            if !value.is_null() {
                members.insert(name.to_owned(), value);
            }
        }
        Value::Object(members)
    }
}

/// Returns the id of an event of a batch.
#[must_use]
pub fn event_id(BatchId { feeder, batch }: BatchId, index: usize) -> String {
    format!("chaos-{feeder}-{batch}-{index}")
}

/// Returns which event of which batch has an id.
#[must_use]
pub fn parse_event_id(id: &str) -> Option<(BatchId, usize)> {
    let mut parts = id.strip_prefix("chaos-")?.split('-');
    let (feeder, batch) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let index = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some((BatchId { feeder, batch }, index))
}

/// Returns the WhatsApp number of an account.
#[must_use]
pub fn number(account: u64) -> i64 {
    (FIRST_NUMBER + account).cast_signed()
}

/// Returns the events of a batch, oldest first but for a few that are late.
#[must_use]
pub fn events(seed: u64, spec: &BatchSpec) -> Vec<Event> {
    let BatchSpec { id, tenant, events, time } = *spec;
    let mut rng = rng(&[seed, id.feeder as u64, id.batch, tenant]);
    (0..events)
        .map(|index| {
            let account = rng.u64(0..ACCOUNTS);
            // Most events of an account are with one agent. The others move it.
            let agent = if rng.u8(0..8) == 0 { rng.u64(0..AGENTS) } else { account % AGENTS };
            let status = STATUSES[rng.usize(0..STATUSES.len())];
            let late = if rng.u8(0..10) == 0 { rng.i64(0..20_000) } else { 0 };
            let at = time + index as i64 - late;
            Event {
                event_id: event_id(id, index),
                user_id: (1_000 + agent).cast_signed(),
                agent_account: format!("agent-{agent}-{}", id.batch / 200 % 3),
                user_name: (rng.u8(0..4) == 0).then(|| format!("name-{}", rng.u8(0..5))),
                number: number(account),
                name: (rng.u8(0..3) > 0).then(|| format!("账户 \"{}\"", rng.u8(0..9))),
                status,
                source: SOURCES[rng.usize(0..SOURCES.len())],
                country: ["", "Colombia", "哥伦比亚"][rng.usize(0..3)].to_owned(),
                detail_status: status + rng.i64(1..=3),
                // Many events have one time, so that the order of arrival decides.
                at: if rng.bool() { at - at.rem_euclid(1_000) } else { at },
            }
        })
        .collect()
}

/// Returns a generator that follows from some numbers.
#[must_use]
pub fn rng(numbers: &[u64]) -> Rng {
    // The multiplier of SplitMix64: similar numbers give different seeds.
    let mix = |state: u64, number: &u64| (state ^ number).wrapping_mul(0xBF58_476D_1CE4_E5B9).rotate_left(31);
    Rng::with_seed(numbers.iter().fold(0x9E37_79B9_7F4A_7C15, mix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_follows_from_its_numbers() {
        let id = BatchId { feeder: 3, batch: 17 };
        let spec = BatchSpec { id, tenant: 71, events: 50, time: 1_800_000_000_000 };
        assert_eq!(events(1, &spec), events(1, &spec));
        assert_ne!(events(1, &spec), events(2, &spec));
        assert_eq!(parse_event_id(&events(1, &spec)[49].event_id), Some((id, 49)));
        assert_eq!(parse_event_id("chaos-3-17"), None);
        assert_eq!(parse_event_id("other-3-17-1"), None);
    }
}
