//! Every kind of fault occurs, in its limits, and none that was not chosen.

use std::{collections::BTreeMap, time::Duration};

use group_dispatch_simulated_vendor::{Failure, Faults, Reply, Scenario, Vendor};
use group_dispatch_types::{
    NoParameters, QueryUserStatusLogRequest, QueryUserStatusRequest, QueryWhatsAppInfoRequest, Source, SourceGroup,
};

use crate::{HOUR, MINUTE, seeds};

const DAY: i64 = 24 * HOUR;

fn all_online(vendor: &mut Vendor, step: usize) -> Vec<(i64, Reply<Vec<SourceGroup>>)> {
    let start = vendor.scenario().start;
    (start..start + DAY).step_by(step).map(|at| (at, vendor.ask(at, &NoParameters))).collect()
}

fn accounts(group: &SourceGroup) -> usize {
    group.list.iter().map(|agent| agent.whats_app_list.len()).sum()
}

#[test]
fn the_same_seed_gives_the_same_replies() {
    let replies = |seed| all_online(&mut Vendor::new(Scenario::small(seed)), 30_000);
    assert!(replies(1) == replies(1));
    assert!(replies(1) != replies(2));
}

#[test]
fn without_faults_every_answer_is_the_truth() {
    let mut vendor = Vendor::new(Scenario { faults: Faults::NONE, ..Scenario::small(1) });
    for (at, reply) in all_online(&mut vendor, 60_000) {
        let takes = i64::try_from(reply.takes.as_millis()).unwrap();
        assert!((at..=at + takes).contains(&reply.as_of) && takes < 500, "{reply:?}");
        let date = vendor.scenario().vendor_time(reply.as_of).div_euclid(1000) * 1000;
        assert_eq!((reply.is_lie, reply.date), (false, Some(date)));
        let answer = reply.result.unwrap();
        assert_eq!(answer.left_out, 0);
        assert!(answer.data == vendor.truth(reply.as_of, &NoParameters));
    }
}

#[test]
fn every_kind_of_fault_occurs() {
    let mut seen = BTreeMap::<String, u32>::new();
    for seed in seeds(10) {
        let mut vendor = Vendor::new(Scenario::small(seed));
        for (at, reply) in all_online(&mut vendor, 10_000) {
            let takes = i64::try_from(reply.takes.as_millis()).unwrap();
            assert!((at..=at + takes).contains(&reply.as_of), "seed {seed}: {reply:?}");
            let mut see = |what: &str| *seen.entry(what.to_owned()).or_default() += 1;
            match reply.result {
                Err(failure) => {
                    let has_response = !matches!(failure, Failure::Disconnected | Failure::Silent);
                    assert_eq!(reply.date.is_some(), has_response, "seed {seed}: {failure}");
                    see(&failure.to_string());
                }
                Ok(answer) => {
                    let truth = vendor.truth(reply.as_of, &NoParameters);
                    let missing =
                        (0..2).map(|group| accounts(&truth[group]) - accounts(&answer.data[group])).sum::<usize>();
                    let is_true = !reply.is_lie && answer.left_out == 0;
                    assert_eq!(answer.data == truth, is_true, "seed {seed}, {at}");
                    assert!(answer.left_out == 0 || missing > 0, "seed {seed}, {at}: {} left out", answer.left_out);
                    see(if is_true {
                        "true"
                    } else if reply.is_lie {
                        "lie"
                    } else {
                        "left out"
                    });
                    if reply.takes > Duration::from_secs(2) {
                        see("slow");
                    }
                }
            }
        }
    }
    let all = [
        "true",
        "lie",
        "left out",
        "slow",
        "code 517: database error",
        "code 500: The service failed",
        "code 598: Not in the vendor's table",
        "HTTP status 500",
        "HTTP status 502",
        "HTTP status 503",
        "the connection was closed without a response",
        "there was no response",
        "the body of the response ends early",
    ];
    assert_eq!(seen.keys().map(String::as_str).collect::<Vec<_>>(), {
        let mut all = all.to_vec();
        all.sort_unstable();
        all
    });
    assert!(seen.values().all(|count| *count >= 5), "{seen:?}");
}

#[test]
fn lies_come_at_most_twice_in_a_row_and_lack_most_accounts() {
    let (mut once, mut twice, mut empty, mut partial) = (0, 0, 0, 0);
    for seed in seeds(10) {
        let faults = Faults { lies: 0.1, ..Faults::NONE };
        let mut vendor = Vendor::new(Scenario { faults, ..Scenario::small(seed) });
        let mut in_a_row = [0, 0];
        for (_, reply) in all_online(&mut vendor, 60_000) {
            let truth = vendor.truth(reply.as_of, &NoParameters);
            let answer = reply.result.unwrap().data;
            for source in 0..2 {
                let (shown, online) = (accounts(&answer[source]), accounts(&truth[source]));
                if shown == online {
                    assert!(answer[source] == truth[source], "seed {seed}");
                    once += u32::from(in_a_row[source] == 1);
                    twice += u32::from(in_a_row[source] == 2);
                    in_a_row[source] = 0;
                } else {
                    assert!(
                        online - shown > 5 && 2 * shown < online && reply.is_lie,
                        "seed {seed}: {shown} of {online}"
                    );
                    in_a_row[source] += 1;
                    assert!(in_a_row[source] <= 2, "seed {seed}");
                    *(if shown == 0 { &mut empty } else { &mut partial }) += 1;
                }
            }
        }
    }
    assert!(once.min(twice).min(empty).min(partial) > 50, "{once} {twice} {empty} {partial}");
}

#[test]
fn only_answers_without_filter_on_who_is_online_lie() {
    let faults = Faults { lies: 0.5, ..Faults::NONE };
    let mut vendor = Vendor::new(Scenario { faults, ..Scenario::small(2) });
    let start = vendor.scenario().start;
    let agent = vendor.history(start + HOUR)[0];
    let online = |user_id| QueryUserStatusRequest { source: Source::Pc, user_id, user_name: None };
    let mut lies = 0;
    for at in (start + HOUR..start + DAY).step_by(600_000) {
        lies += u32::from(vendor.ask(at, &online(None)).is_lie);
        assert!(!vendor.ask(at, &online(Some(agent.user_id))).is_lie);
        let log = QueryUserStatusLogRequest { source: Source::Pc, agent_account: None, whats_app: None };
        assert!(!vendor.ask(at, &log).is_lie);
        let location = QueryWhatsAppInfoRequest { whatsapp: agent.whatsapp.into(), source: None };
        assert!(!vendor.ask(at, &location).is_lie);
    }
    assert!(lies > 10, "{lies}");
}

#[test]
fn outages_last_minutes_to_hours_and_have_one_kind() {
    let mut lengths = Vec::new();
    for seed in seeds(20) {
        let faults = Faults { outages: 3.0, ..Faults::NONE };
        let mut vendor = Vendor::new(Scenario { faults, ..Scenario::small(seed) });
        let mut current: Option<(i64, Failure)> = None;
        for (at, reply) in all_online(&mut vendor, 10_000) {
            match (reply.result, current) {
                (Err(failure), None) => current = Some((at, failure)),
                (Err(failure), Some((_, kind))) => assert_eq!(failure, kind, "seed {seed}"),
                (Ok(_), Some((since, _))) => {
                    lengths.push(at - since);
                    current = None;
                }
                (Ok(_), None) => {}
            }
        }
    }
    assert!(lengths.len() > 30, "{lengths:?}");
    assert!(lengths.iter().all(|length| (MINUTE - 10_000..2 * HOUR).contains(length)), "{lengths:?}");
    assert!(lengths.iter().any(|length| *length > 45 * MINUTE), "{lengths:?}");
}

#[test]
fn a_vendor_can_be_taken_down() {
    let mut scenario = Scenario { faults: Faults::NONE, ..Scenario::small(1) };
    let down = scenario.start + HOUR..scenario.start + 2 * HOUR;
    scenario.faults.down = vec![down.clone()];
    for (at, reply) in all_online(&mut Vendor::new(scenario), 60_000) {
        assert_eq!(reply.result.err(), down.contains(&at).then_some(Failure::Disconnected));
    }
}
