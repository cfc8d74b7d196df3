//! Signatures of any messages, verified by the reference library.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::{collection::vec, prelude::*};
use standardwebhooks::Webhook;

use crate::webhooks::{
    message_id::MessageId,
    outgoing::MessageBody,
    secret::{SigningSecrets, WebhookSecret},
};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn headers(id: &MessageId, timestamp: u64, signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", id.as_str().parse().unwrap());
    headers.insert("webhook-timestamp", timestamp.into());
    headers.insert("webhook-signature", signature.parse().unwrap());
    headers
}

fn accepts(secret: &WebhookSecret, body: &[u8], headers: &HeaderMap) -> bool {
    Webhook::new(&secret.expose()).unwrap().verify(body, headers).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_reference_library_accepts_each_signature_and_no_other(
        id in "[A-Za-z0-9_-]{1,64}",
        body in ".{1,200}",
        keys in vec(vec(any::<u8>(), 24..=64), 3),
    ) {
        let timestamp = now();
        let [new, old, other] = [0, 1, 2].map(|key| {
            format!("whsec_{}", STANDARD.encode(&keys[key])).parse::<WebhookSecret>().unwrap()
        });
        prop_assume!(keys[0] != keys[2] && keys[1] != keys[2] && keys[0] != keys[1]);
        let id: MessageId = id.parse().unwrap();
        let message = MessageBody::new(body.clone().into_bytes()).unwrap();
        let secrets = SigningSecrets::new(old.clone(), None).rotate(new.clone(), timestamp + 60);
        let signature = secrets.signature(&id, timestamp, &message);
        let sent = headers(&id, timestamp, &signature);
        prop_assert!(accepts(&new, body.as_bytes(), &sent));
        prop_assert!(accepts(&old, body.as_bytes(), &sent));
        prop_assert!(!accepts(&other, body.as_bytes(), &sent));
        let changed_body = format!("{body} ");
        prop_assert!(!accepts(&new, changed_body.as_bytes(), &sent));
        prop_assert!(!accepts(&new, body.as_bytes(), &headers(&id, timestamp + 1, &signature)));
        prop_assert!(!accepts(&new, body.as_bytes(), &headers(&MessageId::of(&[b"other"]), timestamp, &signature)));
    }
}
