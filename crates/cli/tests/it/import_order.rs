//! `group-dispatch import`: the order of events of one second is the order of their source.

use std::collections::BTreeMap;

use crate::common::{Importer, TestStore, feed, next_line, run, to_result};
use serde_json::{Value, json};

/// The true sequence of events of several accounts, agents and sources, many of them in one second.
struct History {
    /// Oldest first.
    events: Vec<Value>,
}

const AGENTS: u64 = 3;

impl History {
    /// Each account belongs to one agent: across agents, a log does not show the order within a second.
    fn random(seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut random = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut at = 1_720_437_931;
        let events = (0..150).map(|number| {
            at += u64::from(random(4) == 0);
            let (account, source, online) = (random(9), 1 + random(2), random(2) == 0);
            json!({
                "userId": 1 + account % AGENTS, "agentAccount": format!("a{}", account % AGENTS),
                "whatsApp": (861_821_371_000 + account).to_string(), "name": format!("n{number}"), "source": source,
                "status": if online { 10 } else { 30 }, "detailStatus": if online { 13 } else { 37 }, "createTime": at,
            })
        });
        Self { events: events.collect() }
    }

    /// Returns the accounts that are online at a source, with their names there.
    fn online(&self, source: u64) -> BTreeMap<String, String> {
        let mut online = BTreeMap::new();
        for event in self.events.iter().filter(|event| event["source"] == source) {
            let account = event["whatsApp"].as_str().unwrap().to_owned();
            if event["status"] == 10 {
                online.insert(account, event["name"].as_str().unwrap().to_owned());
            } else {
                online.remove(&account);
            }
        }
        online
    }

    /// Returns the log of a source after this number of events: agent by agent, newest first, at most 50 events of
    /// each.
    fn log(&self, source: u64, events: usize) -> Vec<(u64, Vec<Value>)> {
        let agents = (1..=AGENTS).map(|agent| {
            let of_agent = |event: &&Value| event["userId"] == agent && event["source"] == source;
            (agent, self.events[..events].iter().rev().filter(of_agent).take(50).cloned().collect())
        });
        agents.collect()
    }

    fn answer(&self, source: u64, events: usize) -> Value {
        let agents = self.log(source, events).into_iter().map(|(agent, mut records)| {
            for record in &mut records {
                record.as_object_mut().unwrap().retain(|member, _| !["userId", "agentAccount"].contains(&&**member));
            }
            json!({ "userId": agent, "agentAccount": format!("a{}", agent - 1), "whatsAppList": records })
        });
        json!({ "code": 200, "message": "success", "data": agents.collect::<Vec<_>>() })
    }

    fn flat(&self, source: u64, events: usize) -> Vec<Value> {
        self.log(source, events).into_iter().flat_map(|(_, records)| records).collect()
    }

    fn check(&self, store: &TestStore, how: &str) {
        let server = store.serve();
        for (source, name) in [(1, "pc"), (2, "mobile")] {
            let answer = server.json(&["online", "--source", name]);
            let accounts =
                answer.as_array().unwrap().iter().flat_map(|agent| agent["whatsAppList"].as_array().unwrap());
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let online: BTreeMap<_, _> =
                accounts.map(|account| (text(&account["whatsApp"]), text(&account["name"]))).collect();
            assert_eq!(online, self.online(source), "{how}, {name}");
        }
    }
}

fn lines(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

/// Imports overlapping pages, as a program fetches them at intervals.
#[test]
fn random_histories_end_with_the_presence_of_their_source() {
    for seed in 0..4 {
        let history = History::random(seed);
        type Form = fn(&History, u64, usize) -> String;
        let forms: [(&str, Form); 4] = [
            ("an answer", |history, source, events| format!("{:#}", history.answer(source, events))),
            ("newest first", |history, source, events| lines(&history.flat(source, events))),
            ("oldest first", |history, source, events| {
                let mut events = history.flat(source, events);
                events.reverse();
                lines(&events)
            }),
            ("an array", |history, source, events| Value::from(history.flat(source, events)).to_string()),
        ];
        for (how, form) in forms {
            let store = TestStore::new();
            for events in [60, 100, 150] {
                for source in [1, 2] {
                    let result = store.import(&store.file("page", &form(&history, source, events)));
                    assert_eq!(result.status, 0, "{how}: {}", result.err);
                }
            }
            history.check(&store, how);
        }
    }
}

fn event(status: u8, at: u64, account: u64) -> Value {
    json!({
        "userId": 1, "agentAccount": "a", "whatsApp": account.to_string(), "source": 2, "status": status,
        "detailStatus": if status == 10 { 13 } else { 37 }, "createTime": 1_720_437_931 + at,
    })
}

fn is_online(store: &TestStore) -> bool {
    let answer = store.serve().json(&["online", "--source", "mobile"]);
    answer
        .as_array()
        .unwrap()
        .iter()
        .any(|agent| agent["whatsAppList"].as_array().unwrap().iter().any(|a| a["whatsApp"] == "1"))
}

/// Between the two events of account 1 at one time are several batches.
#[test]
fn a_tie_is_kept_together_over_batches() {
    let store = TestStore::new();
    let others = (0..3_000).map(|n| event(10, 5, 100 + n));
    let events: Vec<_> =
        [event(10, 5, 1)].into_iter().chain(others).chain([event(30, 5, 1), event(30, 4, 1)]).collect();
    let file = store.file("log.ndjson", &lines(&events));
    let result = run(store.command(&["import", "--tenant", "7", "--acknowledge"]).arg(&file));
    assert_eq!(result.err, "3003 stored, 0 already stored, 0 rejected\n");
    assert_eq!(result.out, "3003\n", "the first line is stored last, so that nothing is acknowledged before");
    assert!(is_online(&store));
}

#[test]
fn the_flag_decides_where_times_do_not() {
    let same_time = [event(10, 5, 1), event(30, 5, 1)];
    for (arguments, online, is_reported) in [
        (&["--order", "newest-first"][..], true, false),
        (&["--order", "oldest-first"], false, false),
        (&["--order", "auto"], false, true),
        (&[], false, true),
    ] {
        let store = TestStore::new();
        let file = store.file("events.ndjson", &lines(&same_time));
        let result = run(store.command(&[&["import", "--tenant", "7"], arguments].concat()).arg(&file));
        assert_eq!(is_online(&store), online, "{arguments:?}");
        assert_eq!(result.err.contains("--order newest-first"), is_reported, "{}", result.err);
    }
    // Times rise and fall, but no account has two events at one time: nothing to report.
    let store = TestStore::new();
    let file = store.file("events.ndjson", &lines(&[event(10, 5, 1), event(30, 4, 1), event(10, 6, 1)]));
    assert_eq!(store.import(&file).err, "3 stored, 0 already stored, 0 rejected\n");
}

#[test]
fn the_order_of_a_short_pipe_is_detected_like_that_of_a_file() {
    let store = TestStore::new();
    let Importer { child, mut input, acknowledgements } = store.import_pipe();
    feed(&mut input, &lines(&[event(10, 5, 1), event(30, 5, 1), event(30, 4, 1)]));
    drop(input);
    let result = to_result(child.wait_with_output().unwrap());
    assert_eq!(result.err, "3 stored, 0 already stored, 0 rejected\n");
    drop(acknowledgements);
    assert!(is_online(&store));
}

#[test]
fn a_newest_first_pipe_that_pauses_is_reported() {
    let store = TestStore::new();
    let Importer { child, mut input, mut acknowledgements } = store.import_pipe();
    for (number, event) in [event(10, 5, 1), event(30, 5, 1), event(30, 4, 1)].into_iter().enumerate() {
        feed(&mut input, &lines(&[event]));
        assert_eq!(next_line(&mut acknowledgements), format!("{}\n", number + 1));
    }
    drop(input);
    let result = to_result(child.wait_with_output().unwrap());
    assert_eq!(result.status, 3);
    assert!(result.err.starts_with("the input is newest first"), "{}", result.err);
    assert!(result.err.contains("--order newest-first"), "{}", result.err);
}

#[test]
fn the_flag_applies_to_responses() {
    let answer = |events: &[Value]| json!({ "code": 200, "data": [{ "userId": 1, "agentAccount": "a", "whatsAppList": events }] });
    let text = format!("{:#}", answer(&[event(10, 5, 1), event(30, 5, 1)]));
    for (order, online) in [("auto", true), ("newest-first", true), ("oldest-first", false)] {
        let store = TestStore::new();
        let result =
            run(store.command(&["import", "--tenant", "7", "--order", order]).arg(store.file("answer", &text)));
        assert_eq!(result.err, "2 stored, 0 already stored, 0 rejected\n", "{order}");
        assert_eq!(is_online(&store), online, "{order}");
    }
}

/// A line with many events is acknowledged when all of them are stored.
#[test]
fn a_line_with_several_events_is_acknowledged_once() {
    let store = TestStore::new();
    let events: Vec<_> = (0..2_500).map(|n| event(10, n, 100 + n)).collect();
    for text in [Value::from(events.clone()).to_string(), format!("{}\n", Value::from(events))] {
        let file = store.file("array", &text);
        let result = run(store.command(&["import", "--tenant", "7", "--acknowledge"]).arg(file));
        assert_eq!((result.status, result.out.as_str()), (0, "1\n"), "{}", result.err);
    }
    assert_eq!(store.events(), 2_500);
}
