//! `group-dispatch log`: the events that it prints, their order, and the note about missing events.

use crate::common::{RunResult, Server, TestStore, command, run};
use group_dispatch_client::types::AgentStatusLog;
use group_dispatch_httpmock::{MockResponse, QueryUserStatusLog, RespondExt, httpmock::MockServer};
use serde_json::{Value, json};

const EVENTS: &str = r#"
{"userId": 12, "agentAccount": "u12", "userName": "Uma", "whatsApp": "100", "source": 2, "detailStatus": 13, "createTime": "2024-07-08 10:00:00"}
{"userId": 12, "agentAccount": "u12", "userName": "Uma", "whatsApp": "100", "source": 2, "detailStatus": 22, "createTime": "2024-07-08 12:00:00"}
{"userId": 12, "agentAccount": "u12", "userName": "Uma", "whatsApp": "100", "source": 2, "detailStatus": 42, "createTime": "2024-07-09 00:00:00"}
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "200", "source": 2, "detailStatus": 13, "createTime": "2024-07-08 11:00:00"}
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "200", "source": 2, "detailStatus": 35, "createTime": "2024-07-08 23:59:59"}
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "200", "source": 2, "detailStatus": 13, "createTime": "2024-07-10 09:00:00"}
"#;

fn filled() -> (TestStore, Server) {
    let store = TestStore::new();
    assert_eq!(store.import(&store.file("events.ndjson", EVENTS)).status, 0);
    let server = store.serve();
    (store, server)
}

fn asked(server: &Server, arguments: &[&str]) -> RunResult {
    server.ask(&[&["log", "--source", "mobile"], arguments].concat())
}

/// Returns the agent and the detail status of each event, in the printed order.
fn events(server: &Server, arguments: &[&str]) -> Vec<String> {
    let result = asked(server, &[arguments, &["--output", "ndjson"]].concat());
    assert_eq!((result.status, result.err.as_str()), (0, ""), "{arguments:?}");
    let event = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        format!("{} {}", event["userId"], event["detailStatus"])
    };
    result.out.lines().map(event).collect()
}

#[test]
fn events_are_selected_by_time_and_status() {
    let (_store, server) = filled();
    let all = ["12 42", "12 22", "12 13", "34 13", "34 35", "34 13"];
    assert_eq!(events(&server, &[]), all);
    for (arguments, expected) in [
        // Clock times and dates are at the service's offset, +08:00.
        (&["--since", "2024-07-08 23:59:59"][..], &["12 42", "34 13", "34 35"][..]),
        (&["--since", "2024-07-08T15:59:59Z"], &["12 42", "34 13", "34 35"]),
        (&["--since", "2024-07-08T23:59:59.001+08:00"], &["12 42", "34 13"]),
        (&["--since", "2024-07-09"], &["12 42", "34 13"]),
        (&["--until", "2024-07-08"], &["12 22", "12 13", "34 35", "34 13"]),
        (&["--until", "2024-07-08 11:00:00"], &["12 13", "34 13"]),
        (&["--since", "2024-07-08 10:30", "--until", "2024-07-08 12:00:00"], &["12 22", "34 13"]),
        (&["--since", "2024-07-08 23:59:59", "--utc-offset", "+00:00"], &["12 42", "34 13", "34 35"]),
        (&["--since", "2024-07-08T23:59:59Z", "--utc-offset", "+00:00"], &["12 42", "34 13", "34 35"]),
        (&["--since", "2h"], &[]),
        (&["--until", "2h"], &all),
        (&["--status", "banned"], &["12 42"]),
        (&["--status", "40,20"], &["12 42", "12 22"]),
        (&["--status", "offline", "--status", "disconnected"], &["12 22", "34 35"]),
        (&["--status", "99"], &[]),
        (&["--limit", "2"], &["12 42", "12 22"]),
        (&["--sort", "time"], &["34 13", "12 42", "34 35", "12 22", "34 13", "12 13"]),
        (&["--sort", "time", "--limit", "3", "--status", "online,banned"], &["34 13", "12 42", "34 13"]),
    ] {
        assert_eq!(events(&server, arguments), expected, "{arguments:?}");
    }
}

#[test]
fn json_groups_the_selected_events_by_agent() {
    let (_store, server) = filled();
    let grouped = |arguments: &[&str]| {
        let answer = server.json(&[&["log", "--source", "mobile"], arguments].concat());
        let group = |group: &Value| {
            let events =
                group["whatsAppList"].as_array().unwrap().iter().map(|event| event["detailStatus"].to_string());
            format!("{}: {}", group["userId"], events.collect::<Vec<_>>().join(" "))
        };
        answer.as_array().unwrap().iter().map(group).collect::<Vec<_>>()
    };
    assert_eq!(grouped(&[]), ["12: 42 22 13", "34: 13 35 13"]);
    assert_eq!(grouped(&["--sort", "time", "--limit", "4"]), ["34: 13 35", "12: 42 22"]);
    assert_eq!(grouped(&["--status", "banned"]), ["12: 42"]);
    assert_eq!(grouped(&["--since", "2h"]), [""; 0]);
}

#[test]
fn an_empty_selection_is_reported() {
    let (_store, server) = filled();
    assert_eq!(asked(&server, &["--since", "2h"]).out, "no agent has events that match at mobile\n");
}

/// Returns the log of an agent with `count` events, one per second, the newest at 11:59:59.
fn long_log(id: u32, count: u32) -> AgentStatusLog {
    let event = |number: u32| {
        json!({ "whatsApp": "100", "name": "", "status": 10, "source": 2, "countryCode": "", "detailStatus": 13,
            "createTime": format!("2024-07-08 11:59:{:02}", 59 - number) })
    };
    let events: Vec<_> = (0..count).map(event).collect();
    serde_json::from_value(json!({ "userId": id, "agentAccount": format!("u{id}"), "whatsAppList": events })).unwrap()
}

/// Returns the log of an agent with two events.
fn sparse_log(id: u32) -> AgentStatusLog {
    let mut log = long_log(id, 2);
    log.whats_app_list[1].create_time = "2024-07-08 10:00:00".parse().unwrap();
    log
}

/// The first agent has as many events as the service returns, the oldest at 11:59:10. The other agent has an older
/// event.
#[test]
fn a_note_reports_that_older_events_may_be_missing() {
    let server = MockServer::start();
    server.respond_to(QueryUserStatusLog, MockResponse::ok([long_log(12, 50), sparse_log(34)]));
    let url = server.base_url();
    let remark = |arguments: &[&str]| {
        let result = run(command()
            .args(["log", "--source", "mobile", "--url", &url, "--tenant-id", "7", "--api-key", "k"])
            .args(arguments));
        assert_eq!(result.status, 0, "{}", result.err);
        result.err
    };
    let expected = "older events may be missing: the service returns at most the latest 50 events of each agent, which \
                    filters and sorting apply to; agents with 50 events: u12\n";
    for arguments in [
        &[][..],
        &["--output", "json"],
        &["--since", "2024-07-08 11:00:00"],
        &["--until", "2024-07-08 11:59:00"],
        &["--status", "offline"],
        &["--status", "offline", "--output", "json"],
        &["--sort", "time"],
        &["--sort", "time", "--limit", "52"],
        &["--sort", "time", "--status", "online", "--limit", "100"],
    ] {
        assert_eq!(remark(arguments), expected, "{arguments:?}");
    }
    for arguments in [
        &["--since", "2024-07-08 11:59:10"][..],
        &["--limit", "1"],
        &["--status", "online", "--limit", "1"],
        &["--since", "2024-07-08 11:00:00", "--limit", "50"],
        &["--sort", "time", "--limit", "51"],
        &["--sort", "time", "--status", "online", "--limit", "51"],
    ] {
        assert_eq!(remark(arguments), "", "{arguments:?}");
    }
}
