//! The history is read as it is stored: each event with how it is known, in pages whose cursors belong to one request.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use crate::common::{TestServer, credentials, envelope, http, now, start, stored};
use futures_util::TryStreamExt;
use group_dispatch_client::{
    Client, Credentials, Error, FeedSigning,
    types::{Operation, history::*},
};
use group_dispatch_server::{
    ApiKey,
    event::{self, StatusEvent},
    store::{self, KeyAccess, KeyAddition, Look, Mirrored, MirroredFacts, TenantKey},
};
use serde_json::{Value, json};

/// 2024-07-08T11:25:31Z.
const START: i64 = 1_720_437_931_000;

/// An account of agent 12 that came online at PC, this number of seconds after the start.
fn online(second: i64) -> StatusEvent {
    let event = json!({
        "userId": 12, "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1, "detailStatus": 12,
        "createTime": START + second * 1000,
    });
    stored(&event.to_string())
}

fn logged(event: StatusEvent) -> StatusEvent {
    StatusEvent { provenance: event::Provenance::Logged { ordinal: 0 }, ..event }
}

fn observed(status: AccountStatus, not_before: Option<i64>, event: StatusEvent) -> StatusEvent {
    let provenance = event::Provenance::Observed { not_before };
    StatusEvent { provenance, status, detail_status: StatusDetail::Unknown(0), ..event }
}

async fn mirror(server: &TestServer, facts: MirroredFacts) {
    let outcome = server.store.append_mirrored(1.into(), facts).await.unwrap();
    assert!(matches!(outcome, Mirrored::Stored { .. }), "{outcome:?}");
}

async fn with(fed: Vec<StatusEvent>, mirrored: Vec<StatusEvent>) -> TestServer {
    let server = start().await;
    server.store.append(1.into(), fed).await.unwrap();
    mirror(&server, MirroredFacts { events: mirrored, ..MirroredFacts::default() }).await;
    server
}

fn at(second: i64) -> EventTime {
    EventTime::Instant(START + second * 1000)
}

fn times(events: &[HistoryEvent]) -> Vec<EventTime> {
    events.iter().map(|event| event.create_time.or(event.not_after).unwrap()).collect()
}

/// Sends a request, which has to be refused with code 400; returns the message.
async fn refused(server: &TestServer, body: Value) -> String {
    let request: HistoryEventsRequest = serde_json::from_value(body).unwrap();
    let Error::Business { code, message, .. } = server.client(1).query(request).await.unwrap_err() else {
        panic!("another error")
    };
    assert_eq!(code, BusinessCode::BadRequest);
    message
}

#[tokio::test]
async fn each_event_says_how_it_is_known() {
    let named = StatusEvent {
        event_id: Some("feeder-1".to_owned()),
        user_name: Some("li".to_owned()),
        name: Some(String::new()),
        country_code: "Colombia".to_owned(),
        ..online(0)
    };
    let came = observed(AccountStatus::Online, None, online(20));
    let gone = observed(AccountStatus::Offline, Some(START + 25_000), online(30));
    let server = with(vec![named], vec![logged(online(10)), came, gone]).await;
    let page = server.client(1).history().await.unwrap();
    assert_eq!(page.next, None);
    let page = serde_json::to_value(page.events).unwrap();
    let of = |members: Value| {
        let mut event = json!({ "userId": 12, "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1 });
        event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        event
    };
    let expected = json!([
        of(json!({
            "provenance": "fed", "status": 10, "detailStatus": 12, "createTime": START, "eventId": "feeder-1", "userName": "li",
            "countryCode": "Colombia",
        })),
        of(json!({ "provenance": "logged", "status": 10, "detailStatus": 12, "createTime": START + 10_000 })),
        of(json!({ "provenance": "observed", "status": 10, "change": "came", "notAfter": START + 20_000 })),
        of(json!({
            "provenance": "observed", "change": "gone", "notBefore": START + 25_000, "notAfter": START + 30_000,
        })),
    ]);
    assert_eq!(page, expected);
}

#[tokio::test]
async fn each_filter_leaves_out_what_differs_in_it() {
    let offline =
        StatusEvent { status: AccountStatus::Offline, detail_status: StatusDetail::PcClientClosed, ..online(10) };
    let others = [
        StatusEvent { source: Source::Mobile, ..online(20) },
        StatusEvent { user_id: 13.into(), agent_account: "u2".to_owned(), ..online(30) },
        StatusEvent { whatsapp: "573125704139".parse().unwrap(), ..online(40) },
    ];
    let mut fed = vec![online(0), offline];
    fed.extend(others);
    let gone = observed(AccountStatus::Offline, None, online(60));
    let server = with(fed, vec![logged(online(50)), gone]).await;
    let history = || server.client(1).history();
    for (name, query, expected) in [
        ("from", history().from(at(50)), &[50, 60][..]),
        ("to", history().to(at(10)), &[0]),
        ("userId", history().user_id(13), &[30]),
        ("agentAccount", history().agent_account("u2"), &[30]),
        ("an empty agentAccount", history().agent_account(" ").from(at(50)), &[50, 60]),
        ("whatsApp", history().whats_app("573125704139"), &[40]),
        ("source", history().source(Source::Mobile), &[20]),
        // An account that was seen to be gone may be banned.
        ("status", history().status(AccountStatus::Offline), &[10]),
        ("detailStatus", history().detail_status(StatusDetail::PcClientClosed), &[10]),
        ("fed", history().provenance(Provenance::Fed).from(at(40)), &[40]),
        ("logged", history().provenance(Provenance::Logged), &[50]),
        ("observed", history().provenance(Provenance::Observed), &[60]),
        ("newest first", history().order(HistoryOrder::NewestFirst).from(at(40)), &[60, 50, 40]),
    ] {
        let expected: Vec<_> = expected.iter().copied().map(at).collect();
        assert_eq!(times(&query.await.unwrap().events), expected, "{name}");
    }
}

#[tokio::test]
async fn pages_have_each_event_once_in_either_order() {
    let server = with((0..7).map(online).collect(), Vec::new()).await;
    let all: Vec<_> = (0..7).map(at).collect();
    for limit in [1, 2, 3, 7, 1000] {
        let history = || server.client(1).history().limit(limit);
        let events: Vec<_> = history().events().try_collect().await.unwrap();
        assert_eq!(times(&events), all, "{limit}");
        let events: Vec<_> = history().order(HistoryOrder::NewestFirst).events().try_collect().await.unwrap();
        assert!(times(&events).iter().eq(all.iter().rev()), "{limit}");
    }
    // Without a limit, a page has 100 events.
    server.store.append(1.into(), (7..101).map(online).collect()).await.unwrap();
    let page = server.client(1).history().await.unwrap();
    assert_eq!(page.events.len(), 100);
    assert!(page.next.is_some());
}

#[tokio::test]
async fn a_cursor_belongs_to_one_request() {
    let server = with((0..3).map(online).collect(), Vec::new()).await;
    let next = server.client(1).history().user_id(12).limit(1).await.unwrap().next.unwrap();
    let rest = server.client(1).history().user_id(12).limit(2).cursor(next.clone()).await.unwrap();
    assert_eq!(times(&rest.events), [at(1), at(2)], "with another limit");
    let expected = "cursor: expected the `next` of a response to the same request";
    for other in [
        json!({ "cursor": next }),
        json!({ "cursor": next, "userId": 12, "order": "newest-first" }),
        json!({ "cursor": next, "userId": 12, "from": START }),
        json!({ "cursor": "bmV4dA", "userId": 12 }),
        json!({ "cursor": format!("1.{next}"), "userId": 12 }),
    ] {
        assert_eq!(refused(&server, other.clone()).await, expected, "{other}");
    }
    let gaps = server.client(1).gaps().user_id(12).cursor(next);
    assert!(matches!(gaps.await, Err(Error::Business { code: BusinessCode::BadRequest, .. })), "of another operation");
}

#[tokio::test]
async fn a_limit_out_of_range_is_refused_by_its_name() {
    let server = start().await;
    for operation in [Operation::HistoryEvents, Operation::HistoryGaps, Operation::HistorySessions] {
        for limit in [0, 1001] {
            let body = json!({ "limit": limit }).to_string();
            let response = server.signed(&http(), 1, operation.path(), "application/json", body).send().await.unwrap();
            let body: Value = response.json().await.unwrap();
            let expected = "limit: expected PageLimit: an integer from 1 to 1000";
            assert_eq!((&body["code"], &body["message"]), (&json!(400), &json!(expected)), "{body}");
        }
    }
}

#[tokio::test]
async fn gaps_are_those_that_were_declared() {
    let server = start().await;
    let gap = |user_id: u32, to: i64| store::Gap {
        source: Source::Pc,
        user_id: user_id.into(),
        agent_account: "u1".to_owned(),
        whatsapp: None,
        from: None,
        to: START + to * 1000,
    };
    let of_account = store::Gap { whatsapp: Some("8618217331411".parse().unwrap()), from: Some(START), ..gap(13, 20) };
    let gaps = vec![gap(12, 10), of_account, gap(12, 30)];
    mirror(&server, MirroredFacts { gaps, ..MirroredFacts::default() }).await;
    let ends = async |query: group_dispatch_client::Query<HistoryGapsRequest>| -> Vec<EventTime> {
        query.await.unwrap().gaps.into_iter().map(|gap| gap.to).collect()
    };
    let gaps = || server.client(1).gaps();
    assert_eq!(ends(gaps()).await, [at(10), at(20), at(30)]);
    assert_eq!(ends(gaps().user_id(13)).await, [at(20)]);
    // An account is that of an agent by the events that are known.
    assert!(ends(gaps().agent_account("u1")).await.is_empty());
    server.store.append(1.into(), vec![online(0)]).await.unwrap();
    assert_eq!(ends(gaps().agent_account("u1")).await, [at(10), at(30)]);
    assert!(ends(gaps().agent_account("u1").user_id(13)).await.is_empty());
    assert!(ends(gaps().agent_account("nobody")).await.is_empty());
    assert_eq!(ends(gaps().agent_account("")).await, [at(10), at(20), at(30)], "an empty text selects nothing");
    assert_eq!(ends(gaps().from(at(20))).await, [at(20), at(30)]);
    assert!(ends(gaps().source(Source::Mobile)).await.is_empty());
    // What may concern any account of an agent may concern this one.
    assert_eq!(ends(gaps().whats_app("8618217331411")).await, [at(10), at(20), at(30)]);
    assert_eq!(ends(gaps().whats_app("573125704139")).await, [at(10), at(30)]);
    let first = gaps().limit(2).await.unwrap();
    let members = serde_json::to_value(&first.gaps[1]).unwrap();
    let expected = json!({
        "source": 1, "userId": 13, "agentAccount": "u1", "whatsApp": "8618217331411", "from": START, "to": START + 20_000,
    });
    assert_eq!(members, expected);
    let second = gaps().limit(2).cursor(first.next.unwrap()).await.unwrap();
    assert_eq!((second.gaps.len(), second.gaps[0].to, second.next), (1, at(30), None));
}

#[tokio::test]
async fn freshness_is_that_of_the_last_look() {
    let server = start().await;
    assert!(server.client(1).freshness().await.unwrap().sources.is_empty(), "nobody looked");
    let last = now() - 10_000;
    let look = |after: Option<i64>, at: i64, continues: bool| Look {
        source: Source::Pc,
        at,
        after,
        continues,
        is_partial: false,
        log_read: Some(START),
        mirror: 5,
        clock_offset: -250,
        uncertainty: 500,
        requests_per_minute: Some(60),
        interval: Some(5_000),
    };
    let looks =
        vec![look(None, START, false), look(Some(START), last - 5_000, false), look(Some(last - 5_000), last, true)];
    mirror(&server, MirroredFacts { looks, ..MirroredFacts::default() }).await;
    let sources = server.client(1).freshness().await.unwrap().sources;
    let [source] = sources.as_slice() else { panic!("{sources:?}") };
    let times = (source.first_look, source.looked_since, source.last_look);
    assert_eq!(times, (at(0), EventTime::Instant(last - 5_000), EventTime::Instant(last)));
    assert_eq!(source.log_read, Some(at(0)));
    assert_eq!((source.source, source.clock_offset.get(), source.uncertainty.get()), (Source::Pc, -250, 500));
    let said = (source.requests_per_minute.map(|count| count.get()), source.interval.map(|interval| interval.get()));
    assert_eq!(said, (Some(60), Some(5_000)));
    // In seconds, however slow this machine is.
    assert!((10..5_000).contains(&source.age.get()), "{}", source.age);
    assert_eq!(server.client(1).freshness().source(Source::Pc).await.unwrap().sources.len(), 1);
    assert!(server.client(1).freshness().source(Source::Mobile).await.unwrap().sources.is_empty());
}

#[tokio::test]
async fn every_key_may_read_the_history_of_its_tenant_alone() {
    let server = with(vec![online(0)], Vec::new()).await;
    let key =
        TenantKey { name: "dashboard".parse().unwrap(), key: ApiKey::new("dashboard-key"), access: KeyAccess::Ask };
    assert_eq!(server.store.add_key(1.into(), key).await.unwrap(), KeyAddition::Added);
    let count = async |credentials: Credentials, signing: FeedSigning| {
        let builder = Client::builder().base_url(&server.url).credentials(credentials).http_client(http());
        builder.feed_signing(signing).build().unwrap().history().await.unwrap().events.len()
    };
    for signing in [FeedSigning::Hmac, FeedSigning::Token] {
        assert_eq!(count(Credentials::new(1, "dashboard-key"), signing).await, 1);
        assert_eq!(count(credentials(2), signing).await, 0);
    }
}

/// As queries do (D5).
#[tokio::test]
async fn a_source_that_is_not_listed_is_refused_by_every_operation() {
    let server = start().await;
    for (operation, mut body) in [
        (Operation::HistoryEvents, json!({})),
        (Operation::HistoryGaps, json!({})),
        (Operation::HistoryFreshness, json!({})),
        (Operation::HistoryChanges, json!({})),
        (Operation::HistorySessions, json!({})),
        (Operation::HistoryReport, json!({ "firstDay": "2024-07-08", "by": "agent" })),
    ] {
        for (source, status) in [(1, 200), (4, 400), (-1, 400)] {
            body["source"] = source.into();
            let call = server.signed(&http(), 1, operation.path(), "application/json", body.to_string());
            let (received, response) = envelope(call.send().await.unwrap()).await;
            assert_eq!(received.as_u16(), status, "{operation:?} {source}: {response}");
            if status == 400 {
                assert_eq!(response["message"], "source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)");
            }
        }
    }
}
