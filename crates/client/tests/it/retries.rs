//! Which failures are retried, and when.

use std::time::{Duration, Instant};

use crate::common::{builder, credentials, query_all, user_status, without_pauses};
use group_dispatch_client::{Error, RetryBudget, RetryPolicy, types::*};
use group_dispatch_httpmock::{httpmock::MockServer, *};

type Bad = MockResponse<QueryUserStatus>;

fn agents() -> Vec<OnlineAgent> {
    vec![online_agent(12, "u1", ["8618217331411"])]
}

/// Returns temporary failures, as the service and proxies report them.
fn temporary_failures() -> Vec<(String, Bad)> {
    let mut failures = Vec::new();
    for status in [408, 429, 500, 502, 503, 504, 599] {
        failures.push((format!("a page with status {status}"), MockResponse::proxy_page(status)));
    }
    for code in [408, 429, 500, 517].map(BusinessCode::from) {
        failures.push((format!("{code:?}, by its code only"), MockResponse::business(code)));
        failures.push((format!("{code:?}, by its HTTP status, too"), MockResponse::business(code).mirrored()));
    }
    let unknown = r#"{"code": 60001, "message": "new", "data": null}"#;
    failures.push(("an unknown code with status 503".to_owned(), MockResponse::raw(503, "application/json", unknown)));
    failures.push(("JSON that was cut".to_owned(), MockResponse::malformed(Malformed::CutJson)));
    failures.push(("an empty body".to_owned(), MockResponse::malformed(Malformed::Empty)));
    failures
}

/// Returns failures that a retry does not help.
fn permanent_failures() -> Vec<(String, Bad)> {
    let mut failures = Vec::new();
    failures.push(("a page that did not change".to_owned(), MockResponse::raw(304, "text/html", "")));
    for status in [301, 400, 401, 403, 404, 422] {
        failures.push((format!("a page with status {status}"), MockResponse::proxy_page(status)));
    }
    for code in [400, 404, 501, 518, 519, 522, 523, 525, 530, 60_001].map(BusinessCode::from) {
        failures.push((format!("{code:?}"), MockResponse::business(code)));
    }
    failures.push(("a wrong user name with status 500".to_owned(), MockResponse::business(530.into()).mirrored()));
    for how in [Malformed::Garbage, Malformed::HtmlPage, Malformed::WrongShape] {
        failures.push((format!("{how:?}"), MockResponse::malformed(how)));
    }
    failures
}

#[tokio::test]
async fn temporary_failures_are_retried_until_a_success() {
    for (what, failure) in temporary_failures() {
        let server = MockServer::start_async().await;
        let calls = server.respond_to(QueryUserStatus, [failure.times(3), MockResponse::ok(agents())]);
        let client = builder(server.base_url()).build().unwrap();
        let answer =
            client.query(user_status()).with_response().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!((answer.data, answer.response.attempts(), calls.count()), (agents(), 4, 4), "{what}");
    }
}

#[tokio::test]
async fn the_last_failure_is_returned_when_no_attempts_are_left() {
    for (what, failure) in temporary_failures() {
        let server = MockServer::start_async().await;
        let first = MockResponse::proxy_page(503).header("x-request-id", "first");
        let calls = server.respond_to(QueryUserStatus, [first, failure.header("x-request-id", "last")]);
        let client = builder(server.base_url()).build().unwrap();
        let error = client.query(user_status()).await.unwrap_err();
        assert_eq!((error.attempts(), calls.count()), (4, 4), "{what}");
        assert_eq!(error.request_id(), Some("last"), "{what}");
        assert!(error.is_retryable() && !error.is_timeout(), "{what}: {error:?}");
        assert!(error.to_string().contains("after 4 attempts"), "{what}: {error}");
    }
}

#[tokio::test]
async fn permanent_failures_are_not_retried() {
    for (what, failure) in permanent_failures() {
        let server = MockServer::start_async().await;
        let calls = server.respond_to(QueryUserStatus, [failure, MockResponse::ok(agents())]);
        let client = builder(server.base_url()).build().unwrap();
        let error = client.query(user_status()).await.expect_err(&what);
        assert_eq!((error.attempts(), calls.count()), (1, 1), "{what}: {error:?}");
        assert!(!error.is_retryable(), "{what}: {error:?}");
    }
}

#[tokio::test]
async fn a_permanent_failure_ends_the_retries() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(
        QueryUserStatus,
        [MockResponse::proxy_page(503), MockResponse::business(BusinessCode::TokenWrong), MockResponse::ok(agents())],
    );
    let error = builder(server.base_url()).build().unwrap().query(user_status()).await.unwrap_err();
    assert_eq!((error.code(), error.attempts(), calls.count()), (Some(BusinessCode::TokenWrong), 2, 2));
}

#[tokio::test]
async fn every_operation_is_retried() {
    let server = MockServer::start_async().await;
    fn failing_once<O: MockOperation<Data: Default>>(server: &MockServer, operation: O) -> Calls {
        server.respond_to(operation, [MockResponse::business(BusinessCode::DatabaseError), MockResponse::empty()])
    }
    let calls = [
        failing_once(&server, QueryUserStatus),
        failing_once(&server, QueryAllOlWhatsAppInfo),
        failing_once(&server, QueryWhatsAppInfo),
        failing_once(&server, QueryUserStatusLog),
        failing_once(&server, GetLatestOnlineWhatsAccount),
    ];
    for answer in query_all(&builder(server.base_url()).build().unwrap()).await {
        answer.unwrap();
    }
    assert_eq!(calls.map(|calls| calls.count()), [2; 5]);
}

#[tokio::test]
async fn the_policy_never_sends_one_request_per_call() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryUserStatus, MockResponse::business(BusinessCode::DatabaseError));
    let never = builder(server.base_url()).retry(RetryPolicy::never()).build().unwrap();
    let four = builder(server.base_url()).build().unwrap();
    let mut seen = 0;
    for (query, expected) in [
        (never.query(user_status()), 1),
        (four.query(user_status()).retry(RetryPolicy::never()), 1),
        (four.query(user_status()).retry(without_pauses().max_attempts(0)), 1),
        (four.query(user_status()), 4),
        (four.query(user_status()).retry(without_pauses().max_attempts(6)), 6),
        (never.query(user_status()).retry(without_pauses().max_attempts(2)), 2),
        (never.query(user_status()), 1),
    ] {
        let error = query.await.unwrap_err();
        assert_eq!(error.attempts(), expected);
        assert_eq!(calls.count() - seen, expected as usize);
        assert!(matches!(error, Error::Business { .. }), "{error:?}");
        seen = calls.count();
    }
}

#[tokio::test]
async fn each_attempt_has_its_own_timestamp_and_signature() {
    let server = MockServer::start_async().await;
    // The delay keeps two attempts from having the same millisecond.
    let slow = MockResponse::proxy_page(503).after(Duration::from_millis(5));
    let calls = server.respond_to(QueryUserStatus, [slow.times(3), MockResponse::empty().signed_by(credentials())]);
    assert_eq!(builder(server.base_url()).build().unwrap().query(user_status()).await.unwrap(), []);
    let mut last = String::new();
    for request in calls.requests() {
        let headers = request.headers();
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(text("token"), credentials().token(&text("timestamp")));
        assert!(text("timestamp") > last, "{} after {last}", text("timestamp"));
        last = text("timestamp");
    }
    assert_eq!(calls.count(), 4);
}

#[tokio::test]
async fn retry_after_is_respected() {
    let second = Duration::from_secs(1);
    let waits = [RetryAfter::Seconds(1), RetryAfter::DateIn(second)].map(|retry_after| async move {
        let server = MockServer::start_async().await;
        let calls =
            server.respond_to(QueryUserStatus, [MockResponse::rate_limited(retry_after), MockResponse::empty()]);
        let client = builder(server.base_url()).build().unwrap();
        let asked = Instant::now();
        client.query(user_status()).await.unwrap();
        (asked.elapsed(), calls.count())
    });
    for (took, requests) in futures_util::future::join_all(waits).await {
        assert!(took >= second, "{took:?}");
        assert_eq!(requests, 2);
    }
}

#[tokio::test]
async fn retry_after_counts_with_any_failure() {
    for failure in [Bad::proxy_page(503), Bad::business(BusinessCode::DatabaseError), Bad::malformed(Malformed::Empty)]
    {
        let server = MockServer::start_async().await;
        let calls = server.respond_to(QueryUserStatus, failure.header("retry-after", "86400"));
        builder(server.base_url()).build().unwrap().query(user_status()).await.unwrap_err();
        assert_eq!(calls.count(), 1, "there is no time to wait for a day");
    }
}

#[tokio::test]
async fn a_retry_after_beyond_the_timeout_ends_the_call_immediately() {
    for retry_after in [RetryAfter::Seconds(86_400), RetryAfter::DateIn(Duration::from_secs(86_400))] {
        let server = MockServer::start_async().await;
        let calls = server.respond_to(QueryUserStatus, MockResponse::rate_limited(retry_after));
        let client = builder(server.base_url()).timeout(Duration::from_secs(3600)).build().unwrap();
        let error = client.query(user_status()).await.unwrap_err();
        assert_eq!((error.code(), error.attempts()), (Some(BusinessCode::TooManyRequests), 1));
        assert!(!error.is_timeout() && calls.count() == 1);
    }
}

#[tokio::test]
async fn the_timeout_of_the_call_limits_all_attempts() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryUserStatus, MockResponse::never());
    let (attempt, whole) = (Duration::from_millis(100), Duration::from_millis(250));
    let patient = without_pauses().max_attempts(1_000_000);
    let client = builder(server.base_url()).attempt_timeout(attempt).timeout(whole).retry(patient);
    let client = client.build().unwrap();
    let asked = Instant::now();
    let error = client.query(user_status()).await.unwrap_err();
    assert!(asked.elapsed() >= whole, "{:?}", asked.elapsed());
    assert!(error.is_timeout() && matches!(error, Error::Timeout { .. }), "{error:?}");
    // Two attempts of 100 ms, and a third with the rest of the time.
    assert!((1..=3).contains(&error.attempts()), "{error}");
    assert!(calls.count() <= 3, "{}", calls.count());
}

#[tokio::test]
async fn a_call_may_have_its_own_timeout() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryUserStatus, MockResponse::never());
    let client = builder(server.base_url()).attempt_timeout(Duration::from_secs(86_400)).build().unwrap();
    let error = client.query(user_status()).timeout(Duration::from_millis(200)).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.attempts(), 1, "no time is left for another");
    assert!(calls.count() <= 1);
}

#[tokio::test]
async fn an_attempt_that_times_out_is_retried() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryUserStatus, [MockResponse::never(), MockResponse::ok(agents())]);
    let client = builder(server.base_url()).attempt_timeout(Duration::from_secs(1)).build().unwrap();
    let answer = client.query(user_status()).with_response().await.unwrap();
    assert_eq!(answer.data, agents());
    assert!(answer.response.attempts() >= 2 && calls.count() >= 2);
}

#[tokio::test]
async fn an_exhausted_budget_ends_calls_after_one_attempt() {
    let server = MockServer::start_async().await;
    let failure = MockResponse::business(BusinessCode::DatabaseError);
    let calls = server.respond_to(
        QueryUserStatus,
        [
            failure.clone().header("x-request-id", "first").times(2),
            failure.clone().header("x-request-id", "third"),
            failure.header("x-request-id", "fourth"),
        ],
    );
    let client = builder(server.base_url()).retry_budget(RetryBudget::new(2, 0.0, 0.0)).build().unwrap();
    for (attempts, id, sent) in [(3, "third", 3), (1, "fourth", 4), (1, "fourth", 5)] {
        let error = client.clone().query(user_status()).await.unwrap_err();
        let Error::BudgetExhausted { last, .. } = &error else { panic!("{error:?}") };
        assert!(matches!(**last, Error::Business { code: BusinessCode::DatabaseError, .. }), "{last:?}");
        assert_eq!((error.code(), error.request_id()), (Some(BusinessCode::DatabaseError), Some(id)));
        assert_eq!((error.attempts(), calls.count()), (attempts, sent));
        assert!(error.is_retryable() && !error.is_timeout());
        assert!(error.to_string().contains("too many other calls fail"), "{error}");
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), last.to_string(), "the cause is reported once");
    }
}

#[tokio::test]
async fn calls_without_a_retry_take_nothing_from_the_budget() {
    let server = MockServer::start_async().await;
    let lasting = MockResponse::business(BusinessCode::TokenWrong).times(2);
    server.respond_to(QueryUserStatus, [lasting, MockResponse::proxy_page(503)]);
    let client = builder(server.base_url()).retry_budget(RetryBudget::new(0, 0.0, 0.0)).build().unwrap();
    for _ in 0..2 {
        let error = client.query(user_status()).await.unwrap_err();
        assert!(matches!(error, Error::Business { .. }), "{error:?}");
    }
    let error = client.query(user_status()).retry(RetryPolicy::never()).await.unwrap_err();
    assert!(matches!(error, Error::Http { status: 503, .. }), "{error:?}");
    let error = client.query(user_status()).await.unwrap_err();
    assert!(matches!(error, Error::BudgetExhausted { .. }), "{error:?}");
}

#[tokio::test]
async fn successful_calls_refill_the_budget() {
    let server = MockServer::start_async().await;
    let failure = || MockResponse::business(BusinessCode::DatabaseError);
    let calls = server.respond_to(
        QueryUserStatus,
        [failure().times(2), MockResponse::empty().times(2), failure(), MockResponse::empty(), failure()],
    );
    let client = builder(server.base_url()).retry_budget(RetryBudget::new(1, 0.5, 0.0)).build().unwrap();
    let ask = || async { client.query(user_status()).await };
    assert!(matches!(ask().await, Err(Error::BudgetExhausted { .. })), "one retry, and no second");
    for _ in 0..2 {
        ask().await.unwrap();
    }
    ask().await.expect("two successes have put one retry in");
    assert_eq!(calls.count(), 6);
    assert!(matches!(ask().await, Err(Error::BudgetExhausted { .. })), "one success is half a retry");
    assert_eq!(calls.count(), 7);
}
