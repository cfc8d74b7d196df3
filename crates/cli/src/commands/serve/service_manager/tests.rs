//! A service manager that does not read, and the watchdog of a server that does not respond: a listener takes its place.

#![allow(clippy::unwrap_used)]

use std::{
    os::unix::net::UnixDatagram,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
};

use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;

const WATCHDOG: Duration = Duration::from_millis(300);

/// Returns a manager, and the socket on which it receives.
fn start_manager() -> (ServiceManager, UnixDatagram, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let receiver = UnixDatagram::bind(&path).unwrap();
    receiver.set_nonblocking(true).unwrap();
    let socket = Socket::to(path.to_str().unwrap()).unwrap();
    (ServiceManager::new(Some(socket), Some(WATCHDOG)), receiver, folder)
}

fn messages(manager: &UnixDatagram) -> Vec<String> {
    let mut buffer = [0; 4096];
    let mut messages = Vec::new();
    while let Ok(length) = manager.recv(&mut buffer) {
        messages.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
    }
    messages
}

/// Accepts each connection. Responds while `does_respond`, and otherwise keeps the connection without a response.
async fn accept(listener: &TcpListener, does_respond: &AtomicBool, kept: &mut Vec<TcpStream>) {
    let (mut connection, _) = listener.accept().await.unwrap();
    if does_respond.load(SeqCst) {
        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    }
    kept.push(connection);
}

#[test]
fn a_message_does_not_wait_for_a_manager_that_does_not_read() {
    let (manager, receiver, _folder) = start_manager();
    while manager.send("STATUS=filling the queue") {}
    let begun = Instant::now();
    for _ in 0..20 {
        assert!(!manager.send("WATCHDOG=1"));
    }
    // A limit of one second for each message would add up to 20.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(!messages(&receiver).is_empty());
    assert!(manager.send("READY=1"));
}

#[tokio::test]
async fn the_watchdog_gets_no_message_while_the_server_does_not_respond() {
    let (manager, receiver, _folder) = start_manager();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (does_respond, mut kept) = (AtomicBool::new(true), Vec::new());
    let scenario = async {
        let mut received = Vec::new();
        while !received.iter().any(|message| message == "WATCHDOG=1") {
            accept(&listener, &does_respond, &mut kept).await;
            received.extend(messages(&receiver));
        }
        assert!(received[0].starts_with("READY=1\n"), "{received:?}");

        does_respond.store(false, SeqCst);
        // When the first request without a response comes, the message about the one before is sent.
        accept(&listener, &does_respond, &mut kept).await;
        messages(&receiver);
        for _ in 0..4 {
            accept(&listener, &does_respond, &mut kept).await;
        }
        assert_eq!(messages(&receiver), Vec::<String>::new());

        does_respond.store(true, SeqCst);
        while messages(&receiver).is_empty() {
            accept(&listener, &does_respond, &mut kept).await;
        }
    };
    tokio::select! {
        () = scenario => {}
        never = manager.report_health(address) => match never {},
    }
}
