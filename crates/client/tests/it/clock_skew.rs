//! Calls succeed although this machine's clock is wrong, after at most one refused request.

use std::time::{Duration, SystemTime};

use crate::common::{builder, client, credentials, raw, user_status};
use group_dispatch_client::{Error, RetryBudget, types::*};
use group_dispatch_httpmock::{httpmock::MockServer, *};

const HOUR: Duration = Duration::from_secs(3600);

/// Clocks that reject requests of the current time.
fn wrong_clocks() -> [Clock; 3] {
    let strict = Clock::behind(Duration::from_secs(90)).window(Duration::from_secs(60));
    [Clock::ahead(HOUR), Clock::behind(HOUR), strict]
}

fn good() -> MockResponse<QueryUserStatus> {
    MockResponse::empty().signed_by(credentials())
}

fn is_502(error: &Error) -> bool {
    matches!(error, Error::Business { code: BusinessCode::TimestampTimeout, .. })
}

#[tokio::test]
async fn the_first_call_measures_the_services_clock_for_all_clones() {
    for clock in wrong_clocks() {
        for answer in [good(), good().mirrored()] {
            let server = MockServer::start_async().await;
            let calls = server.respond_to(QueryUserStatus, answer.on_clock(clock));
            let client = builder(server.base_url()).build().unwrap();
            let other = client.clone();
            let first = client.query(user_status()).with_response().await.unwrap();
            assert_eq!((first.response.attempts(), calls.count()), (2, 2), "{clock:?}");
            for client in [&client, &other, &client.clone()] {
                assert_eq!(client.query(user_status()).with_response().await.unwrap().response.attempts(), 1);
            }
            assert_eq!(calls.count(), 5, "{clock:?}");
        }
    }
}

#[tokio::test]
async fn a_client_that_never_retries_measures_for_the_next_call() {
    for clock in wrong_clocks() {
        let server = MockServer::start_async().await;
        let calls = server.respond_to(QueryUserStatus, good().on_clock(clock));
        let client = client(server.base_url());
        let error = client.query(user_status()).await.unwrap_err();
        assert!(is_502(&error) && error.attempts() == 1, "{clock:?}: {error:?}");
        client.query(user_status()).await.unwrap();
        assert_eq!(calls.count(), 2, "{clock:?}");
    }
}

#[tokio::test]
async fn concurrent_calls_measure_independently() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryUserStatus, good().on_clock(Clock::ahead(HOUR)));
    let client = builder(server.base_url()).build().unwrap();
    for answer in futures_util::future::join_all((0..10).map(|_| client.query(user_status()).into_future())).await {
        answer.unwrap();
    }
    assert!((11..=20).contains(&calls.count()), "{}", calls.count());
}

#[tokio::test]
async fn a_corrected_clock_is_measured_again() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(
        QueryUserStatus,
        [good().on_clock(Clock::behind(HOUR)).times(3), good().on_clock(Clock::default())],
    );
    let client = builder(server.base_url()).build().unwrap();
    let mut attempts = Vec::new();
    for _ in 0..4 {
        attempts.push(client.query(user_status()).with_response().await.unwrap().response.attempts());
    }
    assert_eq!((attempts, calls.count()), (vec![2, 1, 2, 1], 6));
}

#[tokio::test]
async fn signing_again_takes_nothing_from_the_retry_budget() {
    let server = MockServer::start_async().await;
    server.respond_to(QueryUserStatus, good().on_clock(Clock::ahead(HOUR)));
    let client = builder(server.base_url()).retry_budget(RetryBudget::new(0, 0.0, 0.0)).build().unwrap();
    client.query(user_status()).await.unwrap();
}

#[tokio::test]
async fn temporary_failures_may_come_before_and_after() {
    let server = MockServer::start_async().await;
    let clock = Clock::ahead(HOUR);
    let calls = server.respond_to(
        QueryUserStatus,
        [
            MockResponse::proxy_page(503),
            good().on_clock(clock),
            MockResponse::business(BusinessCode::DatabaseError),
            good().on_clock(clock),
        ],
    );
    let client = builder(server.base_url()).build().unwrap();
    client.query(user_status()).await.unwrap();
    assert_eq!(calls.count(), 4);
}

/// No difference of the clocks explains the second refusal.
#[tokio::test]
async fn a_service_that_rejects_every_timestamp_gets_at_most_two_requests() {
    let refusal = || MockResponse::business(BusinessCode::TimestampTimeout);
    let in_an_hour = httpdate::fmt_http_date(SystemTime::now() + HOUR);
    for (answer, signed_anew) in [(refusal(), false), (refusal().header("date", in_an_hour), true)] {
        let server = MockServer::start_async().await;
        let calls = server.respond_to(QueryUserStatus, answer);
        let client = builder(server.base_url()).build().unwrap();
        let error = client.query(user_status()).await.unwrap_err();
        assert!(is_502(&error), "{error:?}");
        assert_eq!(error.attempts() as usize, calls.count());
        // A correct date explains nothing, unless the response was delayed by that time.
        assert!(if signed_anew { calls.count() == 2 } else { calls.count() <= 2 }, "{}", calls.count());
    }
}

#[tokio::test]
async fn nothing_is_measured_without_a_date() {
    let body = r#"{"code": 502, "message": "timestamp timeout", "data": null}"#;
    for date in ["", "date: yesterday\r\n"] {
        let answer = format!("HTTP/1.1 200 OK\r\n{date}content-length: {}\r\n\r\n{body}", body.len());
        let client = builder(raw(answer.leak().as_bytes(), true)).build().unwrap();
        let error = client.all_online().await.unwrap_err();
        assert!(is_502(&error) && error.attempts() == 1, "{error:?}");
    }
}
