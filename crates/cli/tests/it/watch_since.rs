//! `group-dispatch watch` on a server that has changes: each line has a position, and `--since` goes on there.

use std::{
    io::{BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use crate::common::{TestStore, command, next_line, run};
use group_dispatch_client::types::Source;
use group_dispatch_httpmock::{MockResponse, QueryAllOlWhatsAppInfo, RespondExt, httpmock::MockServer, source_group};

/// A running watch that prints objects. It ends with the test.
struct Watching {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Watching {
    fn of(command: &mut Command) -> Self {
        let command = command.args(["--output", "ndjson", "--settle", "0s"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// Reads objects up to the first one of this kind.
    fn until(&mut self, change: &str) -> Vec<Value> {
        let mut read = Vec::new();
        while read.last().is_none_or(|last: &Value| last["change"] != change) {
            read.push(serde_json::from_str(&next_line(&mut self.out)).unwrap());
        }
        read
    }

    /// Ends it, and returns what it has reported beside the objects.
    fn ended(mut self) -> String {
        self.child.kill().unwrap();
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        err
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn append(store: &TestStore, account: &str, what: u32, second: u32) {
    let event = json!({ "userId": 12, "agentAccount": "u12", "whatsApp": account, "source": 1, "countryCode": "",
        "detailStatus": what, "createTime": format!("2024-07-08 19:25:{second:02}") });
    let result = store.import(&store.file("events.ndjson", &event.to_string()));
    assert_eq!(result.status, 0, "{}", result.err);
}

fn kinds(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["change"].as_str().unwrap()).collect()
}

#[test]
fn each_line_has_a_position_and_since_goes_on_there() {
    let store = TestStore::new();
    append(&store, "861821371272", 12, 1);
    let server = store.serve();
    let mut watching = Watching::of(&mut server.command(&["watch"]));
    assert_eq!(watching.until("began")[0]["position"], Value::Null, "the other sources have not begun yet");
    let last = watching.until("began").pop().unwrap();
    assert!(last["position"].is_string(), "{last}");
    append(&store, "573125704139", 12, 2);
    let appeared = watching.until("accountAppeared").pop().unwrap();
    drop(watching);

    append(&store, "573125704139", 32, 3);
    append(&store, "491713920011", 12, 4);
    let position = appeared["position"].as_str().unwrap();
    let mut watching = Watching::of(&mut server.command(&["watch", "--since", position]));
    let missed = watching.until("accountAppeared");
    assert_eq!(kinds(&missed), ["accountLeft", "accountAppeared"]);
    assert_eq!(watching.ended(), "");

    // Also from the first of them.
    let position = missed[0]["position"].as_str().unwrap();
    let mut watching = Watching::of(&mut server.command(&["watch", "--since", position]));
    assert_eq!(kinds(&watching.until("accountAppeared")), ["accountAppeared"]);
}

#[test]
fn a_lost_position_is_reported_and_who_is_online_comes_again() {
    let (store, other) = (TestStore::new(), TestStore::new());
    append(&other, "861821371272", 12, 1);
    let (server, other_server) = (store.serve(), other.serve());
    let mut elsewhere = Watching::of(&mut other_server.command(&["watch"]));
    elsewhere.until("began");
    let position = elsewhere.until("began").pop().unwrap()["position"].as_str().unwrap().to_owned();
    append(&store, "573125704139", 12, 1);
    let mut watching = Watching::of(&mut server.command(&["watch", "--since", &position]));
    let began = watching.until("began").pop().unwrap();
    assert_eq!(began["list"][0]["whatsAppList"][0]["whatsApp"], "573125704139");
    let reported = watching.ended();
    assert!(reported.contains("the position is lost, who is online comes again: "), "{reported}");
}

#[test]
fn a_service_without_changes_has_no_positions() {
    let server = MockServer::start();
    server.respond_to(
        QueryAllOlWhatsAppInfo,
        MockResponse::ok([source_group(Source::Pc, []), source_group(Source::Mobile, [])]),
    );
    let watch = |more: &[&str]| {
        let mut command = command();
        command.args(["watch", "--url", &server.base_url(), "--tenant-id", "7", "--api-key", "k"]).args(more);
        command
    };
    let mut watching = Watching::of(&mut watch(&["--interval", "20ms"]));
    assert_eq!(watching.until("began")[0].get("position"), None);

    let result = run(&mut watch(&["--since", "4712.9c8b7a60.4712"]));
    assert_eq!((result.status, result.out.as_str()), (1, ""));
    assert!(
        result.err.starts_with("error: cannot go on at --since, which needs a server that has changes: "),
        "{}",
        result.err
    );
}

#[test]
fn what_is_no_position_is_rejected() {
    let result = run(command().args(["watch", "--since", ""]));
    assert_eq!(result.status, 2);
    assert!(result.err.contains("expected the `position` of a line"), "{}", result.err);
    let store = TestStore::new();
    let result = store.serve().ask(&["watch", "--since", "yesterday"]);
    assert_eq!((result.status, result.out.as_str()), (1, ""));
    assert!(result.err.contains("since"), "{}", result.err);
}
