//! `group-dispatch history`: what it selects, how it shows what is known and what is not, and what it prints in parts.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use crate::common::{
    RunResult, Server, TestStore, command,
    mirrored::{START, gap, logged, observed},
    run, to_result,
};
use group_dispatch_client::types::{AccountStatus, BusinessCode};
use group_dispatch_httpmock::{AnyOperation, MockResponse, RespondExt, httpmock::MockServer};
use group_dispatch_server::store::MirroredFacts;
use insta::assert_snapshot;
use serde_json::{Value, json};

/// Fed events of agent 34 at mobile, before the others.
const FED: &str = r#"
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "491713920011", "name": "zhang", "source": 2, "countryCode": "Deutschland", "detailStatus": 13, "createTime": "2024-07-08T11:25:20.25Z", "eventId": "feeder-1"}
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "491713920011", "source": 2, "countryCode": "Deutschland", "detailStatus": 42, "createTime": "2024-07-08T11:25:25Z"}
"#;

/// Returns a server with two fed, one logged and three observed events, and two gaps of agent 12.
fn filled() -> (TestStore, Server) {
    let store = TestStore::new();
    assert_eq!(store.import(&store.file("events.ndjson", FED)).status, 0);
    let events = vec![
        observed(AccountStatus::Online, None, -1_000),
        logged(0),
        observed(AccountStatus::Offline, Some(5_000), 9_500),
        observed(AccountStatus::Online, Some(9_500), 14_500),
    ];
    let gaps = vec![gap(12, None, START - 60_000), gap(12, Some(START + 20_000), START + 25_000)];
    store.mirror(MirroredFacts { events, gaps, ..MirroredFacts::default() });
    let server = store.serve();
    (store, server)
}

fn history(server: &Server, arguments: &[&str]) -> RunResult {
    server.ask(&[&["history"], arguments].concat())
}

/// Returns a line for each event: how it is known, and its time or the end of its interval in seconds since the start.
fn events(server: &Server, arguments: &[&str]) -> Vec<String> {
    let result = history(server, &[arguments, &["--output", "json"]].concat());
    assert_eq!(result.status, 0, "{arguments:?}: {}", result.err);
    let data: Value = serde_json::from_str(&result.out).unwrap();
    let event = |event: &Value| {
        let time = event["createTime"].as_i64().or(event["notAfter"].as_i64()).unwrap();
        format!("{} {}", event["provenance"].as_str().unwrap(), (time - START) as f64 / 1000.0)
    };
    data["events"].as_array().unwrap().iter().map(event).collect()
}

#[test]
fn each_event_shows_how_it_is_known_and_observed_ones_an_interval() {
    let (_store, server) = filled();
    let texts = ["table", "json", "ndjson", "csv"].map(|form| {
        let result = history(&server, &["--output", form]);
        assert_eq!(result.status, 0, "{}", result.err);
        format!("$ history --output {form}\n{}{}", result.out, result.err)
    });
    assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_table_with_intervals_fits_the_terminal() {
    let (_store, server) = filled();
    let texts = ["100", "80", "60"].map(|columns| {
        let result = run(server.command(&["history", "--since", "2024-07-08T11:25:31Z"]).env("COLUMNS", columns));
        format!("{columns} columns:\n{}", result.out)
    });
    assert_snapshot!(texts.join("\n"));
}

#[test]
fn events_are_selected_by_each_filter() {
    let (_store, server) = filled();
    let all = ["observed 14.5", "observed 9.5", "logged 0", "observed -1", "fed -6", "fed -10.75"];
    assert_eq!(events(&server, &[]), all);
    for (arguments, expected) in [
        (&["--order", "oldest-first", "--limit", "2"][..], &["fed -10.75", "fed -6"][..]),
        // Clock times and dates are at the service's offset, +08:00.
        (&["--since", "2024-07-08 19:25:31"], &all[..3]),
        (&["--from", "2024-07-08T11:25:20.25Z", "--to", "2024-07-08 19:25:30"], &all[3..]),
        (&["--since", "2024-07-08T11:25:20.251Z", "--until", "2024-07-08 19:25:25"], &["fed -6"]),
        (&["--until", "2024-07-08"], &all),
        (&["--since", "2h"], &[]),
        (&["--source", "mobile"], &all[4..]),
        (&["--user-id", "12", "--limit", "1"], &all[..1]),
        (&["--agent-account", "u34"], &all[4..]),
        (&["--user-name", "u34"], &all[4..]),
        (&["--whatsapp", "+49 171 392-0011"], &all[4..]),
        (&["--status", "banned"], &["fed -6"]),
        (&["--status", "40,online"], &["observed 14.5", "logged 0", "observed -1", "fed -6", "fed -10.75"]),
        (&["--status", "offline"], &[]),
        (&["--detail-status", "mobile-banned"], &["fed -6"]),
        (&["--detail", "12", "--detail", "13"], &["logged 0", "fed -10.75"]),
        (&["--provenance", "logged"], &["logged 0"]),
        (&["--provenance", "fed,logged"], &["logged 0", "fed -6", "fed -10.75"]),
    ] {
        assert_eq!(events(&server, arguments), expected, "{arguments:?}");
    }
}

#[test]
fn gaps_are_announced_if_they_touch_the_printed_time() {
    let (_store, server) = filled();
    let note = |count: &str, end: &str| {
        format!(
            "not all is known: {count} in which the vendor may have recorded events that nobody could read, the latest until \
             {end}; `group-dispatch history --gaps` lists them\n"
        )
    };
    let (early, late) = ("2024-07-08T11:24:31+00:00", "2024-07-08T11:25:56+00:00");
    let more = |limit: u32| format!("more events match than --limit {limit}; --all prints all of them\n");
    for (arguments, expected) in [
        (&[][..], note("2 gaps", late)),
        (&["--agent-account", "u12"], note("2 gaps", late)),
        (&["--agent-account", "u34"], String::new()),
        (&["--source", "mobile"], String::new()),
        (&["--whatsapp", "8618217331411"], note("2 gaps", late)),
        (&["--since", "2024-07-08T11:25:31Z"], note("1 gap", late)),
        (&["--since", "2024-07-08T11:25:56.001Z"], String::new()),
        (&["--until", "2024-07-08T11:25:50Z"], note("1 gap", early)),
        // Only the time of the printed events counts.
        (&["--limit", "1"], more(1) + &note("1 gap", late)),
        (&["--limit", "1", "--order", "oldest-first"], more(1) + &note("1 gap", early)),
        (&["--until", "2024-07-08T11:25:50Z", "--limit", "2"], more(2)),
        (&["--limit", "6"], note("2 gaps", late)),
    ] {
        for form in ["table", "ndjson"] {
            let result = history(&server, &[arguments, &["--output", form]].concat());
            assert_eq!((result.status, result.err), (0, expected.clone()), "{arguments:?}");
        }
    }
}

#[test]
fn gaps_are_listed() {
    let (_store, server) = filled();
    let texts = ["table", "json", "ndjson", "csv"].map(|form| {
        let result = history(&server, &["--gaps", "--output", form]);
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{form}");
        format!("$ history --gaps --output {form}\n{}", result.out)
    });
    assert_snapshot!(texts.join("\n"));
    let count = |arguments: &[&str]| {
        let result = history(&server, &[&["--gaps", "--output", "ndjson"], arguments].concat());
        (result.out.lines().count(), result.err)
    };
    assert_eq!(count(&["--user-id", "34"]), (0, String::new()));
    assert_eq!(count(&["--agent-account", "u12"]), (2, String::new()));
    assert_eq!(count(&["--agent-account", "u34"]), (0, String::new()));
    assert_eq!(count(&["--since", "2024-07-08T11:25:31Z"]), (1, String::new()));
    let limited = "more gaps match than --limit 1; --all prints all of them\n";
    assert_eq!(count(&["--limit", "1"]), (1, limited.to_owned()));
    let empty = history(&server, &["--gaps", "--source", "cloud", "--exit-code"]);
    assert_eq!((empty.status, empty.out.as_str()), (4, "no gap matches\n"), "{}", empty.err);
    for other in [&["--status", "banned"][..], &["--order", "newest-first"], &["--provenance", "fed"]] {
        let result = history(&server, &[&["--gaps"], other].concat());
        assert!(result.status == 2 && result.err.contains("cannot be used with"), "{other:?}: {}", result.err);
    }
}

#[test]
fn nothing_is_an_empty_response() {
    let store = TestStore::new();
    let server = store.serve();
    for (arguments, text) in [
        (&["--output", "table"][..], "no event is stored\n"),
        (&["--output", "table", "--source", "pc"], "no stored event matches\n"),
        (&["--output", "table", "--gaps"], "no gap is known\n"),
        (&["--output", "json"], "{\n  \"events\": []\n}\n"),
        (&["--output", "json", "--gaps"], "{\n  \"gaps\": []\n}\n"),
        (&["--output", "ndjson"], ""),
        (&["--output", "csv", "--gaps"], "from,to,source,sourceName,userId,agentAccount,whatsApp\n"),
    ] {
        let result = history(&server, &[arguments, &["--exit-code"]].concat());
        assert_eq!((result.status, result.out.as_str(), result.err.as_str()), (4, text, ""), "{arguments:?}");
        assert_eq!(history(&server, arguments).status, 0);
    }
}

/// More events than a page and a part have, and more than a response may have.
#[test]
fn all_events_are_printed_part_by_part() {
    const COUNT: i64 = 2_500;
    let store = TestStore::new();
    let event = |number: i64| {
        json!({ "userId": 12, "agentAccount": "u12", "whatsApp": "100", "source": 1, "detailStatus": 12,
            "createTime": START + number * 1000 })
        .to_string()
    };
    let lines: Vec<_> = (0..COUNT).map(event).collect();
    assert_eq!(store.import(&store.file("events.ndjson", &lines.join("\n"))).status, 0);
    let server = store.serve();
    let seconds: Vec<_> = (0..COUNT).map(|number| format!("fed {number}")).collect();
    assert_eq!(events(&server, &["--all", "--order", "oldest-first"]), seconds);
    assert!(events(&server, &["--all"]).iter().eq(seconds.iter().rev()));
    assert_eq!(events(&server, &[]).len(), 100);
    assert_eq!(events(&server, &["--limit", "1500"]).len(), 1500);
    // Statuses that the command itself selects.
    assert_eq!(events(&server, &["--limit", "1001", "--status", "banned,online"]).len(), 1001);
    let lines = |form: &str| history(&server, &["--all", "--output", form]).out.lines().count() as i64;
    assert_eq!((lines("ndjson"), lines("csv"), lines("table")), (COUNT, COUNT + 1, COUNT + 3));
    let result = history(&server, &["--all", "--limit", "5"]);
    assert!(result.status == 2 && result.err.contains("cannot be used with"), "{}", result.err);
    // The first part is there before the last one is read, and the rest is not read if nobody wants it.
    let mut child = server.command(&["history", "--all", "--output", "csv"]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert!(line.starts_with("createTime,notBefore,notAfter,provenance"), "{line}");
    drop(out);
    let result = to_result(child.wait_with_output().unwrap());
    assert_eq!((result.status, result.err.as_str()), (0, ""));
}

#[test]
fn a_service_without_a_history_is_named_with_what_has_one() {
    let page_404 = MockServer::start();
    let vendor = MockServer::start();
    vendor.respond_to(AnyOperation, MockResponse::empty());
    let pages = [
        (404, r#"{"timestamp": 1720437931000, "status": 404, "error": "Not Found", "path": "/history/v1/events"}"#),
        (200, r#"{"code": 404, "message": "no such path", "data": null}"#),
        (200, r#"{"code": 525, "message": "token is null", "data": null}"#),
        (200, "<html><body>Welcome</body></html>"),
        (405, ""),
    ];
    let mut urls = vec![page_404.base_url(), vendor.base_url()];
    let servers = pages.map(|(status, body)| {
        let server = MockServer::start();
        server.mock(|when, then| {
            when.path_prefix("/history/");
            then.status(status).header("content-type", "application/json").body(body);
        });
        server
    });
    urls.extend(servers.iter().map(MockServer::base_url));
    for url in urls {
        for arguments in [&["history"][..], &["history", "--gaps"], &["mirror", "status"]] {
            let service = ["--url", &url, "--tenant-id", "7", "--api-key", "k"];
            let result = run(command().args(arguments).args(service));
            let expected = format!(
                "error: the service at {url} has no history: only a group-dispatch-server has one, and the vendor's own \
                 service does not; use the address of such a server ("
            );
            assert_eq!((result.status, result.out.as_str()), (1, ""), "{}", result.err);
            assert!(result.err.starts_with(&expected), "{}", result.err);
        }
    }
    // Other failures keep their explanation.
    let failing = MockServer::start();
    let code = BusinessCode::DatabaseError;
    failing.mock(|when, then| {
        when.path_prefix("/history/");
        let body = json!({ "code": code.code(), "message": "database error", "data": null });
        then.status(500).header("content-type", "application/json").body(body.to_string());
    });
    let url = failing.base_url();
    let result = run(command().args(["history", "--url", &url, "--tenant-id", "7", "--api-key", "k"]));
    assert!(result.status == 1 && !result.err.contains("has no history"), "{}", result.err);
}

#[test]
fn exported_events_can_be_imported() {
    let (_store, server) = filled();
    let copy = TestStore::new();
    for form in ["ndjson", "csv"] {
        let exported = history(&server, &["--provenance", "fed,logged", "--order", "oldest-first", "--output", form]);
        let file = copy.file("exported", &exported.out);
        let imported = copy.import(&file);
        assert_eq!(imported.status, 0, "{form}: {}", imported.err);
    }
    assert_eq!(copy.events(), 3);
}
