//! `group-dispatch watch` on a terminal: its screen and keys.
#![cfg(unix)]

use std::process::Command;

use crate::common::{TestStore, command, terminal::Terminal};
use group_dispatch_client::types::{BusinessCode, Source};
use group_dispatch_httpmock::{
    MockResponse, QueryAllOlWhatsAppInfo, RespondExt, httpmock::MockServer, online_agent, source_group,
};
use insta::assert_snapshot;
use serde_json::json;

/// Returns a watch command for this service.
fn watching(server: &MockServer) -> Command {
    let mut command = command();
    command.args(["watch", "--url", &server.base_url(), "--tenant-id", "7", "--api-key", "k"]);
    command.args(["--interval", "20ms", "--settle", "0s"]);
    command
}

fn accounts<const COUNT: usize>(numbers: [&str; COUNT]) -> MockResponse<QueryAllOlWhatsAppInfo> {
    MockResponse::ok([source_group(Source::Pc, [online_agent(12, "u12", numbers)]), source_group(Source::Mobile, [])])
}

#[test]
fn online_accounts_and_latest_changes_are_shown() {
    let store = TestStore::new();
    let event = |id: u32, account: &str, source: u32, what: u32| {
        json!({ "userId": id, "agentAccount": format!("u{id}"), "userName": format!("Uma {id}"), "whatsApp": account,
            "name": "jack \u{1b}[2J", "source": source, "countryCode": "", "detailStatus": what,
            "createTime": "2024-07-08 19:25:31" })
        .to_string()
    };
    let append = |events: &[String]| store.import(&store.file("events.ndjson", &events.join("\n")));
    append(&[event(12, "861821371272", 2, 13), event(34, "8618217331411", 1, 12)]);
    let server = store.serve();
    let mut terminal = Terminal::with(&server.command(&["watch", "--interval", "20ms"]), 24, 100);
    terminal.await_text(&["861821371272", "8618217331411", "scroll"]);
    append(&[event(56, "573125704139", 2, 13)]);
    let text = terminal.await_text(&["agent came    mobile  u56 (56)  Uma 56"]);
    assert_snapshot!(text);
    terminal.press("q");
    assert_eq!(terminal.left().0, 0);
}

#[test]
fn keys_and_signals_quit() {
    let server = MockServer::start();
    server.respond_to(QueryAllOlWhatsAppInfo, accounts(["861821371272"]));
    for key in ["q", "\x1b", "\x03"] {
        let mut terminal = Terminal::with(&watching(&server), 24, 80);
        terminal.await_text(&["861821371272"]);
        terminal.press(key);
        assert_eq!(terminal.left(), (0, String::new()), "{key:?}");
    }
    for signal in ["TERM", "INT"] {
        let mut terminal = Terminal::with(&watching(&server), 24, 80);
        terminal.await_text(&["861821371272"]);
        let pid = terminal.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
        assert_eq!(terminal.left(), (0, String::new()), "{signal}");
    }
}

#[test]
fn the_screen_resizes_and_scrolls() {
    let numbers =
        ["861", "862", "863", "864", "865", "866", "867", "868", "869"].map(|start| format!("{start}0000000"));
    let server = MockServer::start();
    server.respond_to(QueryAllOlWhatsAppInfo, accounts(numbers.each_ref().map(String::as_str)));
    let mut terminal = Terminal::with(&watching(&server), 24, 80);
    terminal.await_text(&["8610000000", "8690000000"]);
    terminal.resize(14, 40);
    let small = terminal.await_text(&["1 to 4 of 9", "q quits, ↑ and ↓ scroll"]);
    terminal.press("jj");
    terminal.await_text(&["3 to 6 of 9", "8660000000"]);
    terminal.press("\x1b[A");
    terminal.await_text(&["2 to 5 of 9"]);
    terminal.press("  ");
    let end = terminal.await_text(&["6 to 9 of 9", "8690000000"]);
    terminal.press("\x1b[5~");
    terminal.await_text(&["2 to 5 of 9"]);
    assert_snapshot!([small, end].join("\n----\n"));
    // Very small windows are no error.
    for (rows, cols) in [(1, 1), (2, 80), (24, 2)] {
        terminal.resize(rows, cols);
    }
    terminal.resize(24, 80);
    terminal.await_text(&["8610000000", "8690000000"]);
    terminal.press("q");
    assert_eq!(terminal.left().0, 0);
}

#[test]
fn a_failure_is_shown_with_the_last_response() {
    let server = MockServer::start();
    let fails = MockResponse::business(BusinessCode::DatabaseError);
    server.respond_to(QueryAllOlWhatsAppInfo, [accounts(["861821371272"]), fails]);
    let mut terminal = Terminal::with(&watching(&server), 24, 120);
    assert_snapshot!(terminal.await_text(&["ask again a little later", "861821371272"]));
}

#[test]
fn data_that_is_out_of_date_is_marked() {
    let server = MockServer::start();
    let aged = |age: &str| accounts(["861821371272"]).header("age", age);
    server.respond_to(QueryAllOlWhatsAppInfo, [aged("90").times(3), aged("7300")]);
    let mut terminal = Terminal::with(&watching(&server), 24, 120);
    terminal.await_text(&["ok, last response"]);
    terminal.await_text(&["out of date, as of ", ", 2 h ago; last response "]);
}

/// A source may be missing in a response, or be empty at once.
#[test]
fn a_suspicious_empty_response_is_marked() {
    let (pc, mobile) = (|| source_group(Source::Pc, []), || source_group(Source::Mobile, []));
    for latest in [MockResponse::ok([mobile()]), MockResponse::ok([pc(), mobile()])] {
        let fails = MockResponse::business(BusinessCode::DatabaseError);
        let server = MockServer::start();
        server.respond_to(QueryAllOlWhatsAppInfo, [accounts(["861821371272"]), latest, fails]);
        let mut terminal = Terminal::with(&watching(&server), 24, 120);
        terminal.await_text(&[
            "pc: 1 agent, 1 account (unchanged: the latest response lists nobody there)",
            "failing since",
        ]);
    }
}

#[test]
fn a_rejection_is_printed_after_the_screen_is_restored() {
    let server = MockServer::start();
    server
        .respond_to(QueryAllOlWhatsAppInfo, MockResponse::<QueryAllOlWhatsAppInfo>::business(BusinessCode::TokenWrong));
    let (status, text) = Terminal::with(&watching(&server), 24, 80).left();
    assert_eq!(status, 1);
    assert!(text.starts_with("error: the service refused the request"), "{text}");
}

#[test]
fn lines_can_be_printed_on_a_terminal() {
    let server = MockServer::start();
    server.respond_to(QueryAllOlWhatsAppInfo, accounts(["861821371272"]));
    let mut command = watching(&server);
    command.args(["--output", "text"]);
    let mut terminal = Terminal::with(&command, 24, 80);
    terminal.await_text(&["is online     pc      u12 (12)  861821371272", "nobody yet    mobile"]);
    assert!(!terminal.parser.screen().alternate_screen());
}

#[test]
fn colors_are_shown_if_they_are_enabled() {
    let server = MockServer::start();
    server.respond_to(QueryAllOlWhatsAppInfo, accounts(["861821371272"]));
    let (green, plain) = (vt100::Color::Idx(2), vt100::Color::Default);
    for (when, no_color, color) in
        [("always", "", green), ("always", "1", green), ("auto", "", green), ("auto", "1", plain), ("never", "", plain)]
    {
        let mut command = watching(&server);
        let mut terminal = Terminal::with(command.args(["--color", when]).env("NO_COLOR", no_color), 24, 80);
        terminal.await_text(&["861821371272", "ok, last response"]);
        assert_eq!(terminal.parser.screen().cell(2, 0).unwrap().fgcolor(), color, "{when} {no_color:?}");
    }
}
