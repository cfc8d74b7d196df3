//! Options of a client and of a single call.

use std::{
    num::NonZeroU32,
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use crate::common::{KEY, builder, client, credentials, user_status};
use group_dispatch_client::{
    Client, ClientRequest, Error, Query, RateLimit,
    reqwest::{
        self,
        header::{AUTHORIZATION, HeaderMap, HeaderValue},
    },
    types::*,
};
use group_dispatch_httpmock::{
    httpmock::{HttpMockRequest, MockServer},
    *,
};
use serde_json::{Value, json};

/// Starts a service without data, for all operations.
async fn empty_service() -> (MockServer, Calls) {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(AnyOperation, MockResponse::ok(NoData));
    (server, calls)
}

/// Returns all values of a header.
fn values(request: &HttpMockRequest, name: &str) -> Vec<String> {
    let headers = request.headers_vec().iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
    headers.map(|(_, value)| value.clone()).collect()
}

/// Checks that a query fails for this reason before anything is sent.
async fn assert_invalid<R: ClientRequest>(query: Query<R>, calls: &Calls, expected: &str)
where
    R::Data: std::fmt::Debug,
{
    let error = query.await.unwrap_err();
    let Error::InvalidRequest(reason) = &error else { panic!("{error:?}") };
    assert!(reason.contains(expected), "{reason:?} instead of {expected:?}");
    assert_eq!((error.attempts(), error.code(), error.request_id()), (0, None, None));
    assert!(!error.is_retryable() && !error.is_timeout());
    let text = format!("{error} {error:?}");
    assert!(!text.contains("jack") && !text.contains("57312"), "what was given is repeated: {text}");
    assert_eq!(calls.count(), 0, "something was sent");
}

#[tokio::test]
async fn filters_become_the_contracts_members() {
    let (server, calls) = empty_service().await;
    let client = client(server.base_url());
    let number: WhatsAppNumber = "8618217331411".parse().unwrap();

    client.online_agents(Source::Pc).await.unwrap();
    client.online_agents(Source::Mobile).user_id(12).user_name("u1").await.unwrap();
    client.all_online().await.unwrap();
    client.account_location(number).await.unwrap();
    client.account_location("+86 182-1733-1411").source(Source::Cloud).await.unwrap();
    client.account_location(8_618_217_331_411_u64).source(Source::Pc).await.unwrap();
    client.status_log(Source::Pc).await.unwrap();
    client.status_log(Source::Mobile).agent_account("u1").whats_app("+86 182 1733 1411").await.unwrap();
    client.status_log(Source::Mobile).whats_app(number).await.unwrap();
    client.recent_accounts(Source::Pc).await.unwrap();
    client.recent_accounts(Source::Mobile).user_id(621_443).await.unwrap();
    client.query(NoParameters).await.unwrap();
    client.query(user_status()).await.unwrap();
    client.query(user_status()).user_id(13).await.unwrap();

    let expected = [
        ("queryUserStatus", json!({ "source": 1 })),
        ("queryUserStatus", json!({ "source": 2, "userId": 12, "userName": "u1" })),
        ("queryAllOlWhatsAppInfo", json!({})),
        ("queryWhatsAppInfo", json!({ "whatsapp": 8_618_217_331_411_u64 })),
        ("queryWhatsAppInfo", json!({ "whatsapp": 8_618_217_331_411_u64, "source": 3 })),
        ("queryWhatsAppInfo", json!({ "whatsapp": 8_618_217_331_411_u64, "source": 1 })),
        ("queryUserStatusLog", json!({ "source": 1 })),
        ("queryUserStatusLog", json!({ "source": 2, "agentAccount": "u1", "whatsApp": "8618217331411" })),
        ("queryUserStatusLog", json!({ "source": 2, "whatsApp": "8618217331411" })),
        ("getLatestOnlineWhatsAccount", json!({ "source": 1 })),
        ("getLatestOnlineWhatsAccount", json!({ "source": 2, "userId": 621_443 })),
        ("queryAllOlWhatsAppInfo", json!({})),
        ("queryUserStatus", json!({ "source": 2, "userId": 12, "userName": "" })),
        ("queryUserStatus", json!({ "source": 2, "userId": 13, "userName": "" })),
    ];
    let sent = calls.requests();
    assert_eq!(sent.len(), expected.len());
    for (request, (operation, body)) in sent.iter().zip(expected) {
        assert_eq!(request.uri().path(), format!("/group-dispatch-api/user/{operation}"));
        assert_eq!(serde_json::from_slice::<Value>(request.body_ref()).unwrap(), body, "{operation}");
    }
}

#[tokio::test]
async fn an_invalid_phone_number_is_rejected_and_not_sent() {
    let (server, calls) = empty_service().await;
    let client = builder(server.base_url()).build().unwrap();
    let expected = "expected a WhatsApp account";
    for number in ["jack", "", "57312x5704139", "5731257041395731257041395731"] {
        assert_invalid(client.account_location(number), &calls, expected).await;
        assert_invalid(client.account_location(number).source(Source::Pc), &calls, expected).await;
        assert_invalid(client.status_log(Source::Pc).whats_app(number), &calls, expected).await;
        let then_more = client.status_log(Source::Pc).whats_app(number).agent_account("u1").header("x-a", "1");
        assert_invalid(then_more, &calls, expected).await;
    }
    assert_invalid(client.account_location(0), &calls, expected).await;
}

#[tokio::test]
async fn an_added_header_is_sent_with_every_attempt_of_its_call() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryUserStatus, [MockResponse::proxy_page(503), MockResponse::empty()]);
    let client = builder(server.base_url()).build().unwrap();
    let query = client.query(user_status()).header("traceparent", "00-1").header("x-tag", "a").header("X-Tag", "b");
    query.await.unwrap();
    client.query(user_status()).await.unwrap();
    let [first, second, other] = calls.requests().try_into().unwrap();
    for request in [first, second] {
        assert_eq!(values(&request, "traceparent"), ["00-1"]);
        assert_eq!(values(&request, "x-tag"), ["a", "b"]);
        assert_eq!(values(&request, "content-type"), ["application/json"]);
    }
    assert_eq!(values(&other, "traceparent"), [""; 0]);
}

#[tokio::test]
async fn the_signature_cannot_be_replaced() {
    let server = MockServer::start_async().await;
    let calls =
        server.respond_to(QueryUserStatus, MockResponse::empty().signed_by(credentials()).on_clock(Clock::default()));
    let query = client(server.base_url()).query(user_status());
    query.header("tenant_id", "1").header("timestamp", "7").header("Token", "x").header("token", "y").await.unwrap();
    for name in ["tenant_id", "timestamp", "token"] {
        assert_eq!(values(&calls.requests()[0], name).len(), 1, "{name}");
    }
}

#[tokio::test]
async fn an_invalid_header_is_rejected_and_not_sent() {
    let (server, calls) = empty_service().await;
    let client = builder(server.base_url()).build().unwrap();
    assert_invalid(client.all_online().header("of jack", "1"), &calls, "invalid header name").await;
    assert_invalid(client.all_online().header("", "1"), &calls, "invalid header name").await;
    assert_invalid(client.all_online().header("x-tag", "jack\r\ntoken: 1"), &calls, "header x-tag").await;
    assert_invalid(client.all_online().header("x-tag", "jack\n").header("x-b", "1"), &calls, "header x-tag").await;
}

/// They would make the service wait for more, read only a part of the request, or send a response that can't be read.
#[tokio::test]
async fn headers_that_the_client_sets_are_rejected() {
    let (server, calls) = empty_service().await;
    let client = builder(server.base_url()).build().unwrap();
    for (name, value) in [
        ("content-length", "100"),
        ("Content-Length", "1"),
        ("transfer-encoding", "chunked"),
        ("accept-encoding", "br"),
        ("connection", "close"),
        ("expect", "100-continue"),
    ] {
        let expected = format!("the client sets the header {} itself", name.to_lowercase());
        assert_invalid(client.all_online().header(name, value), &calls, &expected).await;
    }
}

#[tokio::test]
async fn the_user_agent_may_have_a_suffix() {
    let (server, calls) = empty_service().await;
    let ours = concat!("group-dispatch-client/", env!("CARGO_PKG_VERSION"));
    let foreign = || reqwest::Client::builder().no_proxy().user_agent("foreign/1").build().unwrap();
    let address = || builder(server.base_url());
    for (builder, expected) in [
        (address(), ours.to_owned()),
        (address().user_agent_suffix("my-program/1.2"), format!("{ours} my-program/1.2")),
        (address().user_agent_suffix(""), ours.to_owned()),
        (address().http_client(foreign()), "foreign/1".to_owned()),
        (address().http_client(foreign()).user_agent_suffix("mine"), format!("{ours} mine")),
    ] {
        builder.build().unwrap().all_online().await.unwrap();
        assert_eq!(values(calls.requests().last().unwrap(), "user-agent"), [expected]);
    }
    let error = address().user_agent_suffix("jack\nmore").build().unwrap_err();
    assert!(matches!(error, Error::Configuration(_)) && !error.to_string().contains("jack"), "{error:?}");
}

#[tokio::test]
async fn the_callers_http_client_is_used_with_the_attempt_timeout() {
    let server = MockServer::start_async().await;
    let calls =
        server.respond_to(QueryUserStatus, [MockResponse::empty().signed_by(credentials()), MockResponse::never()]);
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-own", "1".parse().unwrap());
    headers.insert("token", "none".parse().unwrap());
    let own = reqwest::Client::builder().no_proxy().default_headers(headers).timeout(Duration::from_secs(86_400));
    let client = builder(server.base_url()).http_client(own.build().unwrap()).timeout(Duration::from_secs(1));
    let client = client.build().unwrap();
    // The duration of the first attempt does not matter.
    client.query(user_status()).timeout(Duration::from_secs(3600)).await.unwrap();
    assert_eq!(values(&calls.requests()[0], "x-own"), ["1"]);
    assert!(client.query(user_status()).await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn the_response_is_returned_with_the_data_on_request() {
    let server = MockServer::start_async().await;
    let body = "{\"code\": \"200\",\r\n \"message\": \"ok \u{e9}\", \"more\": 1e2, \"data\": null}  ";
    let answer =
        MockResponse::raw(200, "application/json", body).header("x-request-id", "order-4711").header("x-a", "1");
    server.respond_to(QueryUserStatus, [MockResponse::proxy_page(502).header("x-request-id", "another"), answer]);
    let client = builder(server.base_url()).build().unwrap();
    let answer = client.query(user_status()).with_response().await.unwrap();
    assert_eq!(answer.data, []);
    let response = &answer.response;
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 2));
    assert_eq!(response.request_id(), Some("order-4711"));
    assert_eq!(response.headers()["x-a"], "1");
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.body().as_ref(), body.as_bytes(), "byte for byte");
    assert_eq!(
        format!("{response:?}"),
        r#"RawResponse { status: 200, request_id: Some("order-4711"), attempts: 2, .. }"#
    );
}

#[tokio::test]
async fn failures_are_the_same_with_and_without_the_response() {
    for (failure, expected) in [
        (MockResponse::business(BusinessCode::TokenWrong), "522"),
        (MockResponse::proxy_page(404), "404"),
        (MockResponse::malformed(Malformed::WrongShape), "data[0]"),
        (MockResponse::malformed(Malformed::Garbage), "line 1"),
    ] {
        let server = MockServer::start_async().await;
        server.respond_to(QueryUserStatus, failure);
        let client = client(server.base_url());
        let plain = client.query(user_status()).await.unwrap_err().to_string();
        let error = client.query(user_status()).with_response().await.unwrap_err();
        assert_eq!(error.to_string(), plain);
        assert!(plain.contains(expected), "{plain}");
    }
}

#[tokio::test]
async fn clones_and_retries_share_the_rate_limit() {
    let (server, calls) = empty_service().await;
    let twenty_a_second = RateLimit::PerSecond(NonZeroU32::new(20).unwrap());
    let client = builder(server.base_url()).rate_limit(twenty_a_second).build().unwrap();
    let other = client.clone();
    let began = Instant::now();
    let both = (0..4).flat_map(|_| [client.all_online().into_future(), other.all_online().into_future()]);
    for answer in futures_util::future::join_all(both).await {
        answer.unwrap();
    }
    assert_eq!(calls.count(), 8);
    assert!(began.elapsed() >= Duration::from_millis(7 * 50), "{:?}", began.elapsed());

    let failing = MockServer::start_async().await;
    let calls = failing.respond_to(QueryUserStatus, MockResponse::proxy_page(503));
    let client = builder(failing.base_url()).rate_limit(twenty_a_second).build().unwrap();
    let began = Instant::now();
    client.query(user_status()).await.unwrap_err();
    assert_eq!(calls.count(), 4);
    assert!(began.elapsed() >= Duration::from_millis(3 * 50), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_wait_under_the_rate_limit_does_not_count_for_the_timeout() {
    let (server, _) = empty_service().await;
    let one_a_second = RateLimit::PerSecond(NonZeroU32::MIN);
    let client = builder(server.base_url()).rate_limit(one_a_second).build().unwrap();
    // The last of three is sent after two seconds.
    let call = || client.all_online().timeout(Duration::from_millis(1900)).into_future();
    for answer in futures_util::future::join_all([call(), call(), call()]).await {
        answer.unwrap();
    }
}

/// Without tokio there are neither timers nor connections.
#[test]
fn a_call_without_a_runtime_is_an_error() {
    let client = builder("http://127.0.0.1:9").build().unwrap();
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Err(error)) = pin!(client.all_online().into_future()).poll(&mut context) else {
        panic!("no error")
    };
    let Error::Configuration(reason) = &error else { panic!("{error:?}") };
    assert!(reason.contains("tokio"), "{reason}");
    let Poll::Ready(Err(error)) = pin!(client.all_online().with_response()).poll(&mut context) else { panic!() };
    assert!(matches!(error, Error::Configuration(_)) && error.attempts() == 0, "{error:?}");
    let mut watch = client.watch(Duration::from_secs(1));
    let Poll::Ready(Err(error)) = pin!(watch.changes()).poll(&mut context) else { panic!() };
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
}

/// The connections of a runtime end with it. Calls in the next runtime must not fail for that.
#[test]
fn a_client_outlives_a_runtime() {
    let server = MockServer::start();
    let calls = server.respond_to(AnyOperation, MockResponse::ok(NoData));
    let client = builder(server.base_url()).build().unwrap();
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.all_online().into_future()).unwrap();
    }
    assert_eq!(calls.count(), 3);
}

#[test]
fn debug_shows_no_secrets() {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer jack"))]);
    let http = reqwest::Client::builder().no_proxy().default_headers(headers).build().unwrap();
    let client: Client = builder("http://127.0.0.1:9").http_client(http).build().unwrap();
    let query = client.account_location("8618217331411").header("authorization", "Bearer jack");
    let watch = client.watch(Duration::from_secs(1));
    let text = format!("{client:?} {query:?} {watch:?}");
    for secret in [KEY, "8618217331411", "jack"] {
        assert!(!text.contains(secret), "{text}");
    }
}
