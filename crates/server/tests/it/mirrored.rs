//! A mirror sends what it found out, and reads back what the server knows: with which agent each account is now, and up to where.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use crate::common::{TestServer, now, start};
use group_dispatch_client::{
    Error,
    types::{BusinessCode, Source, UserId, ingest::*},
};
use group_dispatch_server::store::{Admin, Database};
use serde_json::{Value, json};

/// 2024-07-08T11:25:31Z.
const START: i64 = 1_720_437_931_000;

fn look(after: Option<i64>, at: i64) -> Value {
    let mut look = json!({
        "source": 1, "at": at, "continues": true, "isPartial": false, "logRead": at, "clockOffset": -250, "uncertainty": 500,
    });
    if let Some(after) = after {
        look["after"] = after.into();
    }
    look
}

fn logged(user_id: u64, detail: u32, at: i64) -> Value {
    json!({
        "source": 1, "userId": user_id, "agentAccount": "u1", "whatsApp": "8618217331411", "countryCode": "",
        "status": detail / 10 * 10, "detailStatus": detail, "createTime": at, "ordinal": 0,
    })
}

fn gone(user_id: u64, not_before: i64, not_after: i64) -> Value {
    json!({
        "source": 1, "change": "gone", "userId": user_id, "agentAccount": "", "whatsApp": "8618217331411",
        "notBefore": not_before, "notAfter": not_after,
    })
}

fn request(looks: Value, logged: Value, observed: Value) -> MirroredFactsRequest {
    let request = json!({ "mirror": 7, "looks": looks, "logged": logged, "observed": observed, "gaps": [] });
    serde_json::from_value(request).unwrap()
}

async fn send(server: &TestServer, request: MirroredFactsRequest) -> MirroredFactsReceipt {
    server.client(1).mirrored_facts(request).await.unwrap()
}

fn agents(receipt: &MirroredFactsReceipt) -> Vec<Option<UserId>> {
    receipt.accounts.iter().map(|account| account.user_id).collect()
}

#[tokio::test]
async fn the_receipt_says_with_which_agent_each_account_is_now() {
    let server = start().await;
    let records = request(json!([]), json!([logged(12, 12, START), logged(13, 12, START + 1000)]), json!([]));
    for (stored, repeated) in [(2, 0), (0, 2)] {
        let receipt = send(&server, records.clone()).await;
        assert_eq!(
            (receipt.outcome, receipt.stored.get(), receipt.repeated.get()),
            (MirrorOutcome::Stored, stored, repeated)
        );
        assert_eq!(agents(&receipt), [Some(13.into())], "the account is listed once, with the agent that has it");
    }
    // An event that is later outweighs what was observed.
    let observed = |at| request(json!([]), json!([]), json!([gone(13, START, at)]));
    assert_eq!(agents(&send(&server, observed(START + 500)).await), [Some(13.into())]);
    assert_eq!(agents(&send(&server, observed(START + 9000)).await), [None]);
}

#[tokio::test]
async fn a_look_says_how_many_requests_the_mirror_sends_and_need_not() {
    let server = start().await;
    let at = now() - 10_000;
    let mut first = look(None, at);
    first["requestsPerMinute"] = 96.into();
    first["interval"] = 5_000.into();
    for (look, requests, interval) in [(first, Some(96), Some(5_000)), (look(Some(at), at + 1), None, None)] {
        send(&server, request(json!([look]), json!([]), json!([]))).await;
        let sources = server.client(1).freshness().await.unwrap().sources;
        let [source] = sources.as_slice() else { panic!("{sources:?}") };
        let said =
            (source.requests_per_minute.map(|count| count.get()), source.interval.map(|interval| interval.get()));
        assert_eq!(said, (requests, interval));
    }
}

#[tokio::test]
async fn a_look_after_another_one_than_the_latest_is_a_conflict() {
    let server = start().await;
    let at = now() - 10_000;
    let with_look = |look| request(json!([look]), json!([logged(12, 12, START)]), json!([]));
    assert_eq!(send(&server, with_look(look(None, at))).await.outcome, MirrorOutcome::Stored);
    let conflict = send(&server, with_look(look(None, at + 1))).await;
    assert_eq!((conflict.outcome, conflict.accounts), (MirrorOutcome::Conflict, vec![]));
    let freshness = server.client(1).freshness().source(Source::Pc).await.unwrap();
    let [source] = freshness.sources.as_slice() else { panic!("{freshness:?}") };
    assert_eq!((source.last_look, source.log_read), (EventTime::Instant(at), Some(EventTime::Instant(at))));
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_place_and_nothing_is_stored() {
    let server = start().await;
    let wrong = |list: &str, member: &str, value: Value| {
        let mut request = json!({
            "mirror": 7, "looks": [look(None, START)], "logged": [logged(12, 12, START)], "observed": [gone(12, START, START)],
            "gaps": [{ "source": 1, "userId": 12, "agentAccount": "u1", "to": START }],
        });
        request[list][0][member] = value;
        serde_json::from_value::<MirroredFactsRequest>(request).unwrap()
    };
    let long = "x".repeat(129);
    for (request, message) in [
        (wrong("logged", "agentAccount", json!(long)), "logged[0].agentAccount: expected at most 128 characters"),
        (wrong("observed", "agentAccount", json!(long)), "observed[0].agentAccount: expected at most 128 characters"),
        (wrong("gaps", "agentAccount", json!(long)), "gaps[0].agentAccount: expected at most 128 characters"),
        (wrong("gaps", "to", json!(253_402_236_000_000_i64)), "gaps[0].to: expected a time within the years 0 to 9999"),
        (
            wrong("looks", "at", json!(253_402_236_000_000_i64)),
            "looks[0].at: expected a time within the years 0 to 9999",
        ),
    ] {
        let Error::Business { code, message: said, .. } = server.client(1).mirrored_facts(request).await.unwrap_err()
        else {
            panic!("another error")
        };
        assert_eq!((code, said), (BusinessCode::BadRequest, format!("{message}, so that nothing is stored")));
    }
    assert!(server.client(1).history().await.unwrap().events.is_empty());
    assert!(server.client(1).freshness().await.unwrap().sources.is_empty());
}

#[tokio::test]
async fn a_callback_of_the_vendor_is_kept_as_it_arrived() {
    let server = start().await;
    let callback = |timestamp, body: &str| {
        let body = body.to_owned();
        server.client(1).query(VendorCallbackRequest { timestamp: EventTime::Instant(timestamp), body })
    };
    for (timestamp, body, kept) in [(START, "e30=", 1), (START, "e30=", 1), (START + 1, "e30=", 2), (START, "/w==", 3)]
    {
        assert_eq!(callback(timestamp, body).await.unwrap().callbacks.get(), kept);
    }
    let admin = Admin::open(&Database::Sqlite(server.database())).await.unwrap();
    let kept = admin.callbacks(1.into()).await.unwrap();
    assert!(kept.iter().all(|callback| (callback.received - now()).abs() < 1_000_000));
    let kept: Vec<_> = kept.iter().map(|callback| (callback.timestamp, callback.body.as_slice())).collect();
    assert_eq!(kept, [(START, &b"{}"[..]), (START + 1, b"{}"), (START, b"\xff")]);
    let malformed = callback(START, "e30").await.unwrap_err();
    assert!(malformed.to_string().contains("body: expected Base64 with padding"), "{malformed}");
    let too_late = callback(253_402_236_000_000, "").await.unwrap_err();
    assert!(too_late.to_string().contains("timestamp: expected a time within"), "{too_late}");
}
