//! A client against a mock, and the five questions of the page.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use std::{
    io::{Read, Write},
    net::TcpListener,
    time::Duration,
};

use group_dispatch_client::{Client, ClientBuilder, Credentials, Error, RateLimit, RetryPolicy, types::*};

pub const KEY: &str = "key-that-is-never-sent";

pub fn credentials() -> Credentials {
    Credentials::new(500_766, KEY)
}

/// A client that sends each request once and at once.
pub fn client(url: impl Into<String>) -> Client {
    builder(url).retry(RetryPolicy::never()).build().unwrap()
}

/// A client that pauses nowhere: it retries at once, up to four attempts in all.
pub fn builder(url: impl Into<String>) -> ClientBuilder {
    let builder = Client::builder().base_url(url).credentials(credentials());
    builder.retry(at_once()).rate_limit(RateLimit::Unlimited)
}

/// Four attempts, one right after the other.
pub fn at_once() -> RetryPolicy {
    RetryPolicy::default().pauses(Duration::ZERO, Duration::ZERO)
}

/// The example of queryUserStatus' request.
pub fn user_status() -> QueryUserStatusRequest {
    QueryUserStatusRequest { source: Source::Mobile, user_id: Some(12.into()), user_name: Some(String::new()) }
}

/// Asks the page's five questions, in its order.
pub async fn ask_all(client: &Client) -> [Result<(), Error>; 5] {
    [
        ask_one(client, 0).await,
        ask_one(client, 1).await,
        ask_one(client, 2).await,
        ask_one(client, 3).await,
        ask_one(client, 4).await,
    ]
}

/// Asks the n-th of the page's five questions.
pub async fn ask_one(client: &Client, nth: usize) -> Result<(), Error> {
    let place = QueryWhatsAppInfoRequest { source: Some(Source::Cloud), whatsapp: "8618217331412".parse().unwrap() };
    let log = QueryUserStatusLogRequest {
        agent_account: Some(String::new()),
        whats_app: Some("573125704139".parse().unwrap()),
        source: Source::Mobile,
    };
    let recent = GetLatestOnlineWhatsAccountRequest { user_id: Some(621_443.into()), source: Source::Pc };
    match nth {
        0 => client.query(user_status()).await.map(drop),
        1 => client.all_online().await.map(drop),
        2 => client.query(place).await.map(drop),
        3 => client.query(log).await.map(drop),
        _ => client.query(recent).await.map(drop),
    }
}

/// The address of a server that reads one request and answers with these bytes; then it closes the connection, or holds
/// it until the client does. httpmock can do neither, nor leave out a header.
pub fn raw(answer: &'static [u8], close: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut byte = [0];
        // The question is `{}`.
        while !request.ends_with(b"\r\n\r\n{}") {
            connection.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        connection.write_all(answer).unwrap();
        if !close {
            let _ = connection.read(&mut byte);
        }
    });
    address
}

/// An address where nobody listens. It is taken as long as the socket lives, so that nobody else begins to.
pub fn refusing() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    (socket, address)
}
