//! The history has what it promises, and nothing impossible.

use std::collections::{BTreeMap, BTreeSet};

use group_dispatch_simulated_vendor::{Record, Scenario, Vendor};
use group_dispatch_types::{AccountStatus, QueryUserStatusLogRequest, Source, UserId, WhatsAppNumber};

use crate::{HOUR, MINUTE, SECOND, SOURCES, seeds};

const DAYS: u64 = 30;

fn day(seed: u64) -> (Vendor, Vec<Record>) {
    let mut vendor = Vendor::new(Scenario::small(seed));
    let records = vendor.history(i64::MAX).to_vec();
    (vendor, records)
}

/// The records of each account at each source.
fn by_session(records: &[Record]) -> BTreeMap<(WhatsAppNumber, Source), Vec<Record>> {
    let mut sessions = BTreeMap::<_, Vec<_>>::new();
    for record in records {
        sessions.entry((record.whatsapp, record.source)).or_default().push(*record);
    }
    sessions
}

#[test]
fn records_are_possible() {
    for seed in seeds(DAYS) {
        let (vendor, records) = day(seed);
        let scenario = vendor.scenario();
        assert!((2_000..10_000).contains(&records.len()), "seed {seed}: {} records", records.len());
        assert!(records.is_sorted_by_key(|record| record.happened_at), "seed {seed}");
        for record in &records {
            assert!(record.happened_at >= scenario.start && record.happened_at <= scenario.end().unwrap());
            assert_eq!(record.create_time, scenario.vendor_time(record.happened_at).div_euclid(1000), "seed {seed}");
            assert!(record.happened_at <= record.in_presence_at && record.in_presence_at <= record.in_log_at);
            assert!(record.in_log_at <= record.happened_at + 10 * MINUTE, "seed {seed}: {record:?}");
            assert_eq!(record.detail_status.status(), Some(record.status), "seed {seed}");
            let is_mobile = matches!(record.detail_status.code(), 13 | 22 | 34..=37 | 42);
            assert!(is_mobile == (record.source == Source::Mobile) || record.detail_status.code() == 43, "{record:?}");
        }
        for ((_, source), session) in by_session(&records) {
            // A second reaches the log in its order.
            for pair in session.windows(2).filter(|pair| pair[0].create_time == pair[1].create_time) {
                assert!(pair[0].in_log_at <= pair[1].in_log_at, "seed {seed}: {pair:?} at {source}");
            }
            let banned = session.iter().position(|record| record.status == AccountStatus::Banned);
            let after = banned.map_or(&[][..], |banned| &session[banned..]);
            assert!(after.iter().all(|record| record.status != AccountStatus::Online), "seed {seed}: {after:?}");
        }
    }
}

/// Whether there are more than `count` records that `of` maps to one value within a time.
fn bursts<K: Ord>(records: &[Record], count: usize, within: i64, of: impl Fn(&Record) -> K) -> bool {
    let mut times = BTreeMap::<K, Vec<i64>>::new();
    for record in records {
        times.entry(of(record)).or_default().push(record.happened_at);
    }
    times.values().any(|times| times.windows(count + 1).any(|window| window[count] - window[0] <= within))
}

#[test]
fn everything_that_is_promised_happens() {
    let mut seen = BTreeSet::new();
    for seed in seeds(DAYS) {
        let (mut vendor, records) = day(seed);
        let mut see = |what: &'static str, is_there: bool| {
            if is_there {
                seen.insert(what);
            }
        };
        for status in [10, 20, 30, 40].map(AccountStatus::from) {
            see(status.description(), records.iter().any(|record| record.status == status));
        }
        let is_late = |record: &&Record| record.in_log_at >= record.happened_at + 2 * SECOND;
        let leads = |record: &Record| record.in_presence_at == record.happened_at;
        see("late, presence first", records.iter().filter(is_late).any(leads));
        see("late, presence too", records.iter().filter(is_late).any(|record| !leads(record)));
        see("late by minutes", records.iter().any(|record| record.in_log_at > record.happened_at + 5 * MINUTE));
        see("burst of an agent", bursts(&records, 50, MINUTE, |record| (record.user_id, record.source)));
        see("burst of an account", bursts(&records, 50, MINUTE, |record| (record.whatsapp, record.source)));
        for session in by_session(&records).values() {
            // All of one moment, which the records of a burst don't have in common.
            let is_reconnect = |records: &[Record]| {
                records[0].happened_at == records[1].happened_at
                    && records[0].status == AccountStatus::Disconnected
                    && records[1].status == AccountStatus::Online
            };
            see("quick reconnect", session.windows(2).any(is_reconnect));
            let is_equal = |one: &Record, other: &Record| {
                (one.happened_at, one.detail_status, one.user_id)
                    == (other.happened_at, other.detail_status, other.user_id)
            };
            let is_repeated = |records: &[Record]| {
                is_reconnect(records) && is_equal(&records[0], &records[2]) && is_equal(&records[1], &records[3])
            };
            see("equal records", session.windows(4).any(is_repeated));
            for pair in session.windows(2).filter(|pair| pair[0].user_id != pair[1].user_id) {
                let [one, other] = [pair[0].status, pair[1].status].map(|status| status == AccountStatus::Online);
                see("move while offline", !one && other);
                see("move while online", one && other);
                let is_soon = pair[1].happened_at - pair[0].happened_at < 3 * SECOND;
                let is_end = !other && pair[1].status != AccountStatus::Banned;
                see("late end with the former agent", one && is_end && is_soon);
            }
        }
        let start = vendor.scenario().start;
        for at in (start..start + 24 * HOUR).step_by(10_000) {
            for source in SOURCES {
                let (before, after) = (vendor.online(source, at).len(), vendor.online(source, at + 30 * SECOND).len());
                see("departure", before > 5 + after && before > 2 * after);
            }
        }
    }
    let all = [
        "Online",
        "Disconnected",
        "Offline",
        "Banned",
        "late, presence first",
        "late, presence too",
        "late by minutes",
        "burst of an agent",
        "burst of an account",
        "quick reconnect",
        "equal records",
        "move while offline",
        "move while online",
        "late end with the former agent",
        "departure",
    ];
    let missing: Vec<_> = all.into_iter().filter(|what| !seen.contains(what)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_new_name_shows_in_old_records() {
    let log = |source| QueryUserStatusLogRequest { source, agent_account: None, whats_app: None };
    let (mut logins, mut nicknames, mut countries) = (0, 0, 0);
    for seed in seeds(DAYS) {
        let (mut vendor, _) = day(seed);
        let start = vendor.scenario().start;
        // What was called how at the last look: agents, and records by what never changes.
        let mut agents = BTreeMap::<UserId, String>::new();
        let mut records = BTreeMap::new();
        for at in (start..start + 24 * HOUR).step_by(600_000) {
            for agent in SOURCES.iter().flat_map(|source| vendor.truth(at, &log(*source))) {
                let before = agents.insert(agent.user_id, agent.agent_account.clone());
                logins += u32::from(before.is_some_and(|before| before != agent.agent_account));
                for record in agent.whats_app_list {
                    let identity = (agent.user_id, record.source, record.whats_app, record.create_time);
                    let names = (record.name, record.country_code);
                    if let Some((name, country)) = records.insert(identity, names.clone()) {
                        nicknames += u32::from(name != names.0);
                        countries += u32::from(country != names.1);
                    }
                }
            }
        }
    }
    assert!(logins > 10 && nicknames > 50 && countries > 10, "{logins} {nicknames} {countries}");
}

#[test]
fn the_history_does_not_depend_on_what_is_asked_nor_when() {
    for seed in seeds(DAYS) {
        let (_, expected) = day(seed);
        let mut vendor = Vendor::new(Scenario::small(seed));
        let start = vendor.scenario().start;
        for at in (start..start + 24 * HOUR).step_by(777_777) {
            let _ =
                vendor.ask(at, &QueryUserStatusLogRequest { source: Source::Pc, agent_account: None, whats_app: None });
        }
        assert!(vendor.history(i64::MAX) == expected, "seed {seed}");
    }
    assert!(day(1).1 != day(2).1);
}

#[test]
fn a_large_scenario_has_a_hundred_records_a_second_and_goes_on() {
    let mut vendor = Vendor::new(Scenario { agents: 100, accounts: 10_000, ..Scenario::large(1) });
    let start = vendor.scenario().start;
    let hours = [5, 6, 10].map(|hours| vendor.history(start + hours * HOUR).len() as f64);
    let a_second = (hours[1] - hours[0]) / 3600.0;
    // For a tenth of the accounts.
    assert!((8.0..14.0).contains(&a_second), "{a_second} records a second");
    assert!(hours[2] > hours[1] + 4.0 * 3600.0 * 8.0);
}
