//! A mock of the ingest endpoint matches only calls with its order.

use group_dispatch_client::{Client, Credentials, types::ingest::FeedOrder};
use group_dispatch_httpmock::{httpmock::MockServer, ingest::MockServerExt};
use serde_json::{from_value, json};

/// Sends an event, and returns how many the call stored if a mock matched it.
async fn feed(server: &MockServer, order: Option<FeedOrder>) -> Option<usize> {
    let client = Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "k")).build().unwrap();
    let event = json!({
        "userId": 12, "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1, "detailStatus": 12,
        "createTime": 1_720_437_931,
    });
    let call = client.feed(from_value(json!([event])).unwrap());
    let call = match order {
        Some(order) => call.order(order),
        None => call,
    };
    call.await.ok().map(|receipt| receipt.stored.get())
}

#[tokio::test]
async fn each_order_and_no_order_has_its_own_mock() {
    let server = MockServer::start_async().await;
    let stored = |stored: u64| {
        let data = json!({ "stored": stored, "repeated": 0, "refused": 0, "refusals": [] });
        from_value(json!({ "code": 200, "message": "success", "data": data })).unwrap()
    };
    let newest_first = server.status_events(|when, then| {
        when.order(&FeedOrder::NewestFirst);
        then.ok(&stored(1));
    });
    assert_eq!(feed(&server, None).await, None, "a call without the order does not match");
    assert_eq!(feed(&server, Some(FeedOrder::OldestFirst)).await, None, "nor does one with the other order");
    let oldest_first = server.status_events(|when, then| {
        when.order(&FeedOrder::OldestFirst);
        then.ok(&stored(2));
    });
    assert_eq!(feed(&server, Some(FeedOrder::NewestFirst)).await, Some(1));
    assert_eq!(feed(&server, Some(FeedOrder::OldestFirst)).await, Some(2));
    assert_eq!(feed(&server, None).await, None);
    assert_eq!([newest_first, oldest_first].map(|mock| mock.calls()), [1, 1]);

    let server = MockServer::start_async().await;
    server.status_events(|when, then| {
        when.order(None);
        then.ok(&stored(3));
    });
    assert_eq!(feed(&server, Some(FeedOrder::NewestFirst)).await, None, "the mock matches calls without an order only");
    assert_eq!(feed(&server, None).await, Some(3));
}
