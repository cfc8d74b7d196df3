//! What few vendors do: a limit of the whole log, a clock that is set, one endpoint that fails, and what can never be read.

use std::{cmp::Reverse, collections::BTreeSet};

use group_dispatch_simulated_vendor::{ClockStep, Faults, LogLimit, Query, Scenario, Unreadable, Vendor};
use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, NoParameters, QueryUserStatusLogRequest, QueryUserStatusRequest, Source,
    WhatsAppNumber,
};

use crate::{HOUR, MINUTE, SOURCES, seeds};

fn log(source: Source, whats_app: Option<WhatsAppNumber>) -> QueryUserStatusLogRequest {
    QueryUserStatusLogRequest { source, agent_account: None, whats_app }
}

fn without_faults(seed: u64) -> Scenario {
    Scenario { faults: Faults::NONE, ..Scenario::small(seed) }
}

#[test]
fn the_log_may_show_fifty_records_in_all() {
    let mut missing = 0;
    for seed in seeds(5) {
        let mut each = Vendor::new(without_faults(seed));
        let mut all = Vendor::new(Scenario { log_limit: LogLimit::Answer, ..without_faults(seed) });
        let start = each.scenario().start;
        for at in (start..start + 24 * HOUR).step_by(600_000) {
            let whole = each.truth(at, &log(Source::Pc, None));
            let limited = all.truth(at, &log(Source::Pc, None));
            missing += whole.len() - limited.len();
            let mut expected: Vec<_> = whole.iter().flat_map(|agent| &agent.whats_app_list).collect();
            expected.sort_by_key(|record| Reverse(record.create_time));
            let times = expected.iter().take(50).map(|record| record.create_time);
            let mut shown: Vec<_> = limited.iter().flat_map(|agent| &agent.whats_app_list).collect();
            shown.sort_by_key(|record| Reverse(record.create_time));
            assert!(times.eq(shown.iter().map(|record| record.create_time)), "seed {seed}, {at}");
        }
    }
    assert!(missing > 20, "agents are left out: {missing}");
}

#[test]
fn a_clock_that_is_set_changes_only_times() {
    for by in [-5 * MINUTE, 5 * MINUTE] {
        let plain = without_faults(1);
        let at = plain.start + 12 * HOUR;
        let mut set = Vendor::new(Scenario { clock_step: Some(ClockStep { at, by }), ..plain.clone() });
        let mut plain = Vendor::new(plain);
        let (set_history, history) = (set.history(i64::MAX).to_vec(), plain.history(i64::MAX).to_vec());
        assert_eq!(set_history.len(), history.len());
        for (set, plain) in set_history.iter().zip(&history) {
            let moved = if plain.happened_at >= at { by / 1000 } else { 0 };
            assert_eq!((set.whatsapp, set.create_time), (plain.whatsapp, plain.create_time + moved));
        }
        // What happened after the step is in the log at once, whatever its time is.
        let soon = at + 4 * MINUTE;
        let happened = set_history.iter().filter(|record| (at..soon).contains(&record.happened_at));
        let in_log = happened.filter(|record| record.in_log_at <= soon && record.source == Source::Pc).count();
        let logs = set.truth(soon, &log(Source::Pc, None));
        let since = set.scenario().vendor_time(at) / 1000;
        let records = logs.iter().flat_map(|agent| &agent.whats_app_list);
        let zone = group_dispatch_types::UtcOffset::VENDOR;
        let shown = records.filter(|record| record.create_time.epoch_seconds(zone) >= since).count();
        assert!(in_log > 5 && shown >= in_log, "{by}: {shown} of {in_log}");
    }
}

#[test]
fn one_endpoint_may_fail_for_hours() {
    let mut failing = BTreeSet::new();
    for seed in seeds(10) {
        let faults = Faults { endpoint_outages: 3.0, ..Faults::NONE };
        let mut vendor = Vendor::new(Scenario { faults, ..Scenario::small(seed) });
        let start = vendor.scenario().start;
        let mut since = None;
        for at in (start..start + 24 * HOUR).step_by(60_000) {
            let failed = [
                vendor.ask(at, &NoParameters).result.is_err(),
                vendor.ask(at, &log(Source::Pc, None)).result.is_err(),
                vendor.ask(at, &online()).result.is_err(),
                vendor.ask(at, &recent()).result.is_err(),
            ];
            assert!(failed.iter().filter(|failed| **failed).count() <= 1, "seed {seed}, {at}");
            let now = failed.iter().position(|failed| *failed);
            failing.extend(now);
            match (since, now) {
                (None, Some(which)) => since = Some((at, which)),
                (Some((began, which)), now) if now != Some(which) => {
                    assert!(at - began >= HOUR - MINUTE, "seed {seed}: {} s", (at - began) / 1000);
                    since = now.map(|which| (at, which));
                }
                _ => {}
            }
        }
    }
    assert_eq!(failing.len(), 4);
}

fn online() -> QueryUserStatusRequest {
    QueryUserStatusRequest { source: Source::Pc, user_id: None, user_name: None }
}

fn recent() -> GetLatestOnlineWhatsAccountRequest {
    GetLatestOnlineWhatsAccountRequest { source: Source::Pc, user_id: None }
}

/// Returns how many answers of a day have something that can't be read.
fn unreadable<Q: Query>(vendor: &mut Vendor, query: &Q) -> usize {
    let start = vendor.scenario().start;
    let times = (start..start + 24 * HOUR).step_by(600_000);
    times.filter(|at| vendor.ask(*at, query).result.unwrap().left_out > 0).count()
}

#[test]
fn something_may_never_be_readable() {
    for (kind, expected) in [
        (Unreadable::Account, [true, true, true]),
        (Unreadable::OnlineAccount, [true, true, false]),
        (Unreadable::NamedAgent, [true, false, false]),
    ] {
        let mut found = [false; 3];
        for seed in seeds(5) {
            let faults = Faults { unreadable: Some(kind), ..Faults::NONE };
            let mut vendor = Vendor::new(Scenario { faults, ..Scenario::small(seed) });
            for source in SOURCES {
                let online = QueryUserStatusRequest { source, user_id: None, user_name: None };
                found[0] |= unreadable(&mut vendor, &NoParameters) > 0;
                found[1] |= unreadable(&mut vendor, &online) > 0;
                found[2] |= unreadable(&mut vendor, &log(source, None)) > 0;
            }
            let number = vendor.unreadable_account();
            assert_eq!(number.is_some(), kind != Unreadable::NamedAgent);
            let Some(number) = number else { continue };
            let at = vendor.scenario().start + 12 * HOUR;
            let answer = vendor.ask(at, &NoParameters).result.unwrap().data;
            let agents = answer.iter().flat_map(|group| &group.list);
            assert!(agents.flat_map(|agent| &agent.whats_app_list).all(|account| account.whats_app != number));
        }
        assert_eq!(found, expected, "{kind:?}");
    }
}

#[test]
fn oddities_follow_from_the_seed_and_leave_the_history() {
    let mut seen = [0; 6];
    for seed in 0..200 {
        let odd = Scenario::small(seed).with_oddities();
        assert!(odd == Scenario::small(seed).with_oddities());
        let Faults { endpoint_outages, unreadable, usual, .. } = &odd.faults;
        for (count, is_there) in seen.iter_mut().zip([
            odd.log_limit == LogLimit::Answer,
            odd.clock_step.is_some_and(|step| step.by > 0),
            odd.clock_step.is_some_and(|step| step.by < 0),
            *endpoint_outages > 0.0,
            unreadable.is_some(),
            usual.end < 10,
        ]) {
            *count += u32::from(is_there);
        }
        if seed < 10 && odd.clock_step.is_none() {
            let (mut odd, mut plain) = (Vendor::new(odd), Vendor::new(Scenario::small(seed)));
            assert!(odd.history(i64::MAX) == plain.history(i64::MAX), "seed {seed}");
        }
    }
    assert!(seen.iter().all(|count| (5..60).contains(count)), "{seen:?}");
}
