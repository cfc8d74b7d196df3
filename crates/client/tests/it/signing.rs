//! The requests of all operations on the wire, and their signature.

use std::{
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::common::{KEY, client, credentials, query_all};
use group_dispatch_client::{
    Client, Error, FeedSigning,
    types::{
        ingest::FeedOrder,
        signing::{self, FeedCall},
        *,
    },
};
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

/// A call that feeds is signed as a whole and has no token, unless the client is configured otherwise.
#[tokio::test]
async fn a_call_that_feeds_is_signed_with_its_address_and_body() {
    let server = MockServer::start_async().await;
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    server.mock(|when, then| {
        when.method(POST).is_true(move |request| {
            kept.lock().unwrap().push(request.clone());
            true
        });
        let data = json!({ "stored": 0, "repeated": 0, "refused": 0, "refusals": [] });
        then.status(200).json_body(json!({ "code": 200, "message": "success", "data": data }));
    });
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let client = client(server.url("/scrm"));
        client.feed(Vec::new()).order(FeedOrder::NewestFirst).await.unwrap();
        let request = requests.lock().unwrap().pop().unwrap();
        let [timestamp, nonce, body_sha256] = ["timestamp", "nonce", "body_sha256"].map(|name| header(&request, name));
        assert_eq!(body_sha256, signing::body_sha256(request.body_ref()));
        assert!(signing::is_nonce(&nonce), "{nonce}");
        let call = FeedCall {
            method: "POST",
            path_and_query: "/ingest/v1/status-events?order=newest-first",
            timestamp: &timestamp,
            nonce: &nonce,
            body_sha256: &body_sha256,
        };
        assert_eq!(header(&request, "hmac"), credentials().hmac(&call));
        assert_eq!(header(&request, "tenant_id"), "500766");
        assert!(!request.headers_vec().iter().any(|(name, _)| name == "token"));
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);

    let builder = Client::builder().base_url(server.base_url()).credentials(credentials());
    builder.feed_signing(FeedSigning::Token).build().unwrap().feed(Vec::new()).await.unwrap();
    let request = requests.lock().unwrap().pop().unwrap();
    assert_eq!(header(&request, "token"), credentials().token(&header(&request, "timestamp")));
    assert!(!request.headers_vec().iter().any(|(name, _)| ["hmac", "nonce", "body_sha256"].contains(&name.as_str())));
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
