//! Secrets and signatures. The tests of `http::webhook_sender` verify signatures by the reference library.

use crate::webhooks::{
    message_id::MessageId,
    outgoing::{MessageBody, OutgoingMessage},
    secret::{InvalidSecret, PreviousSecret, SigningSecrets, WebhookSecret},
};

/// Computed with another implementation: `printf 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W.1674087231.{}' | openssl dgst -sha256 -hmac
/// 'abcdefghijklmnopqrstuvwx' -binary | base64`.
#[test]
fn a_signature_has_the_bytes_of_another_implementation() {
    let secret: WebhookSecret = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4".parse().unwrap();
    let id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W".parse().unwrap();
    let body = MessageBody::new(b"{}".to_vec()).unwrap();
    let signature = SigningSecrets::new(secret, None).signature(&id, 1_674_087_231, &body);
    assert_eq!(signature, "v1,suutvtRU8Q6FpG9wD4yEoTzoi25VVWR+NjMIpEz5Fi8=");
}

#[test]
fn both_secrets_sign_until_the_old_one_ends_and_the_new_one_is_first() {
    let [first, second, third] = [(); 3].map(|()| WebhookSecret::generate().unwrap());
    let (id, body) = (MessageId::of(&[b"one"]), MessageBody::new(b"{}".to_vec()).unwrap());
    let alone = |secret: &WebhookSecret| SigningSecrets::new(secret.clone(), None).signature(&id, 1_000, &body);
    let secrets = SigningSecrets::new(first.clone(), None).rotate(second.clone(), 1_001);
    assert_eq!(secrets.signature(&id, 1_000, &body), format!("{} {}", alone(&second), alone(&first)));
    let at_the_end = SigningSecrets::new(second.clone(), Some(PreviousSecret { secret: first, valid_until: 1_000 }));
    assert_eq!(at_the_end.signature(&id, 1_000, &body), alone(&second));
    let rotated = secrets.rotate(third.clone(), 2_000);
    assert_eq!(rotated.signature(&id, 1_000, &body), format!("{} {}", alone(&third), alone(&second)), "at most two");
}

#[test]
fn a_generated_secret_is_new_and_needs_no_padding() {
    let [one, other] = [(); 2].map(|()| WebhookSecret::generate().unwrap().expose());
    assert_ne!(one, other);
    for secret in [one, other] {
        let key = secret.strip_prefix("whsec_").unwrap();
        assert_eq!(key.len(), 32);
        assert!(!key.contains('='));
        assert_eq!(secret.parse::<WebhookSecret>().unwrap().expose(), secret);
    }
}

#[test]
fn other_texts_are_no_secrets_and_none_is_in_debug() {
    let good = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4";
    for text in [
        "",
        "whsec_",
        "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4",
        "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnc",
        "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dng",
        "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4 ",
        "WHSEC_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4",
        "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4-_",
    ] {
        assert_eq!(text.parse::<WebhookSecret>().err(), Some(InvalidSecret), "{text}");
    }
    let secret: WebhookSecret = good.parse().unwrap();
    let secrets = SigningSecrets::new(secret.clone(), None).rotate(secret.clone(), 5);
    let shown = format!("{secret:?} {secrets:?} {InvalidSecret}");
    assert!(!shown.contains("YWJj") && !shown.contains("abc") && !shown.contains("97, 98"), "{shown}");
}

#[test]
fn ids_have_no_full_stop_and_bodies_are_not_empty() {
    for id in ["", "msg_1.2", "msg 1", "é", &"a".repeat(65)] {
        assert!(id.parse::<MessageId>().is_err(), "{id}");
    }
    let id = MessageId::of(&[b"ab", b"c"]);
    assert_eq!(id.as_str().parse(), Ok(id.clone()));
    assert_eq!(id, MessageId::of(&[b"ab", b"c"]));
    assert_ne!(id, MessageId::of(&[b"a", b"bc"]));
    assert!(MessageBody::new(Vec::new()).is_none());
    let message = OutgoingMessage { id, body: MessageBody::new(b"8618217331411".to_vec()).unwrap() };
    assert!(!format!("{message:?}").contains("861821"), "{message:?}");
}
