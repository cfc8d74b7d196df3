//! Errors of responses, over real HTTP.

use std::sync::{Arc, Mutex};

use crate::common::{builder, client, query_all, query_one, user_status};
use group_dispatch_client::{Error, RetryPolicy, types::*};
use group_dispatch_httpmock::{
    httpmock::{HttpMockResponse, MockServer},
    *,
};
use serde_json::{Value, json};

/// Starts a server that sends this response to every request.
async fn responding(status: u16, body: impl Into<String>) -> MockServer {
    let server = MockServer::start_async().await;
    let answer = MockResponse::raw(status, "application/json", body.into());
    server.respond_to(AnyOperation, answer.header("x-request-id", "order-4711"));
    server
}

async fn query(status: u16, body: impl Into<String>) -> Result<Vec<OnlineAgent>, Error> {
    let server = responding(status, body).await;
    client(server.base_url()).query(user_status()).await
}

/// Like [`query`], with a client that repairs nothing.
async fn query_strictly(status: u16, body: impl Into<String>) -> Result<Vec<OnlineAgent>, Error> {
    let server = responding(status, body).await;
    let client = builder(server.base_url()).retry(RetryPolicy::never()).strict(true).build().unwrap();
    client.query(user_status()).await
}

/// Returns the parts of a refusal.
fn refusal(error: &Error) -> (BusinessCode, &str, u16, Option<&str>) {
    let Error::Business { code, message, status, sent, .. } = error else { panic!("{error:?}") };
    assert_eq!(error.code(), Some(*code));
    assert_eq!(error.request_id(), sent.request_id.as_deref());
    assert_eq!(error.attempts(), 1);
    (*code, message, *status, sent.request_id.as_deref())
}

#[tokio::test]
async fn a_code_means_the_same_with_any_http_status() {
    for status in [200, 400, 401, 404, 429, 499, 500, 503, 599] {
        let server = responding(status, r#"{"code": 522, "message": "accessToken is error", "data": null}"#).await;
        for answer in query_all(&client(server.base_url())).await {
            let error = answer.unwrap_err();
            let expected = (BusinessCode::TokenWrong, "accessToken is error", status, Some("order-4711"));
            assert_eq!(refusal(&error), expected);
            let text = error.to_string();
            assert!(text.contains("accessToken is error") && text.contains("522"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_code_without_data_is_a_refusal() {
    for (body, message) in [
        (r#"{"code": 522}"#, "The token is wrong"),
        (r#"{"code": 522, "message": null, "data": null}"#, "The token is wrong"),
        (r#"{"code": "522", "msg": "x", "data": ""}"#, "The token is wrong"),
        (r#"{"code": 522, "message": "no", "data": [1]}"#, "no"),
    ] {
        for status in [200, 401] {
            let error = query(status, body).await.unwrap_err();
            let expected = (BusinessCode::TokenWrong, message, status, Some("order-4711"));
            assert_eq!(refusal(&error), expected, "{body}");
        }
    }
}

#[tokio::test]
async fn messages_contain_no_phone_numbers_and_control_characters() {
    let body = json!({ "code": 530, "message": "line\n\u{1b}[31m 8618217331411, 123456 é", "data": null });
    let error = query(200, body.to_string()).await.unwrap_err();
    assert_eq!(refusal(&error).1, "line  [31m ***, 123456 é");
}

#[tokio::test]
async fn grouped_numbers_are_masked_and_long_messages_shortened() {
    for number in ["+86 182-1733-1411", "861 821 733 1411", "８６１８２１７３３１４１１"] {
        for (status, body) in [(200, json!({ "code": 530, "message": number }).to_string()), (502, number.to_owned())] {
            let error = query(status, body).await.unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(text.contains("***") && !text.contains("1411") && !text.contains("１４１１"), "{text}");
        }
    }
    let endless = json!({ "code": 530, "message": "no ".repeat(1_000_000), "data": null });
    let text = query(200, endless.to_string()).await.unwrap_err().to_string();
    assert!(text.len() < 600, "{} bytes", text.len());
}

/// The business codes 501 and 502 mean something else, and never come with that HTTP status.
#[tokio::test]
async fn a_gateway_that_repeats_its_status_in_json_is_recognized() {
    for status in [501, 502, 503, 504] {
        let body = json!({ "code": status, "message": "Bad Gateway", "data": null }).to_string();
        let error = query(status, body).await.unwrap_err();
        let Error::Http { status: found, body, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*found, body.as_str(), error.code()), (status, "Bad Gateway", None));
        assert!(error.is_retryable());
    }
    let error = query(200, r#"{"code": 502, "message": "timestamp timeout", "data": null}"#).await.unwrap_err();
    assert_eq!(error.code(), Some(BusinessCode::TimestampTimeout));
}

#[tokio::test]
async fn too_many_requests_are_recognized_by_code_and_http_status() {
    let envelope = r#"{"code": 429, "message": "slower", "data": null}"#;
    for (status, body) in [(200, envelope), (429, envelope), (503, envelope), (429, "<html>slower</html>"), (429, "")] {
        let error = query(status, body).await.unwrap_err();
        assert_eq!(error.code(), Some(BusinessCode::TooManyRequests), "{status} {body}: {error:?}");
    }
}

#[tokio::test]
async fn mocked_errors_equal_those_of_the_service() {
    let server = MockServer::start_async().await;
    let answer = |code| ErrorResponse { code, message: "no".to_owned(), data: NoData };
    server.query_user_status(|_, then| {
        then.client_error(401, &answer(BusinessCode::TokenMissing));
    });
    server.query_all_ol_whats_app_info(|_, then| {
        then.server_error(500, &answer(BusinessCode::DatabaseError));
    });
    let client = client(server.base_url());
    let error = client.query(user_status()).await.unwrap_err();
    assert_eq!(refusal(&error), (BusinessCode::TokenMissing, "no", 401, None));
    let error = client.all_online().await.unwrap_err();
    assert_eq!(refusal(&error), (BusinessCode::DatabaseError, "no", 500, None));
}

#[tokio::test]
async fn mocked_responses_belong_to_their_operations() {
    let server = MockServer::start_async().await;
    let (code, message) = (BusinessCode::Success, String::from("success"));
    let mocks = [
        server.query_user_status(|_, then| {
            then.ok(&QueryUserStatusResponse { code, message: message.clone(), data: vec![] });
        }),
        server.query_all_ol_whats_app_info(|_, then| {
            then.ok(&QueryAllOlWhatsAppInfoResponse { code, message: message.clone(), data: vec![] });
        }),
        server.query_whats_app_info(|_, then| {
            then.ok(&QueryWhatsAppInfoResponse { code, message: message.clone(), data: None });
        }),
        server.query_user_status_log(|_, then| {
            then.ok(&QueryUserStatusLogResponse { code, message: message.clone(), data: vec![] });
        }),
        server.get_latest_online_whats_account(|_, then| {
            then.ok(&GetLatestOnlineWhatsAccountResponse { code, message: message.clone(), data: vec![] });
        }),
    ];
    for answer in query_all(&client(server.base_url())).await {
        answer.unwrap();
    }
    for mock in mocks {
        mock.assert_calls(1);
    }
}

#[tokio::test]
async fn success_is_200_and_0() {
    for code in ["200", "0", "\"200\"", "\"0\""] {
        let body = format!(r#"{{"code": {code}, "message": "", "data": []}}"#);
        assert_eq!(query(200, body).await.unwrap(), [], "{code}");
    }
}

#[tokio::test]
async fn an_unknown_code_is_kept() {
    for code in [60_001, -3, 1] {
        for status in [200, 400] {
            let body = json!({ "code": code, "message": "new", "data": null }).to_string();
            let error = query(status, body).await.unwrap_err();
            assert_eq!(refusal(&error), (BusinessCode::Unknown(code), "new", status, Some("order-4711")));
            assert!(error.to_string().contains(&code.to_string()), "{error}");
        }
    }
}

#[tokio::test]
async fn the_data_of_an_error_may_have_any_shape() {
    let shapes =
        [json!(null), json!(""), json!([]), json!({}), json!({ "trace": [1] }), json!("text"), json!(1), json!([1])];
    for data in shapes.into_iter().map(Some).chain([None]) {
        for status in [200, 401, 500] {
            let mut body = json!({ "code": 530, "message": "unknown" });
            if let Some(data) = &data {
                body["data"] = data.clone();
            }
            let server = responding(status, body.to_string()).await;
            for answer in query_all(&client(server.base_url())).await {
                let error = answer.unwrap_err();
                let expected = (BusinessCode::UserNameUnknown, "unknown", status, Some("order-4711"));
                assert_eq!(refusal(&error), expected, "{data:?}");
            }
        }
    }
}

/// A proxy's page, another service's JSON, or an envelope of success with an HTTP status of failure.
#[tokio::test]
async fn an_http_error_without_an_envelope_has_its_status() {
    let success = r#"{"code": 200, "message": "success", "data": []}"#;
    for (status, body) in [
        (502, "<html><body>Bad Gateway 8618217331411</body></html>"),
        (404, "8618217331411"),
        (400, r#"{"error": "8618217331411"}"#),
        (503, ""),
        (204, ""),
        (304, ""),
        (500, success),
        (404, success),
        (400, r#"{"code": 0, "message": "8618217331411"}"#),
    ] {
        let server = responding(status, body).await;
        for answer in query_all(&client(server.base_url())).await {
            let error = answer.unwrap_err();
            assert!(
                matches!(error, Error::Http { status: found, .. } if found == status),
                "{status} {body}: {error:?}"
            );
            assert_eq!((error.code(), error.request_id()), (None, Some("order-4711")), "{status} {body}");
            let text = format!("{error} {error:?}");
            assert!(text.contains(&status.to_string()) && !text.contains("8618217331411"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_response_that_does_not_match_the_contract_is_not_quoted() {
    let agent = |change: fn(&mut Value)| {
        let mut answer = json!({ "code": 200, "message": "zhang-the-agent", "data": [{
            "userId": 12, "agentAccount": "zhang-the-agent",
            "whatsAppList": [{ "whatsApp": "8618217331411", "name": "jack-the-customer" }],
        }] });
        change(&mut answer);
        answer.to_string()
    };
    let whole = agent(|_| ());
    assert_eq!(query(200, whole.clone()).await.unwrap().len(), 1);
    for body in [
        whole[..whole.len() - 1].to_owned(),
        whole[..whole.find("8618217331411").unwrap() + 8].to_owned(),
        format!("{whole}{whole}"),
        agent(|answer| answer["data"][0]["userId"] = json!("8618217331411 jack-the-customer")),
        agent(|answer| answer["data"][0]["userId"] = json!(null)),
        agent(|answer| answer["data"][0]["agentAccount"] = json!(8_618_217_331_411_u64)),
        agent(|answer| answer["data"][0]["whatsAppList"] = json!("jack-the-customer")),
        agent(|answer| answer["data"][0]["whatsAppList"][0]["whatsApp"] = json!("8618217331411x")),
        agent(|answer| answer["data"][0]["whatsAppList"][0]["name"] = json!(8_618_217_331_411_u64)),
        agent(|answer| answer["data"] = json!("jack-the-customer")),
        agent(|answer| answer["data"] = json!(8_618_217_331_411_u64)),
        agent(|answer| answer["code"] = json!("jack-the-customer")),
        agent(|answer| answer["code"] = json!(8_618_217_331_411_u64)),
        agent(|answer| answer["message"] = json!(["jack-the-customer"])),
        "<html>8618217331411</html>".to_owned(),
        "\"jack-the-customer\"".to_owned(),
        String::new(),
    ] {
        let error = query_strictly(200, body.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{body}: {error:?}");
        assert_eq!((error.code(), error.request_id()), (None, Some("order-4711")));
        assert!(std::error::Error::source(&error).is_none(), "serde's error may repeat what it read");
        let text = format!("{error} {error:?}");
        for personal in ["86182", "jack", "zhang"] {
            assert!(!text.contains(personal), "{body}: {text}");
        }
    }
}

#[tokio::test]
async fn a_decoding_error_names_the_place() {
    let body = "{\"code\": 200, \"message\": \"\",\n  \"data\": [7]}";
    let error = query(200, body).await.unwrap_err();
    let Error::Decode { path, line: 2, column: 12, body, is_cut: false, .. } = &error else { panic!("{error:?}") };
    assert_eq!((path.as_str(), body.as_str()), ("data[0]", r#"{"code":200,"message":"***","data":[7"#));
    assert!(error.to_string().contains("in data[0], at line 2 column 12"), "{error}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_cut_response_is_distinguished_from_an_invalid_one() {
    for (body, is_expected_cut) in [
        (r#"{"code": 200, "message": "", "data": [{"userId": 12, "agentAcc"#, true),
        ("", true),
        (r#"{"code": 200, "message": "", "data": [{"userId": 12}]}"#, false),
        ("<html>Log in first</html>", false),
    ] {
        let error = query_strictly(200, body).await.unwrap_err();
        let Error::Decode { is_cut, .. } = error else { panic!("{error:?}") };
        assert_eq!((is_cut, error.is_retryable()), (is_expected_cut, is_expected_cut), "{body}");
    }
}

#[tokio::test]
async fn a_response_cut_at_any_place_is_recognized() {
    let agent = online_agent(12, "é", ["8618217331411"]);
    let log = r#"[{"userId": 12, "agentAccount": "é", "whatsAppList": [{"whatsApp": "8618217331411", "source": 1,
        "countryCode": "哥", "createTime": "2024-07-08 19:25:31", "status": 10, "detailStatus": 12, "new": [{}]}]}]"#;
    let recent =
        r#"[{"userId": 12, "agentAccount": "é", "whatsAppList": [{"whatsApp": 8618217331411, "status": "10"}]}]"#;
    let all_data = [
        serde_json::to_string(&[&agent]).unwrap(),
        serde_json::to_string(&[source_group(Source::Pc, [agent.clone()])]).unwrap(),
        serde_json::to_string(&account_location("8618217331411", Source::Pc, 12, "é")).unwrap(),
        log.to_owned(),
        recent.to_owned(),
    ];
    let server = MockServer::start_async().await;
    let body = Arc::new(Mutex::new(Vec::new()));
    let sent = Arc::clone(&body);
    server.mock(|when, then| {
        when.is_true(|_| true);
        then.respond_with(move |_| HttpMockResponse::builder().status(200).body(sent.lock().unwrap().clone()).build());
    });
    let client = client(server.base_url());
    for (nth, data) in all_data.into_iter().enumerate() {
        let success = format!(r#"{{"code": "200", "message": "ü", "data": {data}}}"#);
        for whole in [success, r#"{"code": 517, "message": "ü", "data": null}"#.to_owned()] {
            for end in 0..whole.len() {
                *body.lock().unwrap() = whole.as_bytes()[..end].to_vec();
                let error = query_one(&client, nth).await.unwrap_err();
                assert!(matches!(error, Error::Decode { is_cut: true, .. }), "{whole} cut at {end}: {error:?}");
            }
            *body.lock().unwrap() = whole.into_bytes();
            assert!(matches!(query_one(&client, nth).await, Ok(()) | Err(Error::Business { .. })));
        }
    }
}

#[tokio::test]
async fn the_text_of_an_html_page_is_shown() {
    let page = "<html><head><title>Log in</title></head><body>to the network of 8618217331411</body></html>";
    for (status, expected) in [(200, "Log in to the network of ***"), (502, "Log in to the network of ***")] {
        let error = query(status, page).await.unwrap_err();
        assert!(error.to_string().ends_with(expected), "{error}");
    }
}

/// A body that is neither JSON nor HTML may contain names in any encoding.
#[tokio::test]
async fn other_bodies_are_named_and_not_shown() {
    let json = r#"{"data":{"whatsApp":"8618217331411","name":"Jack"#;
    let utf16 = |mark: &str| format!("{mark}{json}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let utf16_be = format!("\u{feff}{json}").encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let utf32: Vec<u8> = format!("\u{feff}{json}").chars().map(u32::from).flat_map(u32::to_le_bytes).collect();
    let gbk = b"8618217331411,\xbd\xdc\xbf\xcb Jack".to_vec();
    for (body, name) in [
        (utf16("\u{feff}"), "text in UTF-16"),
        (utf16(""), "text in UTF-16"),
        (utf16_be, "text in UTF-16"),
        (utf32, "text in UTF-32"),
        (gbk, "text in another encoding than UTF-8"),
        (b"8618217331411,Jack Secret".to_vec(), "neither JSON nor an HTML page"),
        (b"<name>Jack Secret</name>".to_vec(), "XML"),
        (b"\x1f\x8b\x08\0 Jack".to_vec(), "gzip data"),
    ] {
        for status in [200, 500] {
            if status == 500 && name == "neither JSON nor an HTML page" {
                // The text of an error is shown.
                continue;
            }
            let server = MockServer::start_async().await;
            let sent = body.clone();
            server.mock(|when, then| {
                when.is_true(|_| true);
                then.status(status).body(sent);
            });
            for is_strict in [false, true] {
                let builder = builder(server.base_url()).retry(RetryPolicy::never()).strict(is_strict);
                let error = builder.build().unwrap().query(user_status()).await.unwrap_err();
                let text = format!("{error} {error:?}");
                assert!(text.contains(&format!(" is {name}")) && text.contains("which is not shown"), "{text}");
                let readable: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
                assert!(!readable.contains("Jack") && !readable.contains("86182"), "{text}");
            }
        }
    }
    let text = query(500, "no mailbox for jack@example.com").await.unwrap_err().to_string();
    assert!(text.ends_with("it says: no mailbox for ***"), "{text}");
}

#[tokio::test]
async fn a_request_id_is_returned_with_the_error() {
    let server = MockServer::start_async().await;
    server.respond_to(QueryUserStatus, [MockResponse::malformed(Malformed::Garbage), MockResponse::proxy_page(502)]);
    let client = client(server.base_url());
    for _ in 0..2 {
        assert_eq!(client.query(user_status()).await.unwrap_err().request_id(), None);
    }
}

#[tokio::test]
async fn a_bare_status_comes_with_advice() {
    for (status, advice, is_address) in [
        (429, "too many requests", false),
        (413, "the request is too long", false),
        (408, "try again later", false),
        (502, "try again later", false),
        (407, "requires a user and password", false),
        (404, "is the address right?", true),
    ] {
        let error = query(status, "<html>proxy</html>").await.unwrap_err();
        assert!(matches!(error, Error::Http { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(advice) && text.contains(&status.to_string()), "{text}");
        assert_eq!(text.contains("address right"), is_address, "{text}");
    }
    let error = query(407, r#"{"code": 407, "message": "no"}"#).await.unwrap_err();
    assert!(matches!(error, Error::Http { status: 407, .. }) && !error.is_retryable(), "{error:?}");
}

/// No other address gets into an error: a service could put anything there.
#[tokio::test]
async fn the_docs_are_shown_only_below_the_address_of_the_service() {
    for (link, is_shown) in [
        ("<../../docs/error-522.html>; rel=\"help\"", true),
        ("<https://example.com/docs/error-522.html>; rel=\"help\"", false),
        ("<../../docs/error-502.html>; rel=\"help\"", false),
        ("<../../8618217331411/error-522.html>; rel=\"help\"", false),
        ("<../../docs/error-522.html>; rel=next", false),
    ] {
        let server = MockServer::start_async().await;
        let answer = MockResponse::raw(401, "application/json", r#"{"code": 522, "message": "m", "data": null}"#);
        server.respond_to(AnyOperation, answer.header("link", link));
        let error = client(server.base_url()).query(user_status()).await.unwrap_err();
        let page = server.url("/docs/error-522.html");
        assert_eq!(error.docs_url(), is_shown.then(|| page.clone()), "{link}");
        let end = if is_shown { format!("; see {page}") } else { "; see error-522.html in the docs".to_owned() };
        assert!(error.to_string().ends_with(&end), "{error}");
        assert_eq!(error.docs_page(), "error-522.html");
    }
}

/// Codes that the contract does not list share a page.
#[tokio::test]
async fn the_page_on_codes_that_are_not_listed_is_shown() {
    let server = MockServer::start_async().await;
    let answer = MockResponse::raw(400, "application/json", r#"{"code": 599, "message": "m", "data": null}"#);
    server.respond_to(AnyOperation, answer.header("link", "<../../docs/error-unknown.html>; rel=\"help\""));
    let error = client(server.base_url()).query(user_status()).await.unwrap_err();
    assert_eq!(error.docs_url(), Some(server.url("/docs/error-unknown.html")));
    assert_eq!(error.docs_page(), "error-unknown.html");
}
