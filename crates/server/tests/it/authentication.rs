//! Every query has to be signed; what is wrong with a signature is said by the vendor's codes and words.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Duration;

use crate::common::{BASE, credentials, envelope, example_body, http, now, start, start_with};
use group_dispatch_client::{Client, Credentials, Error, types::*};
use group_dispatch_server::Config;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Returns the queries of the contract.
fn queries() -> impl Iterator<Item = Operation> {
    Operation::ALL.into_iter().filter(|operation| operation.is_query())
}

async fn send(url: &str, operation: &str, headers: &[(&str, &str)]) -> (StatusCode, Value) {
    let path = format!("{BASE}{operation}");
    let mut request = http().post(format!("{url}{path}")).header("content-type", "application/json");
    request = request.body(example_body(&path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    envelope(request.send().await.unwrap()).await
}

#[tokio::test]
async fn each_fault_has_the_vendors_code_on_all_queries() {
    let server = start().await;
    let good = now().to_string();
    let token = credentials(1).token(&good);
    let token_of_2 = credentials(2).token(&good);
    let upper = token.to_uppercase();
    let plus = format!("+{good}");
    for operation in queries().map(Operation::id) {
        for (fault, tenant, timestamp, token, code, message) in [
            ("no tenant", "", good.as_str(), token.as_str(), 523, "tenantId is null"),
            ("no timestamp", "1", "", &token, 518, "timestamp is null"),
            ("no token", "1", &good, "", 525, "token is null"),
            ("a timestamp that is no number", "1", "soon", &token, 519, "timestamp is error"),
            ("a negative timestamp", "1", "-1", &token, 519, "timestamp is error"),
            ("a timestamp in seconds", "1", &good[..10], &token, 502, "timestamp timeout"),
            ("a timestamp that is too long", "1", "99999999999999999999", &token, 519, "timestamp is error"),
            ("another's token", "1", &good, &token_of_2, 522, "accessToken is error"),
            ("a short token", "1", &good, &token[..31], 522, "accessToken is error"),
            ("an upper-case token", "1", &good, &upper, 522, "accessToken is error"),
            ("an unknown tenant", "3", &good, &token, 522, "accessToken is error"),
            ("a tenant that is no number", "one", &good, &token, 522, "accessToken is error"),
            ("a tenant with a sign", "+1", &good, &token, 522, "accessToken is error"),
            ("a tenant with a zero before it", "01", &good, &token, 522, "accessToken is error"),
            ("a tenant with a blank in it", "1 1", &good, &token, 522, "accessToken is error"),
            ("a tenant with digits of another script", "\u{661}", &good, &token, 522, "accessToken is error"),
            ("a timestamp with a sign", "1", &plus, &token, 519, "timestamp is error"),
        ] {
            let headers: Vec<_> = [("tenant_id", tenant), ("timestamp", timestamp), ("token", token)]
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect();
            let (status, answer) = send(&server.url, operation, &headers).await;
            assert_eq!(answer, json!({ "code": code, "message": message, "data": null }), "{operation}: {fault}");
            assert_eq!(status, 401, "{operation}: {fault}");
        }
        let headers = [("tenant_id", "1"), ("timestamp", good.as_str()), ("token", token.as_str())];
        assert_eq!(send(&server.url, operation, &headers).await.0, 200, "{operation}: nothing wrong");
    }
}

/// Two values, or one that is no text, are not "missing": no reading of them is right.
#[tokio::test]
async fn ambiguous_and_unreadable_headers_are_refused() {
    let server = start().await;
    let good = now().to_string();
    let token = credentials(1).token(&good);
    let right = [("tenant_id", b"1".as_slice()), ("timestamp", good.as_bytes()), ("token", token.as_bytes())];
    for (name, value, code) in [
        ("tenant_id", b"1".as_slice(), 522),
        ("tenant_id", b"2", 522),
        ("timestamp", good.as_bytes(), 519),
        ("token", token.as_bytes(), 522),
        ("token", b"\xe9", 522),
    ] {
        let mut request = crate::common::http()
            .post(format!("{}{BASE}queryUserStatus", server.url))
            .header("content-type", "application/json")
            .body(r#"{"source": 1}"#);
        for (name, value) in right.into_iter().chain([(name, value)]) {
            request = request.header(name, value);
        }
        let (status, answer) = envelope(request.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &answer["code"]), (401, &code.into()), "{name} twice");
    }
    let unreadable = server.request("queryUserStatus", r#"{"source": 1}"#).build().unwrap();
    let mut unreadable = unreadable.try_clone().unwrap();
    unreadable.headers_mut().insert("token", b"\xe9abc".as_slice().try_into().unwrap());
    let (_, answer) = envelope(crate::common::http().execute(unreadable).await.unwrap()).await;
    assert_eq!(answer["code"], 522);
}

/// D17: five minutes either way.
#[tokio::test]
async fn the_window_is_five_minutes_either_way() {
    let server = start().await;
    let minute = 60_000;
    for (offset, code) in [(-4 * minute, 200), (4 * minute, 200), (-6 * minute, 502), (6 * minute, 502)] {
        let timestamp = (now() + offset).to_string();
        let token = credentials(1).token(&timestamp);
        let headers = [("tenant_id", "1"), ("timestamp", timestamp.as_str()), ("token", token.as_str())];
        let (_, answer) = send(&server.url, "queryUserStatus", &headers).await;
        assert_eq!(answer["code"], code, "{offset} ms");
    }
}

/// The test vector of the developer guide's rule, against a server that accepts its old timestamp.
#[tokio::test]
async fn the_worked_example_is_accepted() {
    let window = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    let server = start_with(Config { timestamp_window: window, ..Config::default() }).await;
    assert!(server.store.replace_key(1.into(), group_dispatch_server::ApiKey::new("demo-api-key")).await.unwrap());
    let headers = [("tenant_id", "1"), ("timestamp", "1710936559123"), ("token", "a35aadc4da20a17e393fbc84321d55fc")];
    assert_eq!(send(&server.url, "queryUserStatus", &headers).await.0, 200);
}

#[tokio::test]
async fn the_client_reports_a_wrong_key_by_its_code_and_never_shows_the_key() {
    let server = start().await;
    let wrong = Credentials::new(1, "wrong-secret-key");
    let client = Client::builder().base_url(&server.url).credentials(wrong).build().unwrap();
    let error = client.all_online().await.unwrap_err();
    assert_eq!(error.code(), Some(BusinessCode::TokenWrong));
    assert!(matches!(error, Error::Business { status: 401, .. }), "{error:?}");
    assert!(error.request_id().is_some());
    for text in [format!("{error}"), format!("{error:?}"), format!("{client:?}")] {
        assert!(!text.contains("wrong-secret-key"), "{text}");
    }
}

#[tokio::test]
async fn a_removed_tenant_is_locked_out() {
    let server = start().await;
    assert!(server.client(1).all_online().await.is_ok());
    let removed = server.store.remove_tenant(1.into(), false).await.unwrap();
    assert_eq!(removed, group_dispatch_server::store::Removal::Removed { events: 0 });
    let error = server.client(1).all_online().await.unwrap_err();
    assert_eq!(error.code(), Some(BusinessCode::TokenWrong));
    assert!(server.client(2).all_online().await.is_ok());
}
