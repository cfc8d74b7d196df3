//! `group-dispatch account`, and the exit status of empty responses.

use crate::common::{TestStore, closed_port::ClosedPort, command, run};
use group_dispatch_client::types::{AccountLocation, OnlineAgent};
use group_dispatch_httpmock::{MockResponse, QueryUserStatus, QueryWhatsAppInfo, RespondExt, httpmock::MockServer};
use regex::Regex;
use serde_json::json;

/// One account at all three sources, another at one source, and an account that went offline.
const EVENTS: &str = r#"
{"userId": 12, "agentAccount": "u12", "userName": "Uma", "whatsApp": "100", "source": 1, "detailStatus": 12, "createTime": "2024-07-08 10:00:00"}
{"userId": 12, "agentAccount": "u12", "userName": "Uma", "whatsApp": "100", "source": 2, "detailStatus": 13, "createTime": "2024-07-08 11:00:00"}
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "100", "source": 3, "status": 10, "detailStatus": 12, "createTime": "2024-07-08 12:00:00"}
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "200", "source": 3, "status": 10, "detailStatus": 12, "createTime": "2024-07-08 12:00:00"}
{"userId": 56, "agentAccount": "u56", "userName": "Ute", "whatsApp": "300", "source": 1, "detailStatus": 32, "createTime": "2024-07-08 12:00:00"}
"#;

#[test]
fn an_account_is_listed_at_each_source_where_it_is_online() {
    let store = TestStore::new();
    assert_eq!(store.import(&store.file("events.ndjson", EVENTS)).status, 0);
    let server = store.serve();
    let table = |arguments: &[&str]| {
        let result = server.ask(&[&["account"], arguments].concat());
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{arguments:?}");
        let row = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        result.out.lines().skip(1).map(row).collect::<Vec<_>>()
    };
    assert_eq!(table(&["100"]), ["100 pc 12 u12", "100 mobile 12 u12", "100 cloud 34 u34"]);
    assert_eq!(table(&["200"]), ["200 cloud 34 u34"]);
    assert_eq!(table(&["100", "--source", "mobile"]), ["100 mobile 12 u12"]);
    let at = |source: u32| {
        let (agent, id) = if source == 3 { ("u34", "34") } else { ("u12", "12") };
        json!({ "agentAccount": agent, "whatsApp": "100", "source": source, "userId": id })
    };
    assert_eq!(server.json(&["account", "100"]), json!([at(1), at(2), at(3)]));
    assert_eq!(server.json(&["account", "100", "--source", "3"]), json!([at(3)]));
    assert_eq!(server.json(&["account", "300"]), json!([]));
}

/// The vendor's service returns one location for each request, and may ignore the source.
#[test]
fn each_source_is_queried_once_and_each_location_is_listed_once() {
    let server = MockServer::start();
    let location = json!({ "agentAccount": "u12", "whatsApp": "100", "source": 1, "userId": "12" });
    let location: AccountLocation = serde_json::from_value(location).unwrap();
    let calls = server.respond_to(QueryWhatsAppInfo, MockResponse::ok(location));
    let ask = |arguments: &[&str]| {
        let mut command = command();
        command.args(["account", "100", "--url", &server.base_url(), "--tenant-id", "7", "--api-key", "k"]);
        let result = run(command.args(["--output", "ndjson"]).args(arguments));
        assert_eq!((result.status, result.out.lines().count()), (0, 1), "{}{}", result.out, result.err);
    };
    ask(&[]);
    let mut sources: Vec<_> = calls
        .requests()
        .iter()
        .map(|request| serde_json::from_slice::<serde_json::Value>(request.body_ref()).unwrap()["source"].to_string())
        .collect();
    sources.sort();
    assert_eq!(sources, ["1", "2", "3"]);
    ask(&["--source", "mobile"]);
    assert_eq!(calls.count(), 4);
}

/// A server that mirrors the vendor says how old its data is.
#[test]
fn data_that_is_not_fresh_has_a_remark_on_standard_error() {
    let clock = Regex::new(r"as of (\d{4}-\d\d-\d\d )?\d\d:\d\d").unwrap();
    let remark = |arguments: &[&str], ages: &[&str], form: &str| {
        let server = MockServer::start();
        let located = || MockResponse::<QueryWhatsAppInfo>::null();
        server.respond_to(QueryWhatsAppInfo, ages.iter().map(|age| located().header("age", *age)));
        let agents = || MockResponse::<QueryUserStatus>::ok(Vec::<OnlineAgent>::new());
        server.respond_to(QueryUserStatus, ages.iter().map(|age| agents().header("age", *age)));
        let mut command = command();
        command.args(arguments).args(["--url", &server.base_url(), "--tenant-id", "7", "--api-key", "k"]);
        let result = run(command.args(["--output", form]));
        assert_eq!(result.status, 0, "{}", result.err);
        assert!(!result.out.contains("ago"), "{}", result.out);
        clock.replace_all(&result.err, "as of CLOCK").into_owned()
    };
    for form in ["table", "json", "ndjson", "csv"] {
        let online = |age| remark(&["online", "--source", "pc"], &[age], form);
        assert_eq!(online("90"), "");
        assert_eq!(online("soon"), "");
        assert_eq!(online("91"), "the data is out of date, as of CLOCK, 91 s ago\n");
        assert_eq!(online("180"), "the data is out of date, as of CLOCK, 3 min ago\n");
        let account = |ages: &[&str]| remark(&["account", "100"], ages, form);
        assert_eq!(account(&["0"]), "");
        let all = "the data is out of date: pc, mobile, cloud as of CLOCK, 3 min ago\n";
        assert_eq!(account(&["180"]), all);
        let one = remark(&["account", "100", "--source", "cloud"], &["180"], form);
        assert_eq!(one, "the data is out of date: cloud as of CLOCK, 3 min ago\n");
    }
}

#[test]
fn exit_code_distinguishes_an_empty_response() {
    let store = TestStore::new();
    assert_eq!(store.import(&store.file("events.ndjson", EVENTS)).status, 0);
    let server = store.serve();
    for (question, status) in [
        ("online --source pc", 0),
        ("online --source pc --user-id 56", 4),
        ("all", 0),
        ("account 100", 0),
        ("account 300", 4),
        ("log --source pc", 0),
        ("log --source pc --status banned", 4),
        ("recent --source pc --user-id 12", 0),
        ("recent --source mobile --user-id 56", 4),
    ] {
        let words: Vec<_> = question.split(' ').collect();
        assert_eq!(server.ask(&words).status, 0, "{question}");
        for form in ["table", "json", "ndjson", "csv", "excel"] {
            let result = server.command(&words).args(["--exit-code", "--output", form]).output().unwrap();
            assert_eq!(result.status.code(), Some(status), "{question} as {form}");
        }
    }
    let empty = TestStore::new();
    assert_eq!(empty.serve().ask(&["all", "--exit-code"]).status, 4);
    let failed = run(command().args(["all", "--exit-code", "--url", &ClosedPort::new().url(), "--tenant-id", "7"]));
    assert_eq!(failed.status, 1, "an error is not an empty answer");
}
