//! What receivers return, and what an attempt makes of it.

use std::{
    future::pending,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::http::HeaderMap;
use standardwebhooks::Webhook;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::mpsc::unbounded_channel,
};

use super::{BODY, SECRET, local, receiver::Receiver, send, sender};
use crate::{
    http::webhook_sender::SendOptions,
    webhooks::outcome::{Failure, Outcome},
};

async fn returning(response: impl Into<Vec<u8>>) -> Receiver {
    let response = response.into();
    Receiver::start(move |mut stream| {
        let response = response.clone();
        async move {
            // The sender may have closed the connection.
            let _ = stream.write_all(&response).await;
        }
    })
    .await
}

async fn outcome_of(response: &str) -> Outcome {
    let receiver = returning(response).await;
    let outcome = send(&sender(local()), &receiver.url()).await;
    assert_eq!(receiver.connections(), 1, "{response}");
    outcome
}

const fn response(status: u16) -> Outcome {
    Outcome::Response { status, retry_after: None }
}

#[tokio::test]
async fn the_status_and_the_wait_of_a_response_count() {
    for (text, expected) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", response(200)),
        ("HTTP/1.1 204 No Content\r\n\r\n", response(204)),
        ("HTTP/1.0 200 OK\r\n\r\nok", response(200)),
        ("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n", response(500)),
        ("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", response(410)),
        (
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n",
            Outcome::Response { status: 429, retry_after: Some(Duration::from_secs(120)) },
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\nretry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n",
            Outcome::Response { status: 503, retry_after: Some(Duration::ZERO) },
        ),
        ("HTTP/1.1 503 Service Unavailable\r\nretry-after: soon\r\n\r\n", response(503)),
        // The status is there, and the rest of the body never comes.
        ("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok", response(200)),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n", response(200)),
    ] {
        assert_eq!(outcome_of(text).await, expected, "{text}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = returning("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    for status in [301, 302, 303, 307, 308] {
        let head = format!("HTTP/1.1 {status} Moved\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", target.url());
        assert_eq!(outcome_of(&head).await, response(status));
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn what_is_no_response_of_http_is_a_failure() {
    let long = format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "a".repeat(40_000));
    for text in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", &long] {
        let outcome = outcome_of(text).await;
        assert_eq!(outcome, Outcome::Failure(Failure::InvalidResponse), "{text:.40}");
    }
}

#[tokio::test]
async fn a_receiver_that_closes_before_its_response_is_a_failure() {
    for text in ["", "HTTP/1.1 200 OK\r\ncontent-le"] {
        assert_eq!(outcome_of(text).await, Outcome::Failure(Failure::Disconnected), "{text}");
    }
    // One that closes at once, and one that resets.
    let closing = Receiver::accept(|stream| async move { drop(stream) }).await;
    // What was received is not read, so that closing resets the connection.
    let resetting = Receiver::accept(|stream: TcpStream| async move { stream.readable().await.unwrap() }).await;
    for receiver in [closing, resetting] {
        let outcome = send(&sender(local()), &receiver.url()).await;
        assert_eq!(outcome, Outcome::Failure(Failure::Disconnected));
    }
}

#[tokio::test]
async fn a_receiver_that_never_responds_is_a_failure_in_time() {
    let options = SendOptions { timeout: Duration::from_millis(100), ..local() };
    for part in ["", "HTTP/1.1 200 O"] {
        let receiver = Receiver::start(move |mut stream: TcpStream| async move {
            stream.write_all(part.as_bytes()).await.unwrap();
            pending().await
        })
        .await;
        let outcome = send(&sender(options.clone()), &receiver.url()).await;
        assert_eq!(outcome, Outcome::Failure(Failure::TimedOut), "{part}");
    }
    let without_handshake = Receiver::accept(|stream| async move {
        let _open = stream;
        pending().await
    })
    .await;
    let outcome = send(&sender(options), &format!("https://127.0.0.1:{}/", without_handshake.port)).await;
    assert_eq!(outcome, Outcome::Failure(Failure::TimedOut));
}

#[tokio::test]
async fn a_body_that_never_ends_is_read_up_to_a_limit() {
    let (closed, mut closings) = unbounded_channel();
    let receiver = Receiver::start(move |mut stream: TcpStream| {
        let closed = closed.clone();
        async move {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut written = 0_u64;
            // Until the sender closes the connection.
            while stream.write_all(&[b'a'; 4096]).await.is_ok() {
                written += 4096;
            }
            closed.send(written).unwrap();
        }
    })
    .await;
    assert_eq!(send(&sender(local()), &receiver.url()).await, response(200));
    // The buffers of the connection are a few megabytes.
    let written = closings.recv().await.unwrap();
    assert!(written < 64 * 1024 * 1024, "{written}");
}

#[tokio::test]
async fn a_port_on_which_nothing_listens_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let outcome = send(&sender(local()), &format!("http://127.0.0.1:{port}/")).await;
    assert_eq!(outcome, Outcome::Failure(Failure::ConnectionRefused));
}

#[tokio::test]
async fn a_request_has_the_headers_of_the_specification_and_a_signature_of_this_moment() {
    let receiver = returning("HTTP/1.1 204 No Content\r\n\r\n").await;
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for _ in 0..2 {
        assert_eq!(send(&sender(local()), &receiver.url()).await, response(204));
    }
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");
        assert_eq!(lines.next(), Some("POST /hooks?a=b HTTP/1.1"));
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            let name: axum::http::HeaderName = name.parse().unwrap();
            assert!(headers.insert(name, value.parse().unwrap()).is_none(), "{line}");
        }
        assert_eq!(body, BODY);
        Webhook::new(SECRET).unwrap().verify(body.as_bytes(), &headers).unwrap();
        let header = |name: &str| headers.get(name).unwrap().to_str().unwrap();
        assert_eq!(header("webhook-id"), "msg_1");
        let timestamp: u64 = header("webhook-timestamp").parse().unwrap();
        assert!((before..before + 60).contains(&timestamp));
        assert_eq!(header("host"), format!("127.0.0.1:{}", receiver.port));
        assert_eq!(header("content-type"), "application/json");
        assert_eq!(header("content-length"), BODY.len().to_string());
        assert_eq!(header("user-agent"), format!("group-dispatch/{}", env!("CARGO_PKG_VERSION")));
        assert_eq!(headers.len(), 8, "{headers:?}");
    }
}
