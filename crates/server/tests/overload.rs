//! Twice as many clients as there is room for: those that are admitted are served as before, the others are asked to retry
//! later, and afterwards the server is as before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "it/common/mod.rs"]
mod common;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use common::{BASE, TestServer, credentials, envelope, now, start_with};
use group_dispatch_server::{Config, Limits};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    runtime::{Builder, Runtime},
    task::JoinSet,
    time::timeout,
};

const ROOM: usize = 16;
const LONG: Duration = Duration::from_secs(120);

/// What came of the requests of some clients.
#[derive(Default)]
struct Outcome {
    /// How long those took that were answered.
    took: Vec<Duration>,
    refused: usize,
}

impl Outcome {
    fn median(&mut self) -> Duration {
        self.took.sort_unstable();
        self.took[self.took.len() / 2]
    }
}

/// A number of clients, each with a connection of its own as long as it is let keep it, ask without a pause until `answers`
/// of them all are answered.
async fn load(server: &TestServer, clients: usize, answers: usize) -> Outcome {
    let answered = Arc::new(AtomicUsize::new(0));
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (url, answered) = (format!("{}{BASE}queryUserStatus", server.url), Arc::clone(&answered));
        running.spawn(async move {
            let client = common::http();
            let mut outcome = Outcome::default();
            while answered.load(Relaxed) < answers {
                let timestamp = now().to_string();
                let request = client
                    .post(&url)
                    .header("content-type", "application/json")
                    .header("tenant_id", "1")
                    .header("token", credentials(1).token(&timestamp))
                    .header("timestamp", timestamp)
                    .body(r#"{"source": 1, "userId": 12}"#);
                let began = Instant::now();
                let response = request.send().await.expect("every request is answered");
                match response.status().as_u16() {
                    200 => {
                        assert_eq!(envelope(response).await.1["code"], 200);
                        outcome.took.push(began.elapsed());
                        answered.fetch_add(1, Relaxed);
                    }
                    503 => {
                        assert_eq!(response.headers()["retry-after"], "1");
                        assert_eq!(response.json::<serde_json::Value>().await.unwrap()["code"], 500);
                        outcome.refused += 1;
                    }
                    other => panic!("{other}"),
                }
            }
            outcome
        });
    }
    timeout(LONG, running.join_all()).await.expect("it goes on").into_iter().fold(Outcome::default(), |mut all, one| {
        all.took.extend(one.took);
        all.refused += one.refused;
        all
    })
}

async fn metric(address: SocketAddr, name: &str) -> usize {
    let text = common::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap().parse().unwrap()
}

async fn until_all_are_gone(address: SocketAddr) {
    let gone = async {
        while metric(address, "group_dispatch_connections_open").await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, gone).await.expect("all connections are closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_twice_the_load_some_are_refused_and_the_others_served() {
    // A port that was free a moment ago.
    let apart = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let limits = Limits { connections: ROOM, connections_per_address: 0, requests_per_second: 0, ..Limits::default() };
    let settings = Config { limits, metrics_listen: Some(apart), ..Config::default() };
    let server = start_with(settings.clone()).await;

    let mut full = load(&server, ROOM, 500).await;
    assert_eq!(full.refused, 0, "there is room for all of them");
    until_all_are_gone(apart).await;

    let over = Arc::new(AtomicBool::new(false));
    let watch = tokio::spawn({
        let over = Arc::clone(&over);
        async move {
            let mut most = 0;
            while !over.load(Relaxed) {
                most = most.max(metric(apart, "group_dispatch_connections_open").await);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            most
        }
    });
    let mut twice = load(&server, 2 * ROOM, 1000).await;
    over.store(true, Relaxed);
    let most = watch.await.unwrap();
    assert_eq!(most, ROOM);
    assert!(twice.refused > 0, "there is not room for all of them");
    assert!(twice.took.iter().max().unwrap() < &settings.request_timeout);
    let (usual, busy) = (full.median(), twice.median());
    assert!(busy < 20 * usual, "half of the answers take longer than {busy:?} in place of {usual:?}");

    until_all_are_gone(apart).await;
    assert_eq!(server.ask("queryUserStatus", r#"{"source": 1}"#).await.0, 200, "at once");
    let refused = metric(apart, r#"group_dispatch_connections_refused_total{reason="connections"}"#).await;
    assert_eq!(refused, twice.refused, "each was told why");
    assert_eq!(common::get(format!("{}/metrics", server.url)).await.unwrap().status(), 404, "it has its own address");
}

/// How many connections ask at once: far more than fit into the queue of a thread.
const CROWD: usize = 1200;

/// Asks on all connections while the server's only thread is held up, and lets it go then: the statuses of the answers.
async fn ask_all_at_once(server: &Runtime, connections: &mut [BufReader<TcpStream>]) -> Vec<u16> {
    let (go, held) = std::sync::mpsc::channel::<()>();
    server.spawn(async move { held.recv() });
    let (timestamp, body) = (now().to_string(), r#"{"source": 1, "userId": 12}"#);
    let request = format!(
        "POST {BASE}queryUserStatus HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ntenant_id: 1\r\n\
         timestamp: {timestamp}\r\ntoken: {}\r\ncontent-length: {}\r\n\r\n{body}",
        credentials(1).token(&timestamp),
        body.len()
    );
    for connection in &mut *connections {
        connection.write_all(request.as_bytes()).await.unwrap();
    }
    drop(go);
    let mut statuses = Vec::new();
    for connection in connections {
        statuses.push(status(connection).await);
    }
    statuses
}

/// The status of the next response, which says when to retry if it is 503.
async fn status(connection: &mut BufReader<TcpStream>) -> u16 {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(connection.read_line(&mut head).await.unwrap() > 0, "{head}");
    }
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    assert_eq!(status == 503, head.contains("\r\nretry-after: 1\r\n"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    connection.read_exact(&mut vec![0; length]).await.unwrap();
    status
}

#[tokio::test]
async fn who_would_wait_too_long_is_refused() {
    let files = rlimit::increase_nofile_limit(3 * CROWD as u64).unwrap();
    assert!(files >= 3 * CROWD as u64, "this test needs to open more files than {files}: see `ulimit -Hn`");
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let apart = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // This many at a time take longer on any machine.
    let limits = Limits {
        max_wait: Duration::from_millis(1),
        requests_per_second: 0,
        connections_per_address: 0,
        ..Limits::default()
    };
    let settings = Config { limits, metrics_listen: Some(apart), ..Config::default() };
    let server = runtime.spawn(start_with(settings)).await.unwrap();
    let address = server.url.strip_prefix("http://").unwrap();
    let mut connections = Vec::new();
    for _ in 0..CROWD {
        connections.push(BufReader::new(TcpStream::connect(address).await.unwrap()));
    }
    let (mut refused, mut answered) = (0, 0);
    // Where all are answered within moments, the server was not late.
    let crowd = async {
        while refused == 0 {
            let statuses = ask_all_at_once(&runtime, &mut connections).await;
            refused += statuses.iter().filter(|status| **status == 503).count();
            answered += statuses.iter().filter(|status| **status == 200).count();
            assert_eq!((refused + answered) % CROWD, 0);
        }
    };
    timeout(LONG, crowd).await.expect("some wait too long");
    assert!(answered > 0);
    let rejected = metric(apart, r#"group_dispatch_requests_shed_total{reason="waiting"}"#).await;
    assert_eq!(rejected, refused);
    let alone = ask_all_at_once(&runtime, &mut connections[..1]).await;
    assert_eq!(alone, [200], "who asks alone is answered");
    runtime.shutdown_background();
}
