//! `group-dispatch webhook`, and a server that sends the messages.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::common::{Server, TestStore, run};

/// No test waits so long unless it fails.
const LIMIT: Duration = Duration::from_secs(120);

/// A request that a receiver has got: its head and its body.
struct Request {
    head: String,
    body: Value,
}

/// Starts a receiver that accepts everything, but does not answer the first requests: it waits until their connections end.
fn receiver(unanswered: usize) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks/secret-path", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert_ne!(reader.read_line(&mut head).unwrap(), 0);
            }
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            if number >= unanswered {
                stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
            }
            if sender.send(Request { head, body: serde_json::from_slice(&body).unwrap() }).is_err() {
                return;
            }
            if number < unanswered {
                // Ends with an error if the other side is killed.
                let _ = reader.read(&mut [0]);
            }
        }
    });
    (url, requests)
}

impl Request {
    fn id(&self) -> &str {
        self.head.lines().find_map(|line| line.strip_prefix("webhook-id: ")).unwrap()
    }
}

fn webhook(store: &TestStore, arguments: &[&str]) -> crate::common::RunResult {
    run(&mut store.command(&[&["webhook"], arguments].concat()))
}

fn serve(store: &TestStore) -> Server {
    let serve = ["serve", "--listen", "127.0.0.1:0", "--webhook-allow-network", "127.0.0.1", "--webhook-allow-http"];
    TestStore::serve_by(&mut store.command(&serve))
}

fn ban(store: &TestStore, account: &str) {
    let event = json!({ "userId": 12, "agentAccount": "u12", "whatsApp": account, "source": 1, "countryCode": "",
        "detailStatus": 41, "createTime": "2024-07-08 19:25:01" });
    let result = store.import(&store.file("events.ndjson", &event.to_string()));
    assert_eq!(result.status, 0, "{}", result.err);
}

#[test]
fn a_webhook_is_added_tested_used_rotated_and_removed() {
    let store = TestStore::new();
    let (url, requests) = receiver(0);
    let add = ["add", "7", &url, "--rule", "account-banned", "--allow-http"];
    let added = webhook(&store, &add);
    assert_eq!(added.status, 0, "{}", added.err);
    assert!(added.out.starts_with("whsec_"), "the secret alone: {}", added.out);
    assert!(added.err.contains("added webhook 1 of tenant 7"), "{}", added.err);
    let listed = webhook(&store, &["list"]);
    assert!(listed.out.contains("account-banned") && listed.out.contains("127.0.0.1"), "{}", listed.out);
    assert!(!listed.out.contains("secret-path") && !listed.out.contains("whsec_"), "{}", listed.out);

    let _server = serve(&store);
    assert_eq!(webhook(&store, &["test", "1"]).status, 0);
    let test = requests.recv_timeout(LIMIT).unwrap();
    assert_eq!(test.body["type"], "webhook.test");
    assert!(test.head.contains("webhook-signature: v1,") && test.head.contains("webhook-id: msg_"), "{}", test.head);
    ban(&store, "861821371272");
    let alert = requests.recv_timeout(LIMIT).unwrap();
    assert_eq!(
        (&alert.body["type"], &alert.body["data"]["whatsApp"]),
        (&json!("account.banned"), &json!("861821371272"))
    );

    let rotated = webhook(&store, &["rotate", "1"]);
    assert!(rotated.out.starts_with("whsec_") && rotated.out != added.out, "{}", rotated.err);
    let deliveries = webhook(&store, &["deliveries", "1"]).out;
    let position = deliveries.lines().find(|line| line.contains("account.banned")).unwrap().split_whitespace().last();
    let replayed = webhook(&store, &["replay", "1", "--since", position.unwrap()]);
    assert!(replayed.out.contains("1 message"), "{}{}", replayed.out, replayed.err);
    let again = requests.recv_timeout(LIMIT).unwrap();
    assert_eq!(again.body, alert.body);
    let signatures = again.head.lines().find_map(|line| line.strip_prefix("webhook-signature: ")).unwrap();
    assert_eq!(signatures.split(' ').count(), 2, "two secrets at once: {signatures}");

    assert_eq!(webhook(&store, &["remove", "1"]).status, 0);
    let replay = ["replay", "1", "--since", position.unwrap()];
    for unknown in
        [&["test", "1"][..], &["deliveries", "1"], &["rotate", "1"], &["enable", "1"], &["remove", "1"], &replay]
    {
        let unknown = webhook(&store, unknown);
        assert_eq!(unknown.status, 1);
        assert!(unknown.err.contains("no webhook has the number 1"), "{}", unknown.err);
    }
}

/// The webhook belongs to the server that was killed for up to 30 seconds.
#[test]
fn after_a_server_was_killed_another_one_sends_the_message_again() {
    let store = TestStore::new();
    let (url, requests) = receiver(1);
    let add = ["add", "7", &url, "--rule", "account-banned", "--allow-http"];
    assert_eq!(webhook(&store, &add).status, 0);
    let mut killed = serve(&store);
    assert_eq!(webhook(&store, &["test", "1"]).status, 0);
    let unanswered = requests.recv_timeout(LIMIT).unwrap();
    // Its alert is computed by the server that is killed, or by the next one.
    ban(&store, "861821371272");
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    let _server = serve(&store);
    ban(&store, "861821371273");
    let sent: Vec<Request> = (0..3).map(|_| requests.recv_timeout(LIMIT).unwrap()).collect();
    let again: Vec<&Request> = sent.iter().filter(|request| request.id() == unanswered.id()).collect();
    assert_eq!(again.len(), 1, "the message whose attempt was not recorded");
    assert_eq!(again[0].body, unanswered.body);
    let mut banned: Vec<&str> = sent.iter().filter_map(|request| request.body["data"]["whatsApp"].as_str()).collect();
    banned.sort_unstable();
    assert_eq!(banned, ["861821371272", "861821371273"], "each once");
    let deliveries = webhook(&store, &["deliveries", "1"]).out;
    assert_eq!(deliveries.matches("delivered").count() + deliveries.matches("waiting").count(), 3, "{deliveries}");
}

#[test]
fn what_is_wrong_with_a_webhook_is_said() {
    let store = TestStore::new();
    for (arguments, expected) in [
        (["add", "7", "http://example.com/", "--rule", "account-banned"], "expected https://"),
        (["add", "7", "https://example.com/", "--rule", "flapping:changes=many"], "rule `flapping:changes=many`"),
        (["add", "7", "https://example.com/", "--rule", "agent-offline:zone=Nowhere/City"], "zone"),
        (["add", "8", "https://example.com/", "--rule", "account-banned"], "tenant"),
    ] {
        let result = webhook(&store, &arguments);
        assert_eq!((result.status, result.out.as_str()), (1, ""), "{arguments:?}");
        assert!(result.err.contains(expected), "{arguments:?}: {}", result.err);
    }
    let zone =
        ["add", "7", "https://example.com/", "--rule", "agent-offline:hours=mon-fri@09:00-18:00,zone=America/Bogota"];
    assert_eq!(webhook(&store, &zone).status, 0);
}
