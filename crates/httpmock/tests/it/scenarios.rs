//! The mocked responses on the wire.

use std::time::{Duration, Instant};

use crate::common::{call, http, now, online, queries, request, request_at, statuses};
use group_dispatch_client::types::*;
use group_dispatch_httpmock::{httpmock::MockServer, *};
use serde_json::{Value, json};

const ACCOUNT: &str = "8618217331411";

#[tokio::test]
async fn the_nth_call_gets_the_nth_response_and_the_last_repeats() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(
        QueryUserStatus,
        [
            MockResponse::proxy_page(502),
            MockResponse::proxy_page(504).times(0),
            MockResponse::proxy_page(503).times(2),
            MockResponse::ok([online_agent(12, "u1", [ACCOUNT])]).times(1),
        ],
    );
    assert_eq!(statuses(&server, "queryUserStatus", 6).await, [502, 503, 503, 200, 200, 200]);
    assert_eq!(calls.count(), 6);
}

#[tokio::test]
async fn concurrent_calls_get_different_responses() {
    let server = MockServer::start_async().await;
    let calls =
        server.respond_to(QueryUserStatus, (500..520).map(MockResponse::proxy_page).chain([MockResponse::empty()]));
    let calling: Vec<_> = (0..30).map(|_| tokio::spawn(request(&server, "queryUserStatus").send())).collect();
    let mut seen = Vec::new();
    for response in calling {
        seen.push(response.await.unwrap().unwrap().status().as_u16());
    }
    seen.sort_unstable();
    let expected: Vec<u16> = std::iter::repeat_n(200, 10).chain(500..520).collect();
    assert_eq!(seen, expected);
    assert_eq!(calls.count(), 30);
}

#[tokio::test]
async fn an_operation_is_mocked_alone_and_any_operation_is_all_queries() {
    let server = MockServer::start_async().await;
    let one = server.respond_to(QueryUserStatusLog, MockResponse::empty());
    let any = server.respond_to(AnyOperation, MockResponse::business(BusinessCode::DatabaseError).mirrored());
    for query in queries() {
        let status = if query == "queryUserStatusLog" { 200 } else { 500 };
        assert_eq!(call(&server, query).await.status, status, "{query}");
    }
    let others = queries().count() - 1;
    assert!(others >= 4);
    assert_eq!((one.count(), any.count()), (1, others));
    assert_eq!(call(&server, "elsewhere").await.status, 500);
    assert_eq!(http().get(server.base_url()).send().await.unwrap().status(), 404);
    assert_eq!((one.count(), any.count()), (1, others + 1));
}

#[tokio::test]
async fn requests_are_recorded() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryUserStatus, MockResponse::empty());
    request(&server, "queryUserStatus").header("timestamp", "7").body(r#"{"source":2}"#).send().await.unwrap();
    let requests = calls.requests();
    assert_eq!(requests[0].headers()["timestamp"], "7");
    assert_eq!(requests[0].body_string(), r#"{"source":2}"#);
    assert_eq!(format!("{calls:?}"), "Calls { count: 1, .. }");
}

#[tokio::test]
async fn refusals_have_the_vendors_message_and_http_status_200_unless_mirrored() {
    let refused = |code, message: &str| json!({ "code": code, "message": message, "data": null });
    for (code, message, mirrored) in [
        (400, "The request's body is malformed, or a value in it is missing or out of range", 400),
        (429, "More requests than the limit allows", 429),
        (501, "appSecret error", 401),
        (502, "timestamp timeout", 401),
        (517, "database error", 500),
        (518, "timestamp is null", 401),
        (519, "timestamp is error", 401),
        (522, "accessToken is error", 401),
        (523, "tenantId is null", 401),
        (525, "token is null", 401),
        (530, "action username error", 500),
        (60_001, "Not in the vendor's table", 500),
    ] {
        let server = MockServer::start_async().await;
        let refusal = MockResponse::business(BusinessCode::from(code));
        server.respond_to(QueryUserStatus, [refusal.clone(), refusal.mirrored()]);
        for status in [200, mirrored] {
            let response = call(&server, "queryUserStatus").await;
            assert_eq!((response.status, response.json()), (status, refused(code, message)));
            assert_eq!(response.headers["content-type"], "application/json");
        }
    }
}

#[tokio::test]
async fn rate_limited_responses_have_a_retry_after() {
    let server = MockServer::start_async().await;
    let wait = Duration::from_secs(90);
    server.respond_to(
        QueryUserStatus,
        [
            MockResponse::rate_limited(RetryAfter::Seconds(3)).times(2),
            MockResponse::rate_limited(RetryAfter::DateIn(wait)),
            MockResponse::proxy_page(429).header("retry-after", "soon"),
            MockResponse::empty(),
        ],
    );
    for _ in 0..2 {
        let response = call(&server, "queryUserStatus").await;
        assert_eq!((response.status, &response.json()["code"]), (429, &json!(429)));
        assert_eq!(response.headers["retry-after"], "3");
    }
    let before = std::time::SystemTime::now();
    let response = call(&server, "queryUserStatus").await;
    let date = httpdate::parse_http_date(response.headers["retry-after"].to_str().unwrap()).unwrap();
    let waited = date.duration_since(before).unwrap();
    assert!(wait <= waited && waited < wait + Duration::from_secs(5), "{waited:?}");
    assert_eq!(call(&server, "queryUserStatus").await.headers["retry-after"], "soon");
    assert_eq!(call(&server, "queryUserStatus").await.status, 200);
}

#[tokio::test]
async fn responses_may_be_slow_or_never_arrive() {
    let server = MockServer::start_async().await;
    let delay = Duration::from_millis(300);
    let calls = server.respond_to(
        QueryUserStatus,
        [MockResponse::never().times(2), MockResponse::empty().after(delay), MockResponse::empty()],
    );
    for count in 1..=2 {
        let calling = tokio::spawn(request(&server, "queryUserStatus").send());
        while calls.count() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(!calling.is_finished());
        calling.abort();
    }
    let started = Instant::now();
    assert_eq!(call(&server, "queryUserStatus").await.status, 200);
    assert!(started.elapsed() >= delay);
    call(&server, "queryUserStatus").await;
    assert_eq!(calls.count(), 4, "cancelled calls count");
}

#[tokio::test]
async fn a_slow_response_does_not_block_others() {
    let server = MockServer::start_async().await;
    server.respond_to(QueryUserStatus, MockResponse::never());
    server.respond_to(QueryUserStatusLog, MockResponse::empty());
    let slow = tokio::spawn(request(&server, "queryUserStatus").send());
    assert_eq!(call(&server, "queryUserStatusLog").await.status, 200);
    slow.abort();
}

#[tokio::test]
async fn malformed_responses_fit_no_operation() {
    let server = MockServer::start_async().await;
    server.respond_to(AnyOperation, Malformed::ALL.iter().copied().map(MockResponse::malformed));
    for how in Malformed::ALL {
        let response = call(&server, "queryUserStatus").await;
        assert_eq!(response.status, 200, "{how:?}");
        let body = &response.body;
        assert!(serde_json::from_slice::<QueryUserStatusResponse>(body).is_err(), "{how:?}");
        assert!(serde_json::from_slice::<QueryAllOlWhatsAppInfoResponse>(body).is_err(), "{how:?}");
        assert!(serde_json::from_slice::<QueryWhatsAppInfoResponse>(body).is_err(), "{how:?}");
        assert!(serde_json::from_slice::<QueryUserStatusLogResponse>(body).is_err(), "{how:?}");
        assert!(serde_json::from_slice::<GetLatestOnlineWhatsAccountResponse>(body).is_err(), "{how:?}");
        assert_eq!(serde_json::from_slice::<Value>(body).is_ok(), *how == Malformed::WrongShape, "{how:?}");
        assert_eq!(body.is_empty(), *how == Malformed::Empty, "{how:?}");
        assert_eq!(body.starts_with(b"<!doctype html>"), *how == Malformed::HtmlPage, "{how:?}");
    }
}

#[tokio::test]
async fn the_page_of_a_proxy_has_no_envelope() {
    let server = MockServer::start_async().await;
    server.respond_to(QueryUserStatus, MockResponse::proxy_page(503).mirrored());
    let response = call(&server, "queryUserStatus").await;
    assert_eq!((response.status, &response.headers["content-type"]), (503, &"text/html".parse().unwrap()));
    assert!(serde_json::from_slice::<Value>(&response.body).is_err());
}

#[tokio::test]
async fn an_empty_response_is_an_empty_list_or_null() {
    let server = MockServer::start_async().await;
    let success = |data: Value| json!({ "code": 200, "message": "success", "data": data });
    server.respond_to(QueryUserStatus, [MockResponse::empty(), MockResponse::null()]);
    server.respond_to(QueryWhatsAppInfo, MockResponse::empty());
    server.respond_to(AnyOperation, MockResponse::ok(NoData));
    assert_eq!(call(&server, "queryUserStatus").await.json(), success(json!([])));
    assert_eq!(call(&server, "queryUserStatus").await.json(), success(json!(null)));
    assert_eq!(call(&server, "queryWhatsAppInfo").await.json(), success(json!(null)));
    assert_eq!(call(&server, "getLatestOnlineWhatsAccount").await.json(), success(json!(null)));
}

#[tokio::test]
async fn constructed_data_matches_the_contract() {
    let server = MockServer::start_async().await;
    let agent = online_agent(12, "u1", [ACCOUNT, "+86 182-1733-1412"]);
    server.respond_to(QueryUserStatus, MockResponse::ok([agent.clone()]));
    server.respond_to(QueryAllOlWhatsAppInfo, MockResponse::ok([source_group(Source::Pc, [agent])]));
    server.respond_to(QueryWhatsAppInfo, MockResponse::ok(account_location(ACCOUNT, Source::Cloud, 12, "u1")));
    let accounts = json!([{ "whatsApp": ACCOUNT }, { "whatsApp": "8618217331412" }]);
    assert_eq!(
        call(&server, "queryUserStatus").await.json()["data"],
        json!([{ "userId": 12, "agentAccount": "u1", "whatsAppList": accounts }])
    );
    assert_eq!(
        call(&server, "queryAllOlWhatsAppInfo").await.json()["data"],
        json!([{ "source": 1, "list": [{ "userId": 12, "agentAccount": "u1", "userName": "u1", "whatsAppList": accounts }] }])
    );
    assert_eq!(
        call(&server, "queryWhatsAppInfo").await.json()["data"],
        json!({ "userId": "12", "agentAccount": "u1", "source": 3, "whatsApp": ACCOUNT })
    );
}

#[tokio::test]
async fn flapping_changes_one_account_only() {
    let groups = [
        source_group(Source::Pc, [online_agent(12, "u1", [ACCOUNT, "8618217331412"]), online_agent(13, "u2", ["573"])]),
        source_group(Source::Mobile, [online_agent(14, "u3", [ACCOUNT])]),
    ];
    let server = MockServer::start_async().await;
    let mut responses = flapping(&groups, ACCOUNT, [true, false, true]);
    responses.insert(1, MockResponse::null());
    responses.insert(3, MockResponse::business(BusinessCode::DatabaseError));
    let calls = server.respond_to(QueryAllOlWhatsAppInfo, responses);
    let all = ["pc u1: 8618217331411, 8618217331412", "pc u2: 573", "mobile u3: 8618217331411"];
    let without = ["pc u1: 8618217331412", "pc u2: 573"];
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(online(&call(&server, "queryAllOlWhatsAppInfo").await));
    }
    assert_eq!(seen, [&all[..], &[], &without[..], &[], &all[..], &all[..]]);
    assert_eq!(calls.count(), 6);
}

#[test]
#[should_panic(expected = "\"jack\": expected a WhatsApp account")]
fn an_invalid_number_panics_with_the_number() {
    let _ = online_agent(12, "u1", ["jack"]);
}

#[tokio::test]
async fn a_wrong_clock_refuses_until_a_request_has_its_time() {
    let hour = Duration::from_secs(3600);
    for (clock, sign) in [(Clock::ahead(hour), 1), (Clock::behind(hour), -1)] {
        let server = MockServer::start_async().await;
        let calls = server.respond_to(QueryUserStatus, MockResponse::empty().on_clock(clock));
        let refusal = request_at(&server, now()).await;
        assert_eq!((refusal.status, &refusal.json()["code"]), (200, &json!(502)));
        let its_time = refusal.date();
        let error = its_time - now() - sign * 3_600_000;
        assert!((-5_000..=0).contains(&error), "{error}");
        let response = request_at(&server, its_time).await;
        assert_eq!(response.json()["code"], 200);
        assert!(response.date() >= its_time, "the Date of a success is the clock's, too");
        assert_eq!(calls.count(), 2);
    }
}

/// As `--http-status` of group-dispatch-server (D19).
#[tokio::test]
async fn the_http_status_of_refusals_can_be_set() {
    for (http_status, refused, unsigned) in [(HttpStatus::Vendor, 200, 200), (HttpStatus::Mirrored, 500, 401)] {
        let server = MockServer::start_async().await;
        let refusal = MockResponse::business(BusinessCode::DatabaseError).http_status(http_status);
        let limited = MockResponse::rate_limited(RetryAfter::Seconds(1)).http_status(http_status);
        let signed = MockResponse::empty()
            .signed_by(group_dispatch_client::Credentials::new(1, "another"))
            .http_status(http_status);
        server.respond_to(QueryUserStatus, [refusal, limited, signed]);
        let mut responses = Vec::new();
        for _ in 0..3 {
            let response = call(&server, "queryUserStatus").await;
            responses.push((response.status, response.json()["code"].clone()));
        }
        let expected = [(refused, 517), (429, 429), (unsigned, 523)];
        assert_eq!(responses, expected.map(|(status, code)| (status, serde_json::json!(code))), "{http_status:?}");
    }
}
