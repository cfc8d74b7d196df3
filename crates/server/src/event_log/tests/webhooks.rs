//! Webhooks: one owner at a time, each alert once, each message until somebody has it.

use super::{TestDatabase, fixture::*};
use crate::{
    error::StoreError,
    event_log::{
        EventLog,
        webhooks::{
            Advance, AttemptRecord, DeliveryState, MessageCounts, NewWebhook, RuleState, StoredWebhook, WebhookNumber,
        },
    },
    webhooks::{
        message_id::MessageId,
        outgoing::{MessageBody, OutgoingMessage},
        secret::WebhookSecret,
    },
};

const LIMIT: usize = 100;

fn new() -> NewWebhook {
    NewWebhook {
        url: "https://example.com/hooks?key=secret".to_owned(),
        rules: vec!["account-banned".to_owned(), "flapping:changes=3".to_owned()],
        secret: WebhookSecret::generate().unwrap(),
    }
}

fn message(number: u8) -> OutgoingMessage {
    OutgoingMessage { id: MessageId::of(&[&[number]]), body: MessageBody::new(vec![number]).unwrap() }
}

fn advance(webhook: WebhookNumber, from: Option<&str>, to: &str, messages: &[u8]) -> Advance {
    Advance {
        webhook,
        from: from.map(str::to_owned),
        to: to.to_owned(),
        state: vec![1, 2],
        messages: messages.iter().map(|number| (message(*number), "account.banned")).collect(),
        now: 100,
    }
}

fn record(number: i64, state: DeliveryState, next_attempt: i64) -> AttemptRecord {
    let outcome = "status 500".to_owned();
    AttemptRecord { number, outcome, state, next_attempt, throttled_until: None, disables: None }
}

async fn only(log: &dyn EventLog) -> (StoredWebhook, MessageCounts) {
    let mut all = log.webhooks(None).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The messages that a process may send at a time, by the first byte of their bodies.
async fn due(log: &dyn EventLog, owner: i64, now: i64) -> Vec<(i64, u8, u32)> {
    let wanted = log.webhooks(None).await.unwrap().iter().map(|(webhook, _)| (webhook.number, LIMIT)).collect();
    let due = log.due_deliveries(owner, now + 30, now, wanted).await.unwrap();
    due.iter().map(|due| (due.number, due.message.body.as_bytes()[0], due.attempts)).collect()
}

#[tokio::test]
async fn a_webhook_is_stored_as_it_was_added_and_belongs_to_its_tenant() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        add(&*log, 2).await;
        let (new, other) = (new(), new());
        let number = log.add_webhook(tenant(1), new.clone()).await.unwrap();
        let unknown = log.add_webhook(tenant(3), other.clone()).await;
        assert!(matches!(unknown, Err(StoreError::UnknownTenant(id)) if id == tenant(3)));
        let (StoredWebhook { url, rules, tenant_id, disabled, position, .. }, _) = only(&*log).await;
        assert_eq!((url, rules, tenant_id), (new.url.clone(), new.rules.clone(), tenant(1)));
        assert_eq!((disabled, position, log.rule_state(number).await.unwrap()), (None, None, None));
        let of = async |id| log.webhooks(Some(tenant(id))).await.unwrap().len();
        assert_eq!((of(1).await, of(2).await), (1, 0));
        assert!(!format!("{:?} {new:?}", only(&*log).await).contains("secret"), "neither address nor key");

        let sign =
            |webhook: &StoredWebhook, second| webhook.secrets.signature(&message(1).id, second, &message(1).body);
        let before = sign(&only(&*log).await.0, 1000);
        assert!(log.rotate_secret(number, other.secret, 2000).await.unwrap());
        let (rotated, _) = only(&*log).await;
        let both = sign(&rotated, 1000);
        assert!(both.ends_with(&before) && both.contains(' '), "two at once, the new one first");
        assert!(!sign(&rotated, 2000).contains(' '), "one after the time");

        assert!(log.remove_webhook(number).await.unwrap());
        assert!(!log.remove_webhook(number).await.unwrap());
        assert_eq!(of(1).await, 0);
        log.close().await.unwrap();
    }
}

#[tokio::test]
async fn one_process_owns_a_webhook_until_it_gives_it_up_or_its_time_is_over() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        log.add_webhook(tenant(1), new()).await.unwrap();
        let claim = async |owner, now| log.claim_webhooks(owner, now, now + 10).await.unwrap().len();
        assert_eq!(claim(7, 0).await, 1);
        assert_eq!((claim(8, 9).await, claim(7, 9).await), (0, 1), "it goes on");
        assert_eq!((claim(8, 18).await, claim(8, 19).await), (0, 1), "its time is over");
        assert_eq!((claim(7, 20).await, claim(8, 20).await, claim(7, 29).await), (0, 1, 1), "too soon to go on");
        assert_eq!(claim(8, 39).await, 1);
        log.release_webhooks(8).await.unwrap();
        assert_eq!(claim(7, 39).await, 1);
        log.close().await.unwrap();
    }
}

#[tokio::test]
async fn of_two_that_compute_the_same_alerts_one_stores_them() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let number = log.add_webhook(tenant(1), new()).await.unwrap();
        log.claim_webhooks(7, 0, 1000).await.unwrap();
        assert!(log.advance_webhook(advance(number, None, "10.00000001", &[1, 2])).await.unwrap());
        assert!(!log.advance_webhook(advance(number, None, "10.00000001", &[1, 2])).await.unwrap());
        // A message that is there already is stored once.
        assert!(log.advance_webhook(advance(number, Some("10.00000001"), "20.00000002", &[2, 3])).await.unwrap());
        let stored = RuleState { position: "20.00000002".to_owned(), state: vec![1, 2] };
        assert_eq!(log.rule_state(number).await.unwrap(), Some(stored));
        let (webhook, counts) = only(&*log).await;
        assert_eq!((webhook.position.as_deref(), counts.waiting), (Some("20.00000002"), 3));
        let bodies: Vec<u8> = due(&*log, 7, 100).await.iter().map(|(_, body, _)| *body).collect();
        assert_eq!(bodies, [1, 2, 3]);
        log.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_message_is_due_for_its_owner_until_somebody_has_it() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let number = log.add_webhook(tenant(1), new()).await.unwrap();
        log.claim_webhooks(7, 0, 10_000).await.unwrap();
        log.advance_webhook(advance(number, None, "10.00000001", &[1, 2])).await.unwrap();
        assert_eq!(due(&*log, 8, 100).await, [], "of another process");
        assert_eq!(due(&*log, 7, 99).await, [], "later");
        let first = due(&*log, 7, 100).await;
        let [one, two] = [first[0].0, first[1].0];
        assert_eq!(due(&*log, 7, 101).await, [(one, 1, 0), (two, 2, 0)], "nothing was recorded");
        assert_eq!(log.due_deliveries(7, 200, 100, vec![(number, 1)]).await.unwrap()[0].number, one, "one of them");
        assert_eq!(due(&*log, 7, 9_971).await, [], "its time would be over");

        let mut throttled = record(one, DeliveryState::Waiting, 200);
        throttled.throttled_until = Some(300);
        log.record_attempts(vec![throttled, record(two, DeliveryState::Delivered, 0)]).await.unwrap();
        assert_eq!(due(&*log, 7, 299).await, [], "the receiver wants nothing yet");
        assert_eq!(due(&*log, 7, 300).await, [(one, 1, 1)]);
        log.record_attempts(vec![record(one, DeliveryState::Failed, 0)]).await.unwrap();
        let shown = log.deliveries(number, LIMIT).await.unwrap();
        let states: Vec<_> = shown.iter().map(|delivery| (delivery.state, delivery.attempts)).collect();
        assert_eq!(states, [(DeliveryState::Delivered, 1), (DeliveryState::Failed, 2)]);
        assert_eq!(shown[1].outcome.as_deref(), Some("status 500"));
        assert_eq!(only(&*log).await.1, MessageCounts { waiting: 0, failed: 1 });

        assert!(log.add_message(number, message(9), "webhook.test", 400).await.unwrap());
        let test = due(&*log, 7, 400).await;
        let mut gone = record(test[0].0, DeliveryState::Failed, 0);
        gone.disables = Some("the receiver returned 410".to_owned());
        log.record_attempts(vec![gone]).await.unwrap();
        assert_eq!(only(&*log).await.0.disabled.as_deref(), Some("the receiver returned 410"));
        assert!(!log.add_message(WebhookNumber(number.0 + 1), message(9), "webhook.test", 400).await.unwrap());
        log.close().await.unwrap();
    }
}

#[tokio::test]
async fn messages_are_replayed_from_a_position_with_their_ids() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let number = log.add_webhook(tenant(1), new()).await.unwrap();
        log.claim_webhooks(7, 0, 10_000).await.unwrap();
        log.advance_webhook(advance(number, None, "9.00000001.9", &[1])).await.unwrap();
        log.advance_webhook(advance(number, Some("9.00000001.9"), "10.00000001", &[2])).await.unwrap();
        log.advance_webhook(advance(number, Some("10.00000001"), "100.00000001", &[3])).await.unwrap();
        log.add_message(number, message(4), "webhook.test", 100).await.unwrap();
        let sent = due(&*log, 7, 100).await;
        let done = sent.iter().map(|(number, ..)| record(*number, DeliveryState::Delivered, 0)).collect();
        log.record_attempts(done).await.unwrap();
        let since = "10.00000001".parse().unwrap();
        assert_eq!(log.replay_deliveries(number, since, 500).await.unwrap(), 2);
        let again = due(&*log, 7, 500).await;
        assert_eq!(again, [(sent[1].0, 2, 0), (sent[2].0, 3, 0)], "numbers, not texts, are compared");
        log.close().await.unwrap();
    }
}

#[tokio::test]
async fn deliveries_end_by_age_and_webhooks_with_their_tenant() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        for id in [1, 2] {
            add(&*log, id).await;
            let number = log.add_webhook(tenant(id), new()).await.unwrap();
            log.advance_webhook(advance(number, None, "9.00000001", &[1])).await.unwrap();
            log.add_message(number, message(2), "webhook.test", 200).await.unwrap();
        }
        assert_eq!(log.expire_deliveries(200).await.unwrap(), 2, "one of each");
        log.remove_tenant(tenant(1), true).await.unwrap();
        let (webhook, counts) = only(&*log).await;
        assert_eq!((webhook.tenant_id, counts.waiting), (tenant(2), 1));
        log.close().await.unwrap();
    }
}
