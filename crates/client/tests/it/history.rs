//! The history is read in pages, whose cursors the client sends back unchanged.

use futures_util::{StreamExt, TryStreamExt};
use group_dispatch_client::{
    Client, Credentials, Error, FeedSigning, RetryPolicy, Source,
    types::{
        Operation, StatusDetail,
        history::{EventTime, HistoryEvent, HistoryOrder, Provenance, ReportGrouping},
    },
};
use httpmock::{Mock, MockServer};
use serde_json::{Value, json};

fn client(server: &MockServer) -> Client {
    let builder = Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "key"));
    builder.retry(RetryPolicy::never()).build().unwrap()
}

fn event(at: u64) -> Value {
    json!({
        "provenance": "logged", "userId": 12, "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1,
        "status": 10, "detailStatus": 12, "createTime": at,
    })
}

/// Mocks the page that a request gets.
async fn page<'a>(server: &'a MockServer, request: Value, times: &[u64], next: Value) -> Mock<'a> {
    let events: Vec<Value> = times.iter().copied().map(event).collect();
    let mut data = json!({ "events": events });
    if !next.is_null() {
        data["next"] = next;
    }
    server
        .mock_async(|when, then| {
            when.method("POST").path(Operation::HistoryEvents.path()).json_body(request);
            then.status(200).json_body(json!({ "code": 200, "message": "success", "data": data }));
        })
        .await
}

fn times(events: &[HistoryEvent]) -> Vec<EventTime> {
    events.iter().map(|event| event.create_time.unwrap()).collect()
}

const TIMES: [u64; 3] = [1_720_437_931_000, 1_720_437_932_000, 1_720_437_933_000];

#[tokio::test]
async fn all_filters_are_sent_and_the_page_is_returned() {
    let server = MockServer::start_async().await;
    let request = json!({
        "from": 1_720_437_931_000_u64, "to": 1_720_438_000_000_u64, "userId": 12, "agentAccount": "u1",
        "whatsApp": "8618217331411", "source": 1, "status": 10, "detailStatus": 12, "provenance": "logged",
        "order": "newest-first", "limit": 2, "cursor": "c1",
    });
    let mock = page(&server, request, &TIMES[..2], json!("c2")).await;
    let query = client(&server)
        .history()
        .from(EventTime::Instant(1_720_437_931_000))
        .to(EventTime::Instant(1_720_438_000_000))
        .user_id(12)
        .agent_account("u1")
        .whats_app("+86 182-1733-1411")
        .source(Source::Pc)
        .status(10.into())
        .detail_status(StatusDetail::PcOnline)
        .provenance(Provenance::Logged)
        .order(HistoryOrder::NewestFirst)
        .limit(2)
        .cursor("c1".to_owned().into());
    let page = query.await.unwrap();
    mock.assert_async().await;
    assert_eq!(page.next.unwrap().as_str(), "c2");
    assert_eq!(times(&page.events), [EventTime::Instant(1_720_437_931_000), EventTime::Instant(1_720_437_932_000)]);
}

#[tokio::test]
async fn the_stream_requests_each_page_once_and_ends_after_the_last() {
    let server = MockServer::start_async().await;
    let pages = [
        page(&server, json!({ "userId": 12, "limit": 2 }), &TIMES[..2], json!("a")).await,
        // A page may be empty although another one follows.
        page(&server, json!({ "userId": 12, "limit": 2, "cursor": "a" }), &[], json!("b")).await,
        page(&server, json!({ "userId": 12, "limit": 2, "cursor": "b" }), &TIMES[2..], Value::Null).await,
    ];
    let mut stream = client(&server).history().user_id(12).limit(2).events();
    assert_eq!(pages[0].calls_async().await, 0, "nothing is sent before the stream is polled");
    let events: Vec<HistoryEvent> = stream.by_ref().try_collect().await.unwrap();
    let expected = TIMES.map(|time| EventTime::Instant(i64::try_from(time).unwrap()));
    assert_eq!(times(&events), expected);
    for page in pages {
        assert_eq!(page.calls_async().await, 1);
    }
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn the_stream_ends_after_an_error() {
    let server = MockServer::start_async().await;
    page(&server, json!({}), &TIMES[..1], json!("a")).await;
    let failing = server
        .mock_async(|when, then| {
            when.path(Operation::HistoryEvents.path()).json_body(json!({ "cursor": "a" }));
            then.status(500).json_body(json!({ "code": 517, "message": "database error", "data": null }));
        })
        .await;
    let stream = client(&server).history().events();
    let items: Vec<Result<HistoryEvent, Error>> = stream.collect().await;
    assert!(matches!(items.as_slice(), [Ok(_), Err(Error::Business { .. })]), "{items:?}");
    assert_eq!(failing.calls_async().await, 1);
}

#[tokio::test]
async fn what_is_out_of_range_is_not_sent() {
    let server = MockServer::start_async().await;
    for query in [client(&server).history().limit(0), client(&server).history().limit(1001)] {
        let error = query.await.unwrap_err();
        assert!(matches!(&error, Error::InvalidRequest(reason) if reason.contains("1 to 1000")), "{error}");
    }
    let error = client(&server).gaps().whats_app("nobody").await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
}

#[tokio::test]
async fn the_history_is_signed_as_feeds_are() {
    let server = MockServer::start_async().await;
    let data = json!({ "sources": [] });
    let response = json!({ "code": 200, "message": "success", "data": data });
    let by_hmac = server
        .mock_async(|when, then| {
            when.path(Operation::HistoryFreshness.path()).header_exists("hmac").header_missing("token");
            then.status(200).json_body(response.clone());
        })
        .await;
    assert!(client(&server).freshness().await.unwrap().sources.is_empty());
    assert_eq!(by_hmac.calls_async().await, 1);
    let builder = Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "key"));
    let client = builder.feed_signing(FeedSigning::Token).retry(RetryPolicy::never()).build().unwrap();
    let by_token = server
        .mock_async(|when, then| {
            when.path(Operation::HistoryFreshness.path()).header_exists("token").header_missing("hmac");
            then.status(200).json_body(response.clone());
        })
        .await;
    client.freshness().source(Source::Pc).await.unwrap();
    assert_eq!(by_token.calls_async().await, 1);
}

#[tokio::test]
async fn pages_since_a_time_come_until_there_is_no_next() {
    let server = MockServer::start_async().await;
    let from = 1_720_437_931_000_u64;
    let pages = [
        page(&server, json!({ "from": from, "limit": 2 }), &TIMES[..2], json!("a")).await,
        page(&server, json!({ "from": from, "limit": 2, "cursor": "a" }), &TIMES[2..], Value::Null).await,
    ];
    let mut stream = client(&server).history().limit(2).since(EventTime::Instant(1_720_437_931_000));
    let lengths: Vec<usize> = stream.by_ref().map_ok(|page| page.events.len()).try_collect().await.unwrap();
    assert_eq!(lengths, [2, 1]);
    for page in pages {
        assert_eq!(page.calls_async().await, 1);
    }
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn all_sessions_come_page_by_page() {
    let server = MockServer::start_async().await;
    let session = |from: u64| {
        json!({
            "userId": 12, "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1, "from": from, "atLeast": false,
            "began": { "provenance": "logged", "status": 10, "detailStatus": 12 },
        })
    };
    let mut pages = Vec::new();
    for (request, times, next) in [
        (json!({ "userId": 12, "limit": 2 }), &TIMES[..2], Some("a")),
        (json!({ "userId": 12, "limit": 2, "cursor": "a" }), &TIMES[2..], None),
    ] {
        let sessions: Vec<Value> = times.iter().copied().map(session).collect();
        let mut data = json!({ "sessions": sessions, "asOf": TIMES[2] });
        if let Some(next) = next {
            data["next"] = next.into();
        }
        let page = server.mock_async(|when, then| {
            when.method("POST").path(Operation::HistorySessions.path()).json_body(request);
            then.status(200).json_body(json!({ "code": 200, "message": "success", "data": data }));
        });
        pages.push(page.await);
    }
    let sessions = client(&server).sessions().user_id(12).limit(2).all();
    let sessions: Vec<_> = sessions.map_ok(|session| session.from).try_collect().await.unwrap();
    assert_eq!(sessions, TIMES.map(|time| EventTime::Instant(i64::try_from(time).unwrap())));
    for page in pages {
        assert_eq!(page.calls_async().await, 1);
    }
}

#[tokio::test]
async fn a_report_is_asked_for_with_all_filters() {
    let server = MockServer::start_async().await;
    let request = json!({
        "firstDay": "2024-07-07", "lastDay": "2024-07-08", "timeZone": "America/Bogota", "by": "agent-day", "userId": 12,
        "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1,
    });
    let row = json!({
        "day": "2024-07-08", "userId": 12, "agentAccount": "u1", "onlineMilliseconds": 5, "longestAbsenceMilliseconds": 6,
        "sessions": 1, "disconnects": 2, "bans": 3, "flaps": 4, "atLeast": true,
    });
    let data = json!({
        "from": TIMES[0], "to": TIMES[1], "asOf": TIMES[2], "timeZone": "America/Bogota", "timeZoneData": "2026f",
        "rows": [row],
    });
    let mock = server
        .mock_async(|when, then| {
            when.method("POST").path(Operation::HistoryReport.path()).json_body(request).header_exists("hmac");
            then.status(200).json_body(json!({ "code": 200, "message": "success", "data": data }));
        })
        .await;
    let query = client(&server)
        .report("2024-07-07", ReportGrouping::AgentDay)
        .last_day("2024-07-08")
        .time_zone("America/Bogota")
        .user_id(12)
        .agent_account("u1")
        .whats_app("+86 182-1733-1411")
        .source(Source::Pc);
    let report = query.await.unwrap();
    assert_eq!(mock.calls_async().await, 1);
    assert_eq!((report.rows[0].online_milliseconds.get(), report.rows[0].at_least), (5, true));
    for query in [
        client(&server).report("2024-7-8", ReportGrouping::Day),
        client(&server).report("2024-07-08", ReportGrouping::Day).last_day("tomorrow"),
        client(&server).report("2024-07-08", ReportGrouping::Day).time_zone("/etc/localtime"),
    ] {
        let error = query.await.unwrap_err();
        assert!(matches!(&error, Error::InvalidRequest(reason) if reason.starts_with("expected ")), "{error}");
    }
}
