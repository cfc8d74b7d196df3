//! The requests of all operations on the wire, and their signature.

use std::{
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::common::{KEY, client, credentials, query_all};
use group_dispatch_client::{Error, types::*};
use group_dispatch_httpmock::*;
use httpmock::{HttpMockRequest, Method::POST, MockServer};
use serde_json::{Value, json};

/// Starts a service without data. Returns it with the requests that it gets.
async fn empty_service() -> (MockServer, Calls) {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(AnyOperation, MockResponse::ok(NoData));
    (server, calls)
}

fn header(request: &HttpMockRequest, name: &str) -> String {
    let values: Vec<_> = request.headers_vec().iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).collect();
    assert_eq!(values.len(), 1, "{name}: {:?}", request.headers_vec());
    values[0].1.clone()
}

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()
}

#[tokio::test]
async fn every_request_has_the_documented_body_and_a_signature() {
    let (server, calls) = empty_service().await;
    let before = now();
    for answer in query_all(&client(server.base_url())).await {
        answer.unwrap();
    }
    let after = now();
    let expected = [
        ("queryUserStatus", json!({ "userId": 12, "source": 2, "userName": "" })),
        ("queryAllOlWhatsAppInfo", json!({})),
        ("queryWhatsAppInfo", json!({ "source": 3, "whatsapp": 8_618_217_331_412_u64 })),
        ("queryUserStatusLog", json!({ "agentAccount": "", "whatsApp": "573125704139", "source": 2 })),
        ("getLatestOnlineWhatsAccount", json!({ "userId": 621_443, "source": 1 })),
    ];
    let requests = calls.requests();
    assert_eq!(requests.len(), expected.len());
    for (request, (operation, body)) in requests.iter().zip(expected) {
        assert_eq!(request.method_str(), "POST", "{operation}");
        assert_eq!(request.uri().path(), format!("/group-dispatch-api/user/{operation}"));
        assert_eq!(request.uri().query(), None, "{operation}");
        assert_eq!(serde_json::from_slice::<Value>(request.body_ref()).unwrap(), body, "{operation}");
        assert_eq!(header(request, "content-type"), "application/json", "{operation}");
        assert_eq!(header(request, "accept"), "application/json", "{operation}");

        assert_eq!(header(request, "tenant_id"), "500766", "{operation}");
        let timestamp = header(request, "timestamp");
        let milliseconds: u128 = timestamp.parse().unwrap();
        assert!((before..=after).contains(&milliseconds), "{operation}: {before} {milliseconds} {after}");
        assert_eq!(header(request, "token"), credentials().token(&timestamp), "{operation}");

        let known = [
            "accept",
            "accept-encoding",
            "content-length",
            "content-type",
            "host",
            "tenant_id",
            "timestamp",
            "token",
            "user-agent",
        ];
        let mut names = request.headers_vec().iter().map(|(name, _)| name.to_lowercase());
        assert_eq!(names.find(|name| !known.contains(&name.as_str())), None, "{operation} has another header");
        assert!(header(request, "user-agent").starts_with("group-dispatch-client/"), "{operation}");
        let whole = format!("{} {:?} {}", request.uri(), request.headers_vec(), request.body_string());
        assert!(!whole.contains(KEY), "{operation}: the key was sent");
    }
}

#[tokio::test]
async fn a_filter_that_is_not_set_is_not_sent() {
    let (server, calls) = empty_service().await;
    let client = client(server.base_url());
    let source = Source::Pc;
    client.query(QueryUserStatusRequest { source, user_id: None, user_name: None }).await.unwrap();
    let log = QueryUserStatusLogRequest { source, agent_account: None, whats_app: None };
    client.query(log).await.unwrap();
    let recent = GetLatestOnlineWhatsAccountRequest { source, user_id: None };
    client.query(recent).await.unwrap();
    for request in calls.requests() {
        assert_eq!(request.body_string(), r#"{"source":1}"#, "{}", request.uri());
    }
    assert_eq!(calls.requests().len(), 3);
}

#[tokio::test]
async fn an_address_may_have_a_path_with_or_without_a_trailing_slash() {
    let server = MockServer::start_async().await;
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    server.mock(|when, then| {
        when.method(POST).is_true(move |request| {
            kept.lock().unwrap().push(request.uri().path().to_owned());
            true
        });
        then.status(200).body(r#"{"code": 200, "message": "", "data": []}"#);
    });
    for (address, path) in [
        ("", "/group-dispatch-api/user/queryAllOlWhatsAppInfo"),
        ("/", "/group-dispatch-api/user/queryAllOlWhatsAppInfo"),
        ("//", "/group-dispatch-api/user/queryAllOlWhatsAppInfo"),
        ("/a/b", "/a/b/group-dispatch-api/user/queryAllOlWhatsAppInfo"),
        ("/a/b/", "/a/b/group-dispatch-api/user/queryAllOlWhatsAppInfo"),
    ] {
        client(format!("{}{address}", server.base_url())).all_online().await.unwrap();
        assert_eq!(requests.lock().unwrap().pop().as_deref(), Some(path), "{address:?}");
    }
}

/// Whoever has a token and its timestamp can send requests for the tenant while the timestamp is valid.
#[tokio::test]
async fn a_redirect_does_not_get_the_signature() {
    for status in [301, 302, 303, 307, 308] {
        let (service, other) = (MockServer::start_async().await, MockServer::start_async().await);
        service.mock(|when, then| {
            when.method(POST);
            then.status(status).header("location", other.url("/group-dispatch-api/user/queryAllOlWhatsAppInfo"));
        });
        let reached = other.mock(|when, then| {
            when.is_true(|_| true);
            then.status(200).body(r#"{"code": 200, "message": "", "data": []}"#);
        });
        let error = client(service.base_url()).all_online().await.unwrap_err();
        assert!(matches!(error, Error::Http { status: found, .. } if found == status), "{status}: {error:?}");
        reached.assert_calls(0);
    }
}
