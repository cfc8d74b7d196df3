//! `group-dispatch watch` on a pipe: a line for each change.

use std::{
    io::{BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
};

use crate::common::{Server, TestStore, closed_port::ClosedPort, command, next_line, run, signal};
use group_dispatch_client::types::{BusinessCode, Source};
use group_dispatch_httpmock::{
    MockResponse, QueryAllOlWhatsAppInfo, RespondExt, httpmock::MockServer, online_agent, source_group,
};
use insta::assert_snapshot;
use regex::Regex;
use serde_json::{Value, json};

const TIME: &str = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d";

/// A running watch.
struct Watching {
    child: Child,
    /// `None` after it was closed.
    out: Option<BufReader<ChildStdout>>,
}

impl Watching {
    fn of(command: &mut Command, arguments: &[&str]) -> Self {
        let command = command.args(["--interval", "20ms", "--settle", "0s"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out: Some(out) }
    }

    fn next_line(&mut self) -> String {
        next_line(self.out.as_mut().unwrap())
    }

    fn lines(&mut self, count: usize) -> String {
        (0..count).map(|_| timeless(&self.next_line())).collect()
    }

    fn json(&mut self) -> Value {
        serde_json::from_str(&self.next_line()).unwrap()
    }

    /// Waits for the end, and returns the exit status and the reported failures.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), timeless(&err))
    }

    #[cfg(unix)]
    fn stopped_by(self, name: &str) -> (Option<i32>, String) {
        signal(&self.child, name);
        self.ended()
    }
}

fn timeless(text: &str) -> String {
    Regex::new(TIME).unwrap().replace_all(text, "TIME").into_owned()
}

/// Returns an event of an account of the agent `id`.
fn event(id: u32, account: &str, source: u32, what: u32, second: u32) -> String {
    json!({ "userId": id, "agentAccount": format!("u{id}"), "userName": format!("Uma {id}"), "whatsApp": account,
        "name": "jack \u{1b}[2J", "source": source, "countryCode": "", "detailStatus": what,
        "createTime": format!("2024-07-08 19:25:{second:02}") })
    .to_string()
}

fn append(store: &TestStore, events: &[String]) {
    let result = store.import(&store.file("events.ndjson", &events.join("\n")));
    assert_eq!(result.status, 0, "{}", result.err);
}

/// Starts a server with two accounts online at mobile.
fn served() -> (TestStore, Server) {
    let store = TestStore::new();
    append(&store, &[event(12, "861821371272", 2, 13, 1), event(12, "491713920011", 2, 13, 2)]);
    let server = store.serve();
    (store, server)
}

#[test]
fn each_change_is_a_line_of_text() {
    let (store, server) = served();
    let mut watching = Watching::of(&mut server.command(&["watch"]), &[]);
    let mut result = watching.lines(3);
    append(&store, &[event(34, "573125704139", 1, 12, 3)]);
    result += &watching.lines(2);
    append(&store, &[event(12, "491713920011", 2, 35, 4)]);
    result += &watching.lines(1);
    append(&store, &[event(34, "573125704139", 1, 32, 5)]);
    result += &watching.lines(2);
    assert_snapshot!(result.replace('\u{fffd}', "REPLACED"));
    #[cfg(unix)]
    assert_eq!(watching.stopped_by("INT"), (Some(0), String::new()));
}

#[test]
fn each_change_is_an_object_with_the_members_of_the_contract() {
    let (store, server) = served();
    let mut watching = Watching::of(&mut server.command(&["watch", "--output", "ndjson"]), &[]);
    let mut next = || {
        let mut change = watching.json();
        let time = change.as_object_mut().unwrap().remove("time").unwrap();
        change.as_object_mut().unwrap().remove("position");
        assert!(Regex::new(r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$").unwrap().is_match(time.as_str().unwrap()));
        change
    };
    let name = "jack \u{1b}[2J";
    assert_eq!(next(), json!({ "change": "began", "source": 1, "list": [] }));
    assert_eq!(
        next(),
        json!({ "change": "began", "source": 2, "list": [{ "userId": 12, "agentAccount": "u12", "userName": "Uma 12",
            "whatsAppList": [{ "whatsApp": "491713920011", "name": name }, { "whatsApp": "861821371272", "name": name }] }] })
    );
    append(&store, &[event(34, "573125704139", 1, 12, 3)]);
    let agent =
        json!({ "change": "agentAppeared", "source": 1, "userId": 34, "agentAccount": "u34", "userName": "Uma 34" });
    assert_eq!(next(), agent);
    let mut account = agent;
    account["change"] = json!("accountAppeared");
    account["whatsApp"] = json!("573125704139");
    account["name"] = json!(name);
    assert_eq!(next(), account);
}

#[test]
fn control_characters_are_escaped_in_objects() {
    let store = TestStore::new();
    let steering = "\u{9b}2J\u{7f}\u{202e}";
    append(&store, &[event(12, "861821371272", 1, 12, 1).replace("[2J", steering)]);
    let server = store.serve();
    let line = Watching::of(&mut server.command(&["watch", "--output", "ndjson"]), &[]).next_line();
    assert!(line.contains(r"jack \u001b\u009b2J\u007f\u202e"), "{line}");
    let change: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(change["list"][0]["whatsAppList"][0]["name"], format!("jack \u{1b}{steering}"));
}

#[test]
fn only_one_source_is_watched() {
    let (store, server) = served();
    let mut watching = Watching::of(&mut server.command(&["watch", "--source", "pc"]), &[]);
    let mut result = watching.lines(1);
    append(&store, &[event(12, "491713920011", 2, 35, 4), event(34, "573125704139", 1, 12, 3)]);
    result += &watching.lines(2);
    assert_snapshot!(result.replace('\u{fffd}', "REPLACED"));
}

/// Starts a mock service, which can fail on demand.
fn mocked(answers: impl IntoIterator<Item = MockResponse<QueryAllOlWhatsAppInfo>>) -> (MockServer, Command) {
    let server = MockServer::start();
    server.respond_to(QueryAllOlWhatsAppInfo, answers);
    let mut command = command();
    command.args(["watch", "--url", &server.base_url(), "--tenant-id", "7", "--api-key", "k"]);
    (server, command)
}

fn online<const COUNT: usize>(agents: [(u32, &str); COUNT]) -> MockResponse<QueryAllOlWhatsAppInfo> {
    let agents = agents.map(|(id, account)| online_agent(id, &format!("u{id}"), [account]));
    MockResponse::ok([source_group(Source::Pc, agents), source_group(Source::Mobile, [])])
}

#[test]
fn a_failure_is_reported_when_it_begins_and_ends() {
    let fails = || MockResponse::business(BusinessCode::TokenWrong).times(2);
    let (_server, mut command) = mocked([
        online([(12, "861821371272")]),
        fails(),
        MockResponse::proxy_page(404),
        online([(34, "861821371272")]),
        fails(),
        online([(34, "861821371272"), (56, "491713920011")]),
    ]);
    let mut watching = Watching::of(&mut command, &[]);
    assert_snapshot!(watching.lines(6));
    #[cfg(unix)]
    {
        let (status, failures) = watching.stopped_by("TERM");
        assert_eq!(status, Some(0));
        assert_snapshot!("reported_failures", failures);
    }
}

/// A server that mirrors the vendor says how old its data is.
#[test]
fn that_data_is_out_of_date_is_reported_when_it_begins_and_ends() {
    let aged = |age: &str, account| online([(12, account)]).header("age", age).times(3);
    let (_server, mut command) = mocked([
        aged("60", "861821371272"),
        aged("180", "861821371272"),
        aged("240", "861821371273"),
        aged("0", "861821371274"),
        aged("100000", "861821371275"),
        online([(12, "861821371276")]),
    ]);
    let mut watching = Watching::of(&mut command, &["--output", "ndjson"]);
    // Not in the objects.
    let mut out = String::new();
    while !out.contains("861821371276") {
        out += &watching.next_line();
    }
    assert!(!out.contains("as of") && !out.contains("ago"), "{out}");
    #[cfg(unix)]
    {
        let (status, remarks) = watching.stopped_by("TERM");
        assert_eq!(status, Some(0));
        let clock = Regex::new(r"as of (\d{4}-\d\d-\d\d )?\d\d:\d\d").unwrap();
        let expected = "TIME  the data is out of date, as of CLOCK, 3 min ago\n\
                        TIME  the data is up to date again\n\
                        TIME  the data is out of date, as of CLOCK, 27 h ago\n\
                        TIME  the data is up to date again\n";
        assert_eq!(clock.replace_all(&remarks, "as of CLOCK"), expected);
    }
}

#[test]
fn a_rejected_first_query_ends_the_watch() {
    let (_server, mut command) = mocked(MockResponse::business(BusinessCode::TokenWrong));
    let result = run(&mut command);
    assert_eq!((result.status, result.out.as_str()), (1, ""));
    assert!(result.err.starts_with("error: the service refused the request: accessToken is error"), "{}", result.err);
}

#[cfg(unix)]
#[test]
fn an_unreachable_server_is_retried() {
    let closed = ClosedPort::new();
    let mut down = command();
    down.args(["watch", "--url", &closed.url(), "--tenant-id", "7", "--api-key", "k"]);
    let mut watching = Watching::of(&mut down, &[]);
    let mut err = BufReader::new(watching.child.stderr.take().unwrap());
    assert_eq!(
        timeless(&next_line(&mut err)),
        format!(
            "TIME  the service fails, retrying: nothing listens at {}; check the address, and that the server is running; see \
             `group-dispatch explain connection`\n",
            closed.url()
        )
    );
    watching.child.stderr = Some(err.into_inner());
    assert_eq!(watching.stopped_by("TERM"), (Some(0), String::new()));
}

#[test]
fn a_closed_standard_output_is_no_error() {
    let (store, server) = served();
    for form in ["text", "ndjson"] {
        let mut watching = Watching::of(&mut server.command(&["watch", "--output", form]), &[]);
        next_line(&mut watching.out.take().unwrap());
        let account = if form == "text" { "573125704139" } else { "573125704140" };
        append(&store, &[event(34, account, 1, 12, 3)]);
        assert_eq!(watching.ended(), (Some(0), String::new()), "{form}");
    }
}

#[test]
fn times_are_in_local_time_or_in_utc() {
    let (_store, server) = served();
    for (arguments, offset) in [(vec![], "+05:45"), (vec!["--utc"], "+00:00")] {
        let mut asked = server.command(&["watch", "--output", "ndjson"]);
        let mut watching = Watching::of(asked.env("TZ", "<+0545>-5:45"), &arguments);
        let change = watching.json();
        assert!(change["time"].as_str().unwrap().ends_with(offset), "{change}");
    }
}

#[test]
fn invalid_durations_are_rejected() {
    for arguments in ["--interval 5x", "--settle soon", "--timeout 0s", "--interval=-5s", "--source cloud"] {
        let result = run(command().arg("watch").args(arguments.split(' ')));
        assert_eq!(result.status, 2, "{arguments}: {}", result.err);
        assert!(result.err.contains("expected "), "{arguments}: {}", result.err);
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
