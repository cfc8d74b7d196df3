//! `group-dispatch log`: which events it prints, in which order, and when it says that some may be missing.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Place, Said, Server, command, run};
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

fn filled() -> (Place, Server) {
    let place = Place::new();
    assert_eq!(place.import(&place.file("events.ndjson", EVENTS)).status, 0);
    let server = place.serve();
    (place, server)
}

fn asked(server: &Server, arguments: &[&str]) -> Said {
    server.ask(&[&["log", "--source", "mobile"], arguments].concat())
}

/// The agent of each event and what happened, in the order in which they are printed.
fn events(server: &Server, arguments: &[&str]) -> Vec<String> {
    let said = asked(server, &[arguments, &["--output", "ndjson"]].concat());
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{arguments:?}");
    let event = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        format!("{} {}", event["userId"], event["detailStatus"])
    };
    said.out.lines().map(event).collect()
}

#[test]
fn events_are_selected_by_time_and_status() {
    let (_place, server) = filled();
    let all = ["12 42", "12 22", "12 13", "34 13", "34 35", "34 13"];
    assert_eq!(events(&server, &[]), all);
    for (arguments, expected) in [
        // Clock times and dates are the service's, at UTC+8.
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
    let (_place, server) = filled();
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
fn nothing_that_matches_is_said_as_such() {
    let (_place, server) = filled();
    assert_eq!(asked(&server, &["--since", "2h"]).out, "no agent has events that match at mobile\n");
}

/// The log of an agent with `count` events, the newest at 11:59:59 and each other a second earlier.
fn long_log(id: u32, count: u32) -> AgentStatusLog {
    let event = |number: u32| {
        json!({ "whatsApp": "100", "name": "", "status": 10, "source": 2, "countryCode": "", "detailStatus": 13,
            "createTime": format!("2024-07-08 11:59:{:02}", 59 - number) })
    };
    let events: Vec<_> = (0..count).map(event).collect();
    serde_json::from_value(json!({ "userId": id, "agentAccount": format!("u{id}"), "whatsAppList": events })).unwrap()
}

/// The log of an agent with two events.
fn sparse_log(id: u32) -> AgentStatusLog {
    let mut log = long_log(id, 2);
    log.whats_app_list[1].create_time = "2024-07-08 10:00:00".parse().unwrap();
    log
}

/// The first agent has as many events as the service returns, back to 11:59:10; the other has an older one.
#[test]
fn a_remark_says_when_older_events_may_be_missing() {
    let server = MockServer::start();
    server.respond_to(QueryUserStatusLog, MockResponse::ok([long_log(12, 50), sparse_log(34)]));
    let url = server.base_url();
    let remark = |arguments: &[&str]| {
        let said = run(command()
            .args(["log", "--source", "mobile", "--url", &url, "--tenant-id", "7", "--api-key", "k"])
            .args(arguments));
        assert_eq!(said.status, 0, "{}", said.err);
        said.err
    };
    let expected = "older events may be missing: the service returns the latest 50 events of each agent, and filters and \
                    order apply to those; reached by u12\n";
    for arguments in [
        &["--since", "2024-07-08 11:00:00"][..],
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
        &[][..],
        &["--since", "2024-07-08 11:59:10"],
        &["--limit", "1"],
        &["--status", "online", "--limit", "1"],
        &["--since", "2024-07-08 11:00:00", "--limit", "50"],
        &["--sort", "time", "--limit", "51"],
        &["--sort", "time", "--status", "online", "--limit", "51"],
    ] {
        assert_eq!(remark(arguments), "", "{arguments:?}");
    }
}
