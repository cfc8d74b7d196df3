//! Clients for mocks, the queries, and servers that httpmock can't be.

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

/// Returns a client that sends each request once and immediately.
pub fn client(url: impl Into<String>) -> Client {
    builder(url).retry(RetryPolicy::never()).build().unwrap()
}

/// Returns a builder of a client without pauses: it retries immediately, with up to four attempts.
pub fn builder(url: impl Into<String>) -> ClientBuilder {
    let builder = Client::builder().base_url(url).credentials(credentials());
    builder.retry(without_pauses()).rate_limit(RateLimit::Unlimited)
}

/// Four attempts without pauses.
pub fn without_pauses() -> RetryPolicy {
    RetryPolicy::default().pauses(Duration::ZERO, Duration::ZERO)
}

/// The documented example of a request of queryUserStatus.
pub fn user_status() -> QueryUserStatusRequest {
    QueryUserStatusRequest { source: Source::Mobile, user_id: Some(12.into()), user_name: Some(String::new()) }
}

/// Sends a query of each operation, in the order of the contract.
pub async fn query_all(client: &Client) -> [Result<(), Error>; 5] {
    [
        query_one(client, 0).await,
        query_one(client, 1).await,
        query_one(client, 2).await,
        query_one(client, 3).await,
        query_one(client, 4).await,
    ]
}

/// Sends a query of the n-th operation of the contract.
pub async fn query_one(client: &Client, nth: usize) -> Result<(), Error> {
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

/// Starts a server that reads one request and sends these bytes. Then it closes the connection, or waits until the client
/// does. httpmock can do neither, and can't leave out a header.
pub fn raw(response: &'static [u8], close: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut byte = [0];
        // The request body is `{}`.
        while !request.ends_with(b"\r\n\r\n{}") {
            connection.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        connection.write_all(response).unwrap();
        if !close {
            let _ = connection.read(&mut byte);
        }
    });
    address
}

/// Returns an address where nobody listens. The socket reserves it, so that no other program starts to.
pub fn refusing() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    (socket, address)
}
