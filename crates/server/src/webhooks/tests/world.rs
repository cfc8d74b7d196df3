//! A world that is so small that its accounts and agents come and go all the time; and what the alerts about it say.

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use serde_json::Value;

use crate::webhooks::rules::{alerts::Alert, change::Change, engine::RuleEngine, rule::Rule, zone::FixedOffsets};

pub fn rule(text: &str) -> Rule {
    Rule::parse(text, &FixedOffsets).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn engine(rules: &[&str]) -> RuleEngine {
    RuleEngine::begin("tenant 1".to_owned(), rules.iter().map(|text| rule(text)).collect(), [])
}

/// A change of a whole second.
pub fn change(seq: u64, second: i64, user: u32, account: u64, source: i32, status: i32) -> Change {
    let detail = match status {
        10 => 12,
        20 => 21,
        40 => 42,
        _ => 32,
    };
    Change {
        seq,
        at: second * 1000,
        user_id: UserId::from(user),
        whats_app: WhatsAppNumber::new(account).unwrap(),
        source: Source::from(source),
        status: AccountStatus::from(status),
        detail_status: StatusDetail::from(detail),
    }
}

/// Changes in the order of arrival, with times that go back where `order` says so.
fn changes(order: BoxedStrategy<Vec<i64>>) -> impl Strategy<Value = Vec<Change>> {
    let one = (1..4_u32, 1..6_u64, 1..3_i32, select(vec![10, 10, 10, 20, 30, 40]));
    (order, vec(one, 60)).prop_map(|(seconds, rest)| {
        let both = seconds.into_iter().zip(rest).zip(1..);
        both.map(|((second, (user, account, source, status)), seq)| change(seq, second, user, account, source, status))
            .collect()
    })
}

/// Changes in the order of their times, of which several may be of one second.
pub fn in_order() -> impl Strategy<Value = Vec<Change>> {
    let steps = vec(prop_oneof![3 => Just(0_i64), 6 => 1..20_i64, 1 => 50..300_i64], 0..60);
    let seconds = steps.prop_map(|steps| {
        let times = steps.into_iter().scan(1_000, |second, step| {
            *second += step;
            Some(*second)
        });
        times.collect()
    });
    changes(seconds.boxed())
}

/// Changes of which many arrive late.
pub fn in_any_order() -> impl Strategy<Value = Vec<Change>> {
    changes(vec(1_000..1_200_i64, 0..60).boxed())
}

/// What an alert says: type, time, and the members of its data by name, without its id.
pub fn said(alert: &Alert) -> String {
    let body: Value = serde_json::from_slice(alert.outgoing().unwrap().body.as_bytes()).unwrap();
    let data = body["data"].as_object().unwrap().iter().filter(|(name, _)| *name != "alertId");
    let mut members: Vec<_> = data.map(|(name, value)| format!("{name}={value}")).collect();
    members.sort();
    format!("{} {} {}", body["type"].as_str().unwrap(), body["timestamp"], members.join(" ").replace('"', ""))
}

/// What all alerts say, in an order of their own.
pub fn all_said(alerts: &[Alert]) -> Vec<String> {
    let mut said: Vec<_> = alerts.iter().map(said).collect();
    said.sort();
    said
}

/// A time of the day 1970-01-01, as messages have it.
pub fn clock(milliseconds: i64) -> String {
    let (second, rest) = (milliseconds / 1000, milliseconds % 1000);
    format!("1970-01-01T{:02}:{:02}:{:02}.{rest:03}Z", second / 3600, second / 60 % 60, second % 60)
}

/// The start of the line that [`said`] makes of an alert of this type and time.
pub fn line(kind: &str, at: i64, members: &str) -> String {
    format!("{kind} \"{}\" {members}", clock(at))
}

/// Applies changes, and then advances far beyond the last one.
pub fn run(engine: &mut RuleEngine, changes: &[Change]) -> Vec<Alert> {
    let mut alerts: Vec<_> = changes.iter().flat_map(|change| engine.apply(change)).collect();
    alerts.extend(engine.advance(END));
    alerts
}

/// Later than all changes: 10:00.
pub const END: i64 = 36_000_000;

/// Changes with times at which the engine advances before each of them, none of them later than the change.
pub fn with_ticks(changes: &[Change], ticks: &[(Index, Index)]) -> Vec<(i64, usize)> {
    let mut places: Vec<_> = ticks
        .iter()
        .filter(|_| !changes.is_empty())
        .map(|(place, moment)| {
            let place = place.index(changes.len());
            let (from, to) = (place.checked_sub(1).map_or(0, |before| changes[before].at), changes[place].at);
            (from + moment.index(usize::try_from(to - from).unwrap() + 1) as i64, place)
        })
        .collect();
    places.sort_by_key(|(now, place)| (*place, *now));
    places
}
