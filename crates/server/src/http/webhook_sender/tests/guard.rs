//! Receivers that may not be reached are not connected to.

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use rustls::RootCertStore;
use tokio::io::AsyncWriteExt as _;

use super::{Resolve, WebhookSender, local, receiver::Receiver, send, sender};
use crate::{
    http::webhook_sender::SendOptions,
    webhooks::{
        destination::PlainHttp,
        networks::{AllowedNetworks, SpecialNetwork},
        outcome::{Failure, Outcome},
    },
};

/// Returns the first of these answers at the first resolution, the second at the second, and so on.
struct Changing {
    answers: Vec<Vec<IpAddr>>,
    resolutions: AtomicUsize,
}

#[async_trait]
impl Resolve for Changing {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        assert_eq!(host, "receiver.example");
        let resolution = self.resolutions.fetch_add(1, Ordering::SeqCst);
        self.answers.get(resolution).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn resolving(options: SendOptions, answers: &[&[&str]]) -> (WebhookSender, Arc<Changing>) {
    let answers = answers.iter().map(|answer| answer.iter().map(|address| address.parse().unwrap()).collect());
    let resolver = Arc::new(Changing { answers: answers.collect(), resolutions: AtomicUsize::new(0) });
    let sender = WebhookSender::with(options, RootCertStore::empty(), Arc::clone(&resolver) as Arc<dyn Resolve>);
    (sender.unwrap(), resolver)
}

async fn receiver() -> Receiver {
    Receiver::start(|mut stream| async move { stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap() })
        .await
}

const RECEIVED: Outcome = Outcome::Response { status: 204, retry_after: None };
const REFUSED: Outcome = Outcome::Failure(Failure::AddressRefused(SpecialNetwork::Loopback));

#[tokio::test]
async fn a_receiver_on_this_machine_is_refused_unless_its_network_is_allowed() {
    let receiver = receiver().await;
    let refusing = sender(SendOptions { allowed: AllowedNetworks::default(), ..local() });
    let mapped = format!("http://[::ffff:127.0.0.1]:{}/", receiver.port);
    for url in [&receiver.url(), &format!("http://localhost:{}/", receiver.port), &mapped] {
        assert_eq!(send(&refusing, url).await, REFUSED, "{url}");
    }
    assert_eq!(receiver.connections(), 0);
    assert_eq!(send(&sender(local()), &receiver.url()).await, RECEIVED);
    assert_eq!(send(&sender(local()), &mapped).await, RECEIVED);
    assert_eq!(receiver.connections(), 2);
}

#[tokio::test]
async fn plain_http_is_refused_unless_it_is_allowed() {
    let receiver = receiver().await;
    let refusing = sender(SendOptions { plain_http: PlainHttp::Refused, ..local() });
    assert_eq!(send(&refusing, &receiver.url()).await, Outcome::Failure(Failure::PlainHttpRefused));
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn a_host_is_resolved_once_and_the_connection_made_to_the_address_that_was_checked() {
    let receiver = receiver().await;
    let url = format!("http://receiver.example:{}/", receiver.port);
    // The second answer would lead elsewhere: it is never asked for.
    let (sender, resolver) = resolving(local(), &[&["127.0.0.1"], &["127.0.0.2"]]);
    assert_eq!(send(&sender, &url).await, RECEIVED);
    assert_eq!(resolver.resolutions.load(Ordering::SeqCst), 1);
    // The next attempt resolves and checks again.
    assert_eq!(send(&sender, &url).await, REFUSED);
    assert_eq!(receiver.connections(), 1);
    assert_eq!(send(&sender, &url).await, Outcome::Failure(Failure::UnknownHost));
    assert!(receiver.requests()[0].contains(&format!("\r\nhost: receiver.example:{}\r\n", receiver.port)));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_are_allowed_are_tried() {
    let receiver = receiver().await;
    let url = format!("http://receiver.example:{}/", receiver.port);
    let (sender, _) =
        resolving(local(), &[&["10.0.0.1", "169.254.169.254", "127.0.0.1"], &["169.254.169.254", "::1"], &[]]);
    assert_eq!(send(&sender, &url).await, RECEIVED);
    let refused = Outcome::Failure(Failure::AddressRefused(SpecialNetwork::LinkLocal));
    assert_eq!(send(&sender, &url).await, refused);
    assert_eq!(send(&sender, &url).await, Outcome::Failure(Failure::UnknownHost));
}

#[tokio::test]
async fn the_next_address_is_tried_if_one_refuses() {
    let receiver = receiver().await;
    let url = format!("http://receiver.example:{}/", receiver.port);
    let options = SendOptions { allowed: vec!["127.0.0.0/8".parse().unwrap()].into(), ..local() };
    // The receiver listens at one address alone.
    let (sender, _) = resolving(options, &[&["127.0.0.2", "127.0.0.1"]]);
    assert_eq!(send(&sender, &url).await, RECEIVED);
}
