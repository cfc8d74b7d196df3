//! Limits on connections: which are refused, which are closed to make room, and what is served all the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::net::{IpAddr, SocketAddr};

use crate::{
    common::{TestServer, get, start_with},
    limits::{LONG, QUERY, SHORT, all_of, connect, fill, head, metric, path, start, until},
};
use group_dispatch_server::{Config, Limits};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
const IN_FLIGHT: &str = "group_dispatch_requests_in_flight";
const MADE_ROOM: &str = r#"group_dispatch_connections_cut_total{reason="made_room"}"#;
const REFUSED: &str = r#"group_dispatch_connections_refused_total{reason="connections"}"#;
const REFUSED_ADDRESS: &str = r#"group_dispatch_connections_refused_total{reason="address"}"#;

/// Connects from an address of this machine: on Linux, all of 127.0.0.0/8 are.
async fn connect_from(address: &str, server: &TestServer) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((address.parse::<IpAddr>().unwrap(), 0).into()).unwrap();
    let address: SocketAddr = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    socket.connect(address).await.unwrap()
}

/// Asks over a connection that is kept open, and returns the beginning of the response's head.
async fn ask_for_health(connection: &mut TcpStream) -> String {
    connection.write_all(HEALTH.as_bytes()).await.unwrap();
    let mut answer = String::new();
    while !answer.ends_with('}') {
        let mut bytes = [0; 1000];
        let length = timeout(LONG, connection.read(&mut bytes)).await.unwrap().unwrap();
        assert!(length > 0, "the server has closed the connection after {answer:?}");
        answer.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
    }
    answer.split("\r\n").next().unwrap().to_owned()
}

/// Begins a request whose body is missing.
async fn begin_request(server: &TestServer) -> TcpStream {
    let mut connection = connect(server).await;
    connection.write_all(head(server, &path("queryUserStatus"), QUERY.len()).as_bytes()).await.unwrap();
    connection
}

async fn status(server: &TestServer) -> u16 {
    server.request("queryUserStatus", QUERY).send().await.unwrap().status().as_u16()
}

/// Asks until there is room: at the latest a second after the last connection became idle.
async fn until_served(server: &TestServer) {
    let served = async {
        while status(server).await != 200 {
            sleep(SHORT / 10).await;
        }
    };
    timeout(LONG, served).await.expect("there is room");
}

#[tokio::test]
async fn a_connection_too_many_is_refused_at_once() {
    let server = start(Limits { connections: 2, connections_per_address: 0, ..Limits::default() }).await;
    let (first, mut second) = (begin_request(&server).await, begin_request(&server).await);
    until(&server, IN_FLIGHT, 2).await;
    let response = server.request("queryUserStatus", "x".repeat(60_000)).send().await.unwrap();
    assert_eq!(response.headers()["connection"], "close");
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.status(), 503);
    assert_eq!(
        response.json::<serde_json::Value>().await.unwrap(),
        json!({ "code": 500, "message": "the server is busy: too many connections", "data": null })
    );
    assert!(metric(&server, REFUSED).await > 1, "those for metrics count as well");
    drop(first);
    until_served(&server).await;
    second.write_all(QUERY.as_bytes()).await.unwrap();
    assert!(all_of(&mut second).await.starts_with("HTTP/1.1 200"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn idle_connections_of_one_address_shut_out_no_other() {
    let limits = Limits { connections: 8, connections_per_address: 2, ..Limits::default() };
    let server = start(limits).await;
    let idle = [connect_from("127.0.0.2", &server).await, connect_from("127.0.0.2", &server).await];
    until(&server, "group_dispatch_connections_open", 3).await;
    let mut refused = connect_from("127.0.0.2", &server).await;
    refused.write_all(head(&server, &path("queryUserStatus"), QUERY.len()).as_bytes()).await.unwrap();
    refused.write_all(QUERY.as_bytes()).await.unwrap();
    let refusal = all_of(&mut refused).await;
    assert!(refusal.starts_with("HTTP/1.1 503") && refusal.contains("retry-after: 1"), "{refusal}");
    assert!(refusal.contains("the server is busy: too many connections from this address"), "{refusal}");
    let mut probe = connect_from("127.0.0.2", &server).await;
    assert_eq!(ask_for_health(&mut probe).await, "HTTP/1.1 200 OK", "health is served all the same");
    assert_eq!(status(&server).await, 200, "another address");
    assert_eq!(metric(&server, REFUSED_ADDRESS).await, 2);
    drop(idle);
    until(&server, "group_dispatch_connections_open", 1).await;
    let mut again = connect_from("127.0.0.2", &server).await;
    assert_eq!(ask_for_health(&mut again).await, "HTTP/1.1 200 OK");
    assert_eq!(metric(&server, REFUSED_ADDRESS).await, 2);
}

#[tokio::test]
async fn no_address_has_more_than_half_of_the_connections() {
    let server = start(Limits { connections: 4, ..Limits::default() }).await;
    let _held = [begin_request(&server).await, begin_request(&server).await];
    until(&server, IN_FLIGHT, 2).await;
    let response = server.request("queryUserStatus", QUERY).send().await.unwrap().text().await.unwrap();
    assert!(response.contains("too many connections from this address"), "{response}");
    assert_eq!(metric(&server, REFUSED).await, 0);
}

#[tokio::test]
async fn a_trusted_proxy_has_the_connections_of_all_its_clients() {
    let limits = Limits { connections: 16, connections_per_address: 1, ..Limits::default() };
    let trusted_proxies = vec!["192.0.2.7".parse().unwrap(), "127.0.0.0/31".parse().unwrap()];
    let server = start_with(Config { limits, trusted_proxies, ..Config::default() }).await;
    let _held = [begin_request(&server).await, begin_request(&server).await, begin_request(&server).await];
    until(&server, IN_FLIGHT, 3).await;
    assert_eq!(status(&server).await, 200);
    assert_eq!(metric(&server, REFUSED_ADDRESS).await, 0);
}

#[tokio::test]
async fn the_connection_that_has_been_idle_longest_makes_room() {
    let server = start(Limits { connections: 4, connections_per_address: 0, ..Limits::default() }).await;
    let mut in_progress = begin_request(&server).await;
    until(&server, IN_FLIGHT, 1).await;
    let (mut first, mut second, mut third) = (connect(&server).await, connect(&server).await, connect(&server).await);
    // The first has had a request since the others were opened.
    assert_eq!(ask_for_health(&mut first).await, "HTTP/1.1 200 OK");
    assert_eq!(status(&server).await, 503, "a request of a new connection may be on its way");
    until_served(&server).await;
    assert_eq!(all_of(&mut second).await, "");
    for connection in [&mut first, &mut third] {
        assert_eq!(ask_for_health(connection).await, "HTTP/1.1 200 OK");
    }
    assert_eq!(metric(&server, MADE_ROOM).await, 1);
    in_progress.write_all(QUERY.as_bytes()).await.unwrap();
    assert!(all_of(&mut in_progress).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_response_that_is_being_read_is_not_cut_to_make_room() {
    let server = start(Limits { connections: 2, connections_per_address: 0, ..Limits::default() }).await;
    fill(&server).await;
    let socket = TcpSocket::new_v4().unwrap();
    // Otherwise, the buffers of the system hold the whole response.
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let mut slow = socket.connect(server.url.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap();
    let request = head(&server, &path("queryUserStatusLog"), QUERY.len()) + QUERY;
    let request = request.replace("connection: close\r\n", "");
    slow.write_all(request.as_bytes()).await.unwrap();
    // The server goes on writing meanwhile, and has not written everything.
    slow.read_exact(&mut vec![0; 1 << 20]).await.unwrap();
    let mut idle = connect(&server).await;
    until_served(&server).await;
    assert_eq!(all_of(&mut idle).await, "", "it became idle later, but the other one is not idle");
    timeout(LONG, slow.read_exact(&mut vec![0; 6 << 20])).await.unwrap().expect("the rest arrives");
}

#[tokio::test]
async fn health_is_answered_when_connections_are_exhausted() {
    let server = start(Limits { connections: 1, connections_per_address: 0, ..Limits::default() }).await;
    let _held = begin_request(&server).await;
    until(&server, IN_FLIGHT, 1).await;
    // More than are refused at a time.
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(connect(&server).await);
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        let response = get(format!("{}{path}", server.url)).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["connection"], "close");
        assert!(!response.text().await.unwrap().is_empty());
    }
    for path in ["/", "/docs/", "/openapi.yaml", "/unknown"] {
        assert_eq!(get(format!("{}{path}", server.url)).await.unwrap().status(), 503, "{path}");
    }
    assert_eq!(all_of(&mut silent[0]).await, "", "the oldest was closed for a newer one");
}

/// A server whose metrics have an address of their own, and that address.
async fn with_metrics_apart(limits: Limits) -> (TestServer, SocketAddr) {
    for _ in 0..20 {
        // A port that was free a moment ago. If another test has taken it, the server ends at once.
        let apart = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let server = start_with(Config { limits, metrics_listen: Some(apart), ..Config::default() }).await;
        if let Ok(response) = get(format!("{}/healthz", server.url)).await {
            assert_eq!(response.status(), 200);
            return (server, apart);
        }
    }
    panic!("no port stays free");
}

#[tokio::test]
async fn an_idle_connection_for_metrics_is_closed() {
    let (_server, apart) = with_metrics_apart(Limits { idle_timeout: SHORT, ..Limits::default() }).await;
    let mut idle = TcpStream::connect(apart).await.unwrap();
    assert_eq!(all_of(&mut idle).await, "");
}

#[tokio::test]
async fn connections_for_metrics_are_limited_and_the_one_that_has_been_idle_longest_makes_room() {
    let (_server, apart) = with_metrics_apart(Limits::default()).await;
    let mut silent = Vec::new();
    for _ in 0..65 {
        silent.push(TcpStream::connect(apart).await.unwrap());
    }
    assert_eq!(all_of(&mut silent[64]).await, "", "there is no room, and none has been idle for long");
    let scraped = async {
        loop {
            if let Ok(response) = get(format!("http://{apart}/metrics")).await {
                return response;
            }
            sleep(SHORT / 10).await;
        }
    };
    let response = timeout(LONG, scraped).await.expect("there is room after a second");
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    assert!(text.contains("group_dispatch_connections_open 0\n"), "what reads them does not count: {text}");
    assert_eq!(all_of(&mut silent[0]).await, "");
    for path in ["/", "/healthz", "/group-dispatch-api/user/queryUserStatus"] {
        assert_eq!(get(format!("http://{apart}{path}")).await.unwrap().status(), 404, "{path}");
    }
}
