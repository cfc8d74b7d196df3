//! `group-dispatch watch` on a pipe: a line for each change, as it comes.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{
    io::{BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
};

use common::{Place, Server, command, next_line, nobody::Nobody, run};
use group_dispatch_client::types::{BusinessCode, Source};
use group_dispatch_httpmock::{
    MockResponse, QueryAllOlWhatsAppInfo, RespondExt, httpmock::MockServer, online_agent, source_group,
};
use insta::assert_snapshot;
use regex::Regex;
use serde_json::{Value, json};

const TIME: &str = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d";

/// A watch, running.
struct Watching {
    child: Child,
    /// As long as anybody reads it.
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

    /// Its exit status, and what it said of failures.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), timeless(&err))
    }

    #[cfg(unix)]
    fn told_to_stop(self, signal: &str) -> (Option<i32>, String) {
        common::signal(&self.child, signal);
        self.ended()
    }
}

fn timeless(text: &str) -> String {
    Regex::new(TIME).unwrap().replace_all(text, "TIME").into_owned()
}

/// An event of one account with the agent `id`.
fn event(id: u32, account: &str, source: u32, what: u32, second: u32) -> String {
    json!({ "userId": id, "agentAccount": format!("u{id}"), "userName": format!("Uma {id}"), "whatsApp": account,
        "name": "jack \u{1b}[2J", "source": source, "countryCode": "", "detailStatus": what,
        "createTime": format!("2024-07-08 19:25:{second:02}") })
    .to_string()
}

fn append(place: &Place, events: &[String]) {
    let said = place.import(&place.file("events.ndjson", &events.join("\n")));
    assert_eq!(said.status, 0, "{}", said.err);
}

/// Two accounts are online at mobile.
fn served() -> (Place, Server) {
    let place = Place::new();
    append(&place, &[event(12, "861821371272", 2, 13, 1), event(12, "491713920011", 2, 13, 2)]);
    let server = place.serve();
    (place, server)
}

#[test]
fn each_change_is_a_line_of_text() {
    let (place, server) = served();
    let mut watching = Watching::of(&mut server.command(&["watch"]), &[]);
    let mut said = watching.lines(3);
    append(&place, &[event(34, "573125704139", 1, 12, 3)]);
    said += &watching.lines(2);
    append(&place, &[event(12, "491713920011", 2, 35, 4)]);
    said += &watching.lines(1);
    append(&place, &[event(34, "573125704139", 1, 32, 5)]);
    said += &watching.lines(2);
    assert_snapshot!(said.replace('\u{fffd}', "REPLACED"));
    #[cfg(unix)]
    assert_eq!(watching.told_to_stop("INT"), (Some(0), String::new()));
}

#[test]
fn each_change_is_an_object_with_the_contracts_members() {
    let (place, server) = served();
    let mut watching = Watching::of(&mut server.command(&["watch", "--output", "ndjson"]), &[]);
    let mut next = || {
        let mut change = watching.json();
        let time = change.as_object_mut().unwrap().remove("time").unwrap();
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
    append(&place, &[event(34, "573125704139", 1, 12, 3)]);
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
fn an_object_does_not_steer_the_terminal() {
    let place = Place::new();
    let steering = "\u{9b}2J\u{7f}\u{202e}";
    append(&place, &[event(12, "861821371272", 1, 12, 1).replace("[2J", steering)]);
    let server = place.serve();
    let line = Watching::of(&mut server.command(&["watch", "--output", "ndjson"]), &[]).next_line();
    assert!(line.contains(r"jack \u001b\u009b2J\u007f\u202e"), "{line}");
    let change: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(change["list"][0]["whatsAppList"][0]["name"], format!("jack \u{1b}{steering}"));
}

#[test]
fn one_source_is_watched_alone() {
    let (place, server) = served();
    let mut watching = Watching::of(&mut server.command(&["watch", "--source", "pc"]), &[]);
    let mut said = watching.lines(1);
    append(&place, &[event(12, "491713920011", 2, 35, 4), event(34, "573125704139", 1, 12, 3)]);
    said += &watching.lines(2);
    assert_snapshot!(said.replace('\u{fffd}', "REPLACED"));
}

/// By a service that is made up, for no real one fails to order.
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
fn a_failure_is_told_when_it_begins_and_when_it_ends() {
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
        let (status, failures) = watching.told_to_stop("TERM");
        assert_eq!(status, Some(0));
        assert_snapshot!("what_is_told_of_failures", failures);
    }
}

#[test]
fn a_first_question_that_is_refused_ends_it() {
    let (_server, mut command) = mocked(MockResponse::business(BusinessCode::TokenWrong));
    let said = run(&mut command);
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert!(said.err.starts_with("error: the service refused the request: accessToken is error"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn a_server_that_is_down_is_waited_for() {
    let nobody = Nobody::new();
    let mut down = command();
    down.args(["watch", "--url", &nobody.url(), "--tenant-id", "7", "--api-key", "k"]);
    let mut watching = Watching::of(&mut down, &[]);
    let mut err = BufReader::new(watching.child.stderr.take().unwrap());
    assert_eq!(
        timeless(&next_line(&mut err)),
        format!(
            "TIME  it fails, and is asked again: nothing listens at {}; is the server running, and the address right?\n",
            nobody.url()
        )
    );
    watching.child.stderr = Some(err.into_inner());
    assert_eq!(watching.told_to_stop("TERM"), (Some(0), String::new()));
}

#[test]
fn a_reader_who_has_had_enough_is_no_error() {
    let (place, server) = served();
    for form in ["text", "ndjson"] {
        let mut watching = Watching::of(&mut server.command(&["watch", "--output", form]), &[]);
        next_line(&mut watching.out.take().unwrap());
        let account = if form == "text" { "573125704139" } else { "573125704140" };
        append(&place, &[event(34, account, 1, 12, 3)]);
        assert_eq!(watching.ended(), (Some(0), String::new()), "{form}");
    }
}

#[test]
fn times_are_told_in_this_machines_zone_or_in_utc() {
    let (_place, server) = served();
    for (arguments, offset) in [(vec![], "+05:45"), (vec!["--utc"], "+00:00")] {
        let mut asked = server.command(&["watch", "--output", "ndjson"]);
        let mut watching = Watching::of(asked.env("TZ", "<+0545>-5:45"), &arguments);
        let change = watching.json();
        assert!(change["time"].as_str().unwrap().ends_with(offset), "{change}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for arguments in ["--interval 5x", "--settle soon", "--timeout 0s", "--interval=-5s", "--source cloud"] {
        let said = run(command().arg("watch").args(arguments.split(' ')));
        assert_eq!(said.status, 2, "{arguments}: {}", said.err);
        assert!(said.err.contains("expected "), "{arguments}: {}", said.err);
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
