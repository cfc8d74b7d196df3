//! A faulty text or element does not make the rest of a response unusable.

use crate::common::{builder, user_status};
use group_dispatch_client::{BusinessCode, Client, Error, RetryPolicy};
use group_dispatch_httpmock::httpmock::{HttpMockResponse, MockServer};

/// Two agents; `MARK` stands for the login account of the second.
const BODY: &str = r#"{"code": 200, "message": "Success", "data": [
    {"userId": 12, "agentAccount": "br02", "whatsAppList": [{"whatsApp": "8618217331411", "name": "jack"}]},
    {"userId": 13, "agentAccount": MARK, "whatsAppList": [{"whatsApp": "8618217331412"}, {"whatsApp": NUMBER}]}]}"#;

fn body(mark: &[u8], number: &str) -> Vec<u8> {
    let text = BODY.replace("NUMBER", number);
    let (before, after) = text.split_once("MARK").unwrap();
    [before.as_bytes(), mark, after.as_bytes()].concat()
}

async fn service(status: u16, body: Vec<u8>) -> MockServer {
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.is_true(|_| true);
        then.respond_with(move |_| HttpMockResponse::builder().status(status).body(body.clone()).build());
    });
    server
}

fn client(server: &MockServer) -> Client {
    builder(server.base_url()).retry(RetryPolicy::never()).build().unwrap()
}

#[tokio::test]
async fn a_faulty_text_is_repaired_and_reported() {
    for (mark, text) in [
        (&br#""br \ud83d""#[..], "br \u{fffd}"),
        (b"\"br\xff\"", "br\u{fffd}"),
        (b"\"br\x01\"", "br\u{fffd}"),
        (b"null", ""),
    ] {
        let server = service(200, body(mark, "8618217331413")).await;
        let answer = client(&server).query(user_status()).with_response().await.unwrap();
        assert_eq!(answer.data.len(), 2);
        assert_eq!((answer.data[0].agent_account.as_str(), answer.data[1].agent_account.as_str()), ("br02", text));
        assert_eq!(answer.data[1].whats_app_list.len(), 2);
        let response = &answer.response;
        assert_eq!(response.repaired().paths(), ["data[1].agentAccount"]);
        assert!(response.left_out().is_empty());
        assert_eq!(response.body().as_ref(), body(mark, "8618217331413"), "byte for byte as it came");
        // The data is the same without the response.
        assert_eq!(client(&server).query(user_status()).await.unwrap(), answer.data);

        let strict = builder(server.base_url()).retry(RetryPolicy::never()).strict(true).build().unwrap();
        let error = strict.query(user_status()).await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_account_without_a_number_is_left_out_and_reported() {
    let server = service(200, body(b"\"br03\"", "\"12345@lid\"")).await;
    let answer = client(&server).query(user_status()).with_response().await.unwrap();
    assert_eq!(answer.data[1].whats_app_list.len(), 1);
    assert_eq!(answer.response.left_out().count(), 1);
    assert_eq!(answer.response.left_out().paths(), ["data[1].whatsAppList[1]"]);
    assert!(format!("{:?}", answer.response).contains("data[1].whatsAppList[1]"));
    assert!(!format!("{:?}", answer.response).contains("12345"), "paths have no values");
}

#[tokio::test]
async fn a_byte_order_mark_is_ignored() {
    let with_mark = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let server = service(200, with_mark(r#"{"code": 200, "message": "", "data": []}"#)).await;
    let answer = client(&server).query(user_status()).with_response().await.unwrap();
    assert!(answer.response.repaired().is_empty() && answer.data.is_empty());
    for (status, data) in [(200, "null"), (200, "[]"), (401, "null"), (401, "{}")] {
        let text = format!(r#"{{"code": 522, "message": "accessToken \ud83d", "data": {data}}}"#);
        let server = service(status, with_mark(&text)).await;
        let error = client(&server).query(user_status()).await.unwrap_err();
        assert_eq!(error.code(), Some(BusinessCode::TokenWrong), "{error:?}");
        assert!(error.to_string().contains("accessToken \u{fffd}"), "{error}");
    }
}

#[tokio::test]
async fn a_location_with_an_invalid_number_is_an_error() {
    let text = r#"{"code": 200, "message": "", "data":
        {"userId": "7", "agentAccount": "a", "source": 1, "whatsApp": "@lid"}}"#;
    let server = service(200, text.into()).await;
    let error = client(&server).account_location(8_618_217_331_411_u64).await.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error:?}");
}
