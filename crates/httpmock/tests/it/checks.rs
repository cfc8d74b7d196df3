//! Which requests a mock refuses.

use std::time::Duration;

use crate::common::{now, request, request_at, send};
use group_dispatch_client::{Credentials, types::BusinessCode};
use group_dispatch_httpmock::{httpmock::MockServer, *};

#[tokio::test]
async fn timestamps_within_the_window_are_accepted() {
    for (window, off, code) in [
        (None, 4 * 60_000, 200),
        (None, -4 * 60_000, 200),
        (None, 6 * 60_000, 502),
        (None, -6 * 60_000, 502),
        (Some(60), -50_000, 200),
        (Some(60), -70_000, 502),
    ] {
        let server = MockServer::start_async().await;
        let clock = match window {
            None => Clock::default(),
            Some(seconds) => Clock::default().window(Duration::from_secs(seconds)),
        };
        server.respond_to(QueryUserStatus, MockResponse::empty().on_clock(clock).mirrored());
        let response = request_at(&server, now() + off).await;
        assert_eq!(response.json()["code"], code, "{window:?} {off}");
        assert_eq!(response.status, if code == 200 { 200 } else { 401 });
    }
}

#[tokio::test]
async fn a_clock_requires_a_timestamp() {
    let server = MockServer::start_async().await;
    server.respond_to(QueryUserStatus, MockResponse::empty().on_clock(Clock::default()));
    for (timestamp, code) in
        [(None, 518), (Some(""), 518), (Some("yesterday"), 519), (Some("+5"), 519), (Some("0"), 502)]
    {
        let request = request(&server, "queryUserStatus");
        let request = timestamp.into_iter().fold(request, |request, time| request.header("timestamp", time));
        assert_eq!(send(request).await.json()["code"], code, "{timestamp:?}");
    }
}

#[tokio::test]
async fn a_signature_is_checked_as_by_the_service() {
    let server = MockServer::start_async().await;
    let credentials = Credentials::new(1, "demo-api-key");
    server.respond_to(QueryUserStatus, MockResponse::empty().signed_by(credentials.clone()).on_clock(Clock::default()));
    let timestamp = now().to_string();
    let (right, other) = (credentials.token(&timestamp), Credentials::new(1, "other").token(&timestamp));
    let (timestamp, right, other) = (timestamp.as_str(), right.as_str(), other.as_str());
    for (tenant, timestamp, token, code) in [
        ("", "", "", 523),
        ("1", "", "", 518),
        ("1", timestamp, "", 525),
        ("1", "1710936559123", "a35aadc4da20a17e393fbc84321d55fc", 502),
        ("1", timestamp, other, 522),
        ("2", timestamp, right, 522),
        ("1", timestamp, &right.to_uppercase(), 522),
        ("1", timestamp, right, 200),
    ] {
        let request = request(&server, "queryUserStatus");
        let headers = [("tenant_id", tenant), ("timestamp", timestamp), ("token", token)];
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        assert_eq!(send(request).await.json()["code"], code, "{tenant} {timestamp} {token}");
    }
}

#[tokio::test]
async fn without_a_clock_a_signature_may_have_any_time() {
    let server = MockServer::start_async().await;
    server.respond_to(QueryUserStatus, MockResponse::empty().signed_by(Credentials::new(1, "demo-api-key")));
    let request = request(&server, "queryUserStatus")
        .header("tenant_id", "1")
        .header("timestamp", "1710936559123")
        .header("token", "a35aadc4da20a17e393fbc84321d55fc");
    assert_eq!(send(request).await.json()["code"], BusinessCode::Success.code());
}

#[tokio::test]
async fn a_refusal_has_nothing_of_the_answer_in_its_place() {
    let server = MockServer::start_async().await;
    let limited = MockResponse::rate_limited(RetryAfter::Seconds(1)).header("x-request-id", "order-4711");
    server.respond_to(QueryUserStatus, limited.on_clock(Clock::default()));
    let refused = request_at(&server, 0).await;
    assert_eq!((refused.status, &refused.json()["code"]), (401, &502.into()));
    assert!(!refused.headers.contains_key("retry-after") && !refused.headers.contains_key("x-request-id"));
    let limited = request_at(&server, now()).await;
    assert_eq!((limited.status, &limited.headers["retry-after"]), (429, &1.into()));
    assert_eq!(limited.headers["x-request-id"], "order-4711");
}
