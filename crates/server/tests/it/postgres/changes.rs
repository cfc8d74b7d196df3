//! Readers of changes at several servers of one database, while servers end without a stop.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use group_dispatch_server::{Config, Limits, event::StatusEvent, store};
use group_dispatch_types::{Operation, UtcOffset};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    common::{TestServer, http, start_over, stored},
    postgres::server::Database,
};

const EVENTS: usize = 2_000;
const READERS: usize = 60;
/// No test waits so long unless it fails.
const LIMIT: Duration = Duration::from_secs(300);

async fn serve(database: &Database) -> TestServer {
    let limits = Limits { requests_per_second: 0, ..Limits::default() };
    let settings = Config { limits, ..Config::default() };
    start_over(&store::Database::Postgres(database.url.clone()), UtcOffset::VENDOR, settings).await
}

fn event(number: usize) -> StatusEvent {
    let account = 8_618_217_000_000 + number;
    let event = json!({
        "userId": 12, "agentAccount": "u1", "whatsApp": account.to_string(), "source": 1, "detailStatus": 12,
        "createTime": 1_720_437_931_000_u64,
    });
    stored(&event.to_string())
}

/// The servers that run; readers choose among them.
type Servers = Arc<Mutex<Vec<TestServer>>>;

/// Reads lines behind a position at any server, at most `most` events of them. A connection that breaks ends it as well; an
/// incomplete line counts as none.
async fn read_some(http: &reqwest::Client, servers: &Servers, since: &str, most: usize) -> Vec<(String, String)> {
    let request = {
        let servers = servers.lock().unwrap();
        let server = &servers[fastrand::usize(..servers.len())];
        let body = json!({ "since": since }).to_string();
        server.signed(http, 1, Operation::HistoryChanges.path(), "application/json", body)
    };
    let Ok(mut response) = request.header("accept", "application/x-ndjson").send().await else { return Vec::new() };
    if !response.status().is_success() {
        assert_ne!(response.status().as_u16(), 410, "no position is lost");
        return Vec::new();
    }
    let (mut buffer, mut events) = (Vec::new(), Vec::new());
    while let Ok(Some(chunk)) = response.chunk().await {
        buffer.extend_from_slice(&chunk);
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=end).collect();
            let line: Value = serde_json::from_slice(&line).unwrap();
            if line["type"] == "event" {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                events.push((text(&line["position"]), text(&line["event"]["whatsApp"])));
                if events.len() == most {
                    return events;
                }
            }
        }
    }
    events
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_readers_have_one_list_though_servers_end_and_connections_break() {
    let Some(database) = Database::new().await else { return };
    let servers: Servers = Arc::new(Mutex::new(vec![serve(&database).await, serve(&database).await]));
    let body =
        |server: &TestServer| server.signed(&http(), 1, Operation::HistoryChanges.path(), "application/json", "{}");
    let first = body(&servers.lock().unwrap()[0]);
    let first: Value = first.send().await.unwrap().json().await.unwrap();
    let start = first["data"]["position"].as_str().unwrap().to_owned();
    let mut readers = JoinSet::new();
    for number in 0..READERS {
        let (servers, start) = (Arc::clone(&servers), start.clone());
        readers.spawn(async move {
            let (http, mut position, mut list) = (http(), start, Vec::new());
            while list.len() < EVENTS {
                // Some stay for long, and some come back all the time.
                let most = if number % 10 == 0 { EVENTS } else { fastrand::usize(1..300) };
                let read = read_some(&http, &servers, &position, most.min(EVENTS - list.len())).await;
                if let Some((last, _)) = read.last() {
                    position.clone_from(last);
                }
                list.extend(read);
            }
            list
        });
    }
    for first in (0..EVENTS).step_by(20) {
        let store = servers.lock().unwrap()[first / 20 % 2].store.clone();
        store.append(1.into(), (first..first + 20).map(event).collect()).await.unwrap();
        if first % 400 == 200 {
            // Its tasks and connections end where they are, as those of a process that is killed.
            let killed = servers.lock().unwrap().remove(first / 400 % 2);
            killed.serving.abort();
            drop(killed);
            let started = serve(&database).await;
            servers.lock().unwrap().push(started);
        }
    }
    let mut lists = tokio::time::timeout(LIMIT, readers.join_all()).await.unwrap();
    let list = lists.pop().unwrap();
    assert!(lists.iter().all(|other| *other == list), "all lists are equal");
    let mut accounts: Vec<_> = list.iter().map(|(_, account)| account.clone()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    assert_eq!(accounts.len(), EVENTS, "none is missing, and none is there twice");
}
