//! Warnings of `serve` about something that goes on: they are not written each time.
#![cfg(unix)]

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use reqwest::blocking::{Client, Response};
use serde_json::Value;

use crate::common::{Server, TestStore};

/// Longer than anything here takes, on any machine.
const LONG: Duration = Duration::from_secs(60);

fn get(server: &Server, path: &str) -> Response {
    let client = Client::builder().no_proxy().build().unwrap();
    client.get(format!("{}{path}", server.url)).send().unwrap()
}

fn metric(server: &Server, name: &str) -> u64 {
    let text = get(server, "/metrics").text().unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
}

/// Stops the server, and returns its warnings with these words.
fn warnings(server: &mut Server, words: &str) -> Vec<Value> {
    let has_words = |line: &Value| line["level"] == "WARN" && line["message"].as_str().unwrap().contains(words);
    server.stop().into_iter().filter(has_words).collect()
}

#[test]
fn a_log_that_can_t_be_followed_is_not_reported_at_each_retry() {
    let store = TestStore::new();
    let mut server = store.serve();
    let began = Instant::now();
    let sqlite = rusqlite::Connection::open(store.path()).unwrap();
    sqlite.execute_batch("ALTER TABLE status_event RENAME TO hidden").unwrap();
    while metric(&server, "group_dispatch_log_failures_total") < 8 {
        assert!(began.elapsed() < LONG, "the log is still followed");
    }
    sqlite.execute_batch("ALTER TABLE hidden RENAME TO status_event").unwrap();
    let warnings = warnings(&mut server, "following the log failed");
    let most = 1 + began.elapsed().as_secs() as usize / 10;
    assert!((1..=most).contains(&warnings.len()), "{warnings:?}");
}

#[test]
fn an_address_with_too_many_connections_is_named_once() {
    let store = TestStore::new();
    let mut server = TestStore::serve_by(
        store.command(&["serve", "--listen", "127.0.0.1:0"]).args(["--max-connections-per-address", "1"]),
    );
    let began = Instant::now();
    let _first = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    for _ in 0..5 {
        assert_eq!(get(&server, "/openapi.yaml").status(), 503);
    }
    let warnings = warnings(&mut server, "connections are refused");
    let most = 1 + began.elapsed().as_secs() as usize / 60;
    assert!((1..=most).contains(&warnings.len()), "{warnings:?}");
    assert_eq!(warnings[0]["address"], "127.0.0.1");
}
