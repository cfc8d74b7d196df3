//! Who answers a customer, also when the service refuses, fails or is slow.

use std::time::Duration;

use account_router::{Route, route};
use group_dispatch_client::{Client, Credentials, Error, Source, types::BusinessCode};
use group_dispatch_httpmock::{
    MockResponse, QueryWhatsAppInfo, RespondExt, RetryAfter, account_location, httpmock::MockServer,
};

const ACCOUNT: &str = "+86 182-1733-1411";
const NUMBER: &str = "8618217331411";

/// Returns the decision after these responses, and the number of requests.
async fn decide(responses: Vec<MockResponse<QueryWhatsAppInfo>>) -> (Result<Route, Error>, usize) {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryWhatsAppInfo, responses);
    let client = Client::builder()
        .base_url(server.base_url())
        .credentials(Credentials::new(1, "key"))
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    (route(&client, ACCOUNT).await, calls.count())
}

#[tokio::test]
async fn the_agent_of_the_account_answers() {
    let location = account_location(NUMBER, Source::Mobile, 12, "ana");
    let (decision, requests) = decide(vec![MockResponse::ok(location.clone())]).await;
    assert_eq!(decision.unwrap(), Route::Agent(location));
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn the_duty_desk_answers_for_an_account_that_is_not_online() {
    let (decision, _) = decide(vec![MockResponse::null()]).await;
    assert_eq!(decision.unwrap(), Route::NotOnline);
}

#[tokio::test]
async fn a_short_failure_is_not_noticed() {
    let location = account_location(NUMBER, Source::Pc, 12, "ana");
    let (decision, requests) = decide(vec![
        MockResponse::business(BusinessCode::DatabaseError),
        MockResponse::rate_limited(RetryAfter::Seconds(0)),
        MockResponse::ok(location.clone()),
    ])
    .await;
    assert_eq!(decision.unwrap(), Route::Agent(location));
    assert_eq!(requests, 3);
}

#[tokio::test]
async fn the_duty_desk_answers_during_an_outage() {
    let (decision, requests) = decide(vec![MockResponse::proxy_page(502)]).await;
    assert_eq!(decision.unwrap(), Route::Unknown);
    assert!(requests > 1, "the client retries");
}

#[tokio::test]
async fn a_wrong_key_is_an_error() {
    let response = MockResponse::null().signed_by(Credentials::new(1, "another key"));
    let (decision, requests) = decide(vec![response]).await;
    assert_eq!(decision.unwrap_err().code(), Some(BusinessCode::TokenWrong));
    assert_eq!(requests, 1);
}
