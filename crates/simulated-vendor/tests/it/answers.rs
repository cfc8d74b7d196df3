//! Answers agree with the history. `crates/end-to-end` compares all of them with those of a server.

use group_dispatch_simulated_vendor::{Record, Scenario, Vendor};
use group_dispatch_types::{NoParameters, QueryUserStatusLogRequest, Source, StatusTime, UtcOffset};

use crate::{HOUR, SOURCES, seeds};

#[test]
fn the_log_has_the_latest_fifty_records_of_each_agent() {
    for seed in seeds(30) {
        let mut vendor = Vendor::new(Scenario::small(seed));
        let start = vendor.scenario().start;
        for at in (start..start + 25 * HOUR).step_by(5_000_000) {
            for source in SOURCES {
                let request = QueryUserStatusLogRequest { source, agent_account: None, whats_app: None };
                let answer = vendor.truth(at, &request);
                assert!(answer.is_sorted_by_key(|agent| agent.user_id), "seed {seed}, {at}");
                let history = vendor.history(at);
                let mut records: Vec<_> = (0..).zip(history).filter(|(_, record)| record.in_log_at <= at).collect();
                records.retain(|(_, record): &(usize, &Record)| record.source == source);
                records.sort_by_key(|(number, record)| (record.create_time, record.in_log_at, *number));
                for agent in &answer {
                    let expected = records.iter().rev().filter(|(_, record)| record.user_id == agent.user_id).take(50);
                    let expected: Vec<_> = expected.map(|(_, record)| *record).collect();
                    assert_eq!(agent.whats_app_list.len(), expected.len(), "seed {seed}, {at}");
                    for (shown, expected) in agent.whats_app_list.iter().zip(expected) {
                        let time = StatusTime::from_epoch_seconds(expected.create_time, UtcOffset::VENDOR).unwrap();
                        assert_eq!(shown.create_time, time, "seed {seed}, {at}");
                        assert_eq!((shown.whats_app, shown.source), (expected.whatsapp, expected.source));
                        assert_eq!((shown.status, shown.detail_status), (expected.status, expected.detail_status));
                    }
                }
                let agents =
                    records.iter().map(|(_, record)| record.user_id).collect::<std::collections::BTreeSet<_>>();
                assert_eq!(answer.len(), agents.len(), "seed {seed}, {at}");
            }
        }
    }
}

#[test]
fn who_is_online_is_the_same_in_each_way() {
    for seed in seeds(30) {
        let mut vendor = Vendor::new(Scenario::small(seed));
        let start = vendor.scenario().start;
        for at in (start..start + 25 * HOUR).step_by(5_000_000) {
            let groups = vendor.truth(at, &NoParameters);
            assert_eq!(groups.iter().map(|group| group.source).collect::<Vec<_>>(), [Source::Pc, Source::Mobile]);
            for group in groups {
                let agents = group.list.iter();
                let online =
                    agents.flat_map(|agent| agent.whats_app_list.iter().map(|one| (one.whats_app, agent.user_id)));
                assert_eq!(
                    online.collect::<std::collections::BTreeMap<_, _>>(),
                    vendor.online(group.source, at),
                    "seed {seed}, {at}"
                );
            }
        }
    }
}

#[test]
fn a_source_that_is_in_no_table_has_nothing() {
    let mut vendor = Vendor::new(Scenario::small(1));
    let at = vendor.scenario().end().unwrap();
    let request = QueryUserStatusLogRequest { source: Source::from(9), agent_account: None, whats_app: None };
    assert!(vendor.truth(at, &request).is_empty());
    assert!(vendor.online(Source::from(9), at).is_empty());
}
