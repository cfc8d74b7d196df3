//! `group-dispatch event strike`: which event is struck, and what the server answers then.

use crate::common::{RunResult, TestStore, run};

const FUTURE: &str = r#"{"eventId": "wrong", "userId": 12, "agentAccount": "u1", "whatsApp": "861821371272", "source": 2,
    "detailStatus": 33, "createTime": "2099-07-08 19:25:31.250"}"#;

fn event(second: u32, account: &str) -> String {
    format!(
        r#"{{"userId": 12, "agentAccount": "u1", "whatsApp": "{account}", "source": 2, "detailStatus": 13, "createTime": "2024-07-08 19:25:{second}"}}"#
    )
}

fn strike(store: &TestStore, flags: &[&str]) -> RunResult {
    run(&mut store.command(&[&["event", "strike", "--tenant", "7"], flags].concat()))
}

#[test]
fn an_event_of_the_future_is_struck_while_a_server_runs() {
    let store = TestStore::new();
    let events = [event(31, "861821371272"), FUTURE.replace('\n', " "), event(31, "861821371273")].join("\n");
    let file = store.file("events.ndjson", &events);
    let import = ["import", file.to_str().unwrap(), "--tenant", "7", "--max-ahead", "1000000h"];
    assert_eq!(run(&mut store.command(&import)).status, 0);
    let mut server = store.serve();
    let online = || server.ask(&["online", "--source", "mobile", "--output", "ndjson"]).out;
    assert!(!online().contains("861821371272"), "{}", online());

    let at = "2099-07-08 19:25:31";
    let found = strike(&store, &["--create-time", at, "--dry-run"]);
    let described =
        "2099-07-08T11:25:31.25Z, account 861821371272, agent 12, source mobile, status offline, event id wrong\n";
    assert_eq!((found.status, found.out), (0, format!("would be struck: {described}")));
    let several = strike(&store, &["--create-time", "2024-07-08 19:25:31"]);
    assert!(
        several.status == 1 && several.err.contains("several events are like that; add --user-id"),
        "{}",
        several.err
    );
    for other in [&["--source", "pc"][..], &["--whatsapp", "861821371273"], &["--user-id", "13"], &["--event-id", "x"]]
    {
        let missing = strike(&store, &[&["--create-time", at], other].concat());
        assert!(missing.status == 1 && missing.err.contains("no event is like that"), "{}", missing.err);
    }
    assert!(!online().contains("861821371272"), "nothing is struck yet");
    let struck = strike(&store, &["--event-id", "wrong"]);
    assert_eq!((struck.status, struck.out), (0, format!("struck: {described}")));
    while !online().contains("861821371272") {}
    assert_eq!(strike(&store, &["--event-id", "wrong"]).status, 1, "it is struck already");
    let again = run(&mut store.command(&import));
    assert_eq!(again.err, "0 stored, 3 already stored, 0 rejected\n");
    assert!(online().contains("861821371272"));
    let log = server.stop();
    let recomputed = |line: &&serde_json::Value| line["message"].as_str().unwrap().contains("was computed again");
    let [line] = &log.iter().filter(recomputed).collect::<Vec<_>>()[..] else { panic!("{log:?}") };
    assert!(line["level"] == "INFO" && line["milliseconds"].is_number(), "{line}");
    assert_eq!(line["message"], "presence was computed again, because an event was struck");
}

#[test]
fn an_event_is_struck_by_its_time_or_its_id() {
    let store = TestStore::new();
    for flags in [&[][..], &["--whatsapp", "861821371272"]] {
        let neither = strike(&store, flags);
        assert!(
            neither.status == 2 && neither.err.contains("<--create-time <TIME>|--event-id <ID>>"),
            "{}",
            neither.err
        );
    }
    let unknown = run(&mut store.command(&["event", "strike", "--tenant", "8", "--event-id", "x"]));
    assert!(unknown.status == 1 && unknown.err.contains("tenant 8 is not known"), "{}", unknown.err);
}
