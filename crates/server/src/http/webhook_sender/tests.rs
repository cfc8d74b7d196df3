//! Attempts to real receivers on this machine.
#![allow(clippy::unwrap_used)]

mod guard;
mod receiver;
mod responses;
mod signatures;
mod tls;

use std::time::Duration;

use super::{Resolve, SendOptions, SystemResolver, WebhookSender};
use crate::webhooks::{
    destination::{PlainHttp, WebhookUrl},
    outcome::Outcome,
    outgoing::{MessageBody, OutgoingMessage},
    secret::{SigningSecrets, WebhookSecret},
};

const SECRET: &str = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4";
const BODY: &str = r#"{"type":"account.banned"}"#;

/// Options with which receivers on this machine are reached.
fn local() -> SendOptions {
    SendOptions {
        allowed: vec!["127.0.0.1".parse().unwrap()].into(),
        plain_http: PlainHttp::Allowed,
        timeout: Duration::from_secs(30),
    }
}

fn sender(options: SendOptions) -> WebhookSender {
    WebhookSender::new(options).unwrap()
}

fn message() -> OutgoingMessage {
    OutgoingMessage { id: "msg_1".parse().unwrap(), body: MessageBody::new(BODY.into()).unwrap() }
}

fn secrets() -> SigningSecrets {
    SigningSecrets::new(SECRET.parse::<WebhookSecret>().unwrap(), None)
}

async fn send(sender: &WebhookSender, url: &str) -> Outcome {
    let url = WebhookUrl::parse(url, PlainHttp::Allowed).unwrap();
    sender.send(&url, &message(), &secrets()).await
}
