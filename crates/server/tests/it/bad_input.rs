//! Whatever is wrong with a request, it gets an envelope that says what, and the value is never repeated.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Duration;

use crate::common::{BASE, envelope, start, start_with};
use group_dispatch_server::{Config, Limits};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn a_bad_value_is_named_with_what_was_expected() {
    let server = start().await;
    let source = "source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)";
    let missing_source = "source: missing, expected a source: 1 (pc), 2 (mobile) or 3 (cloud)";
    let user = "userId: expected an agent id: an integer of up to 18 digits";
    let object = "body: expected a JSON object";
    let number = "expected a WhatsApp account: a phone number of 1 to 15 digits with its country calling code, such as 8618217331411";
    let (zero, letter) = ("a zero before the country calling code", "a character that is not part of a phone number");
    for (operation, body, message) in [
        ("queryUserStatus", r#"{}"#, missing_source.to_owned()),
        ("queryUserStatus", r#"{"source": null}"#, source.to_owned()),
        ("queryUserStatus", r#"{"source": ""}"#, source.to_owned()),
        ("queryUserStatus", r#"{"source": 4}"#, source.to_owned()),
        ("queryUserStatusLog", r#"{"source": 4}"#, source.to_owned()),
        ("getLatestOnlineWhatsAccount", r#"{"source": "-1"}"#, source.to_owned()),
        ("queryUserStatus", r#"{"source": 0}"#, source.to_owned()),
        ("queryUserStatus", r#"{"source": "pc"}"#, source.to_owned()),
        ("queryUserStatus", r#"{"source": 1.5}"#, source.to_owned()),
        ("queryUserStatus", r#"{"source": [1]}"#, source.to_owned()),
        ("queryUserStatus", r#"{"source": 99999999999999999999}"#, source.to_owned()),
        ("queryUserStatus", r#"{"source": 1, "userId": 7777777777777777777}"#, user.to_owned()),
        ("queryUserStatus", r#"{"source": 1, "userId": 77777777777777777777777}"#, user.to_owned()),
        ("queryUserStatus", r#"{"source": 1, "userId": -77777}"#, user.to_owned()),
        ("queryUserStatus", r#"{"source": 1, "userId": true}"#, user.to_owned()),
        ("queryUserStatus", r#"{"source": 1, "userId": "secret-77777"}"#, user.to_owned()),
        ("queryUserStatus", r#"{"source": 1, "userName": 77777}"#, "userName: expected a string".to_owned()),
        ("queryUserStatus", r#"{"source": 1, "source": 2}"#, "source: expected once".to_owned()),
        ("queryUserStatus", r#"[]"#, object.to_owned()),
        ("queryUserStatus", r#"[1, 77777, "u1"]"#, object.to_owned()),
        ("queryUserStatus", r#""expected 77777 jack""#, object.to_owned()),
        (
            "queryUserStatus",
            r#"{"source": 1, "userName": ["expected 77777"]}"#,
            "userName: expected a string".to_owned(),
        ),
        ("queryUserStatus", r#"{"source": "expected 77777 at line 1"}"#, source.to_owned()),
        ("queryAllOlWhatsAppInfo", "[1]", object.to_owned()),
        ("queryAllOlWhatsAppInfo", r#""x""#, object.to_owned()),
        ("queryUserStatus", r#""secret-77777""#, object.to_owned()),
        ("queryUserStatus", r#"{"source": 1"#, "body: expected JSON, but it is malformed at column 12".to_owned()),
        ("queryUserStatus", "\u{feff}{\"source\": 0}", source.to_owned()),
        ("queryUserStatus", "\u{feff}\u{feff}{}", "body: expected JSON, but it is malformed at column 1".to_owned()),
        ("queryUserStatus", "nul", "body: expected JSON, but it is malformed at column 3".to_owned()),
        ("queryUserStatus", "NULL", "body: expected JSON, but it is malformed at column 1".to_owned()),
        ("queryUserStatus", "null null", object.to_owned()),
        ("queryUserStatus", r#"{"source": 1} x"#, "body: expected JSON, but it is malformed at column 15".to_owned()),
        ("queryUserStatus", "{\n1", "body: expected JSON, but it is malformed at line 2 column 1".to_owned()),
        ("queryAllOlWhatsAppInfo", "{", "body: expected JSON, but it is malformed at column 1".to_owned()),
        ("queryWhatsAppInfo", r#"{"source": 1}"#, format!("whatsapp: missing, {number}")),
        ("queryWhatsAppInfo", r#"{"whatsapp": 7777777777777777}"#, format!("whatsapp: {number}")),
        ("queryWhatsAppInfo", r#"{"whatsapp": 0}"#, format!("whatsapp: {number}")),
        ("queryWhatsAppInfo", r#"{"whatsapp": "0077777"}"#, format!("whatsapp: {number}; found {zero}")),
        ("queryWhatsAppInfo", r#"{"whatsApp": ""}"#, format!("whatsApp: {number}")),
        (
            "queryWhatsAppInfo",
            r#"{"whatsapp": 1, "source": 4}"#,
            "source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)".to_owned(),
        ),
        ("queryUserStatusLog", r#"{"agentAccount": "x"}"#, missing_source.to_owned()),
        ("queryUserStatusLog", r#"{"source": 1, "whatsApp": "77777x"}"#, format!("whatsApp: {number}; found {letter}")),
    ] {
        let (status, answer) = server.ask(operation, body).await;
        assert_eq!(answer, json!({ "code": 400, "message": message, "data": null }), "{operation} {body}");
        assert_eq!(status, 400, "{operation} {body}");
        assert!(!message.contains("77777"));
    }
}

/// D13: null, nothing and blanks are one: the error names the first member that is missing.
#[tokio::test]
async fn an_absent_body_is_an_error_that_names_what_is_missing() {
    let server = start().await;
    let source = "body: missing; source: missing, expected a source: 1 (pc), 2 (mobile) or 3 (cloud)";
    let number = "body: missing; whatsapp: missing, expected a WhatsApp account: a phone number of 1 to 15 digits with its \
                  country calling code, such as 8618217331411";
    for (operation, message) in [
        ("queryUserStatus", source),
        ("queryWhatsAppInfo", number),
        ("queryUserStatusLog", source),
        ("getLatestOnlineWhatsAccount", source),
    ] {
        let expected = json!({ "code": 400, "message": message, "data": null });
        for body in ["", "null", " \r\n\t", " null\n", "\u{feff}", "\u{feff}null"] {
            let (status, answer) = server.ask(operation, body).await;
            assert_eq!((status.as_u16(), &answer), (400, &expected), "{operation} {body:?}");
        }
        // Without a body there is no content type to be wrong.
        let mut request = server.request(operation, "").build().unwrap();
        request.headers_mut().remove("content-type");
        let (status, answer) = envelope(crate::common::http().execute(request).await.unwrap()).await;
        assert_eq!((status.as_u16(), &answer), (400, &expected), "{operation}");
    }
    let mut untyped = server.request("queryUserStatus", r#"{"source": 1}"#).build().unwrap();
    untyped.headers_mut().remove("content-type");
    let (status, answer) = envelope(crate::common::http().execute(untyped).await.unwrap()).await;
    assert_eq!((status.as_u16(), &answer["message"]), (415, &json!("Content-Type: expected application/json")));
    // What a byte order mark stands before is read as it is without one.
    assert_eq!(server.ask("queryUserStatus", "\u{feff} {\"source\": 1}").await.0, 200);
}

#[tokio::test]
async fn bytes_that_are_no_text_and_deep_nesting_are_refused() {
    let server = start().await;
    let deep = "[".repeat(20_000);
    for body in [b"{\"source\": 1, \"userName\": \"\xff\xfe\"}".to_vec(), deep.into_bytes()] {
        let (status, answer) = envelope(server.request("queryUserStatus", body).send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &answer["code"]), (400, &json!(400)), "{answer}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let server = start_with(Config { body_limit: 100, ..Config::default() }).await;
    let body = |length: usize| format!("{:<length$}", r#"{"source": 1}"#);
    assert_eq!(server.ask("queryUserStatus", &body(100)).await.0, 200);
    let (status, answer) = server.ask("queryUserStatus", &body(101)).await;
    assert_eq!(status, 413);
    assert_eq!(answer, json!({ "code": 413, "message": "body: expected at most 100 bytes", "data": null }));
    // A body that does not say how long it is, is counted as it comes.
    let parts = [Ok::<_, std::io::Error>(body(100)), Ok(body(100))];
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(parts));
    let (status, _) = envelope(server.request("queryUserStatus", stream).send().await.unwrap()).await;
    assert_eq!(status, 413);
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let server = start().await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"] {
        let mut request = server.request("queryUserStatus", r#"{"source": 1}"#).build().unwrap();
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        let (status, answer) = envelope(crate::common::http().execute(request).await.unwrap()).await;
        assert_eq!(status, 415, "{content_type:?}");
        assert_eq!(answer["message"], "Content-Type: expected application/json");
    }
    let mut request = server.request("queryUserStatus", r#"{"source": 1}"#).build().unwrap();
    request.headers_mut().insert("content-type", "Application/JSON; charset=utf-8".parse().unwrap());
    assert_eq!(crate::common::http().execute(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn unknown_paths_and_methods_get_an_envelope_too() {
    let server = start().await;
    let send = async |method: Method, path: String| {
        let response = crate::common::http().request(method, format!("{}{path}", server.url)).send().await.unwrap();
        let allow = response.headers().get("allow").map(|allow| allow.to_str().unwrap().to_owned());
        let (status, answer) = envelope(response).await;
        (status.as_u16(), answer["code"].clone(), answer["message"].as_str().unwrap().to_owned(), allow)
    };
    let misspelled = [
        "queryUserStatuses",
        "queryuserstatus",
        "queryUserStatus/",
        "queryAllOnlineWhatsAppInfo",
        "getLatestOnlineWhatsAppAccount",
    ]
    .map(|operation| format!("{BASE}{operation}"));
    for path in ["/documents", "/8618217331411"].into_iter().chain(misspelled.iter().map(String::as_str)) {
        let (status, code, message, _) = send(Method::POST, path.to_owned()).await;
        assert_eq!((status, code), (404, json!(404)), "{path}");
        assert!(!message.contains("8618217331411"), "{message}");
    }
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let (status, code, message, allow) = send(method.clone(), format!("{BASE}queryUserStatus")).await;
        assert_eq!((status, code, message.as_str()), (405, json!(405), "method: expected POST"), "{method}");
        assert_eq!(allow.as_deref(), Some("POST"), "{method}");
    }
    assert_eq!(send(Method::POST, "/healthz".to_owned()).await.2, "method: expected GET");
}

/// A body that never ends is given up on; the clock that counts is the server's, and nothing here waits for it but the
/// answer itself.
#[tokio::test]
async fn a_request_that_is_too_slow_is_given_up_on() {
    let server = start_with(Config { request_timeout: Duration::from_millis(100), ..Config::default() }).await;
    let request = server.request("queryUserStatus", "").build().unwrap();
    let mut head =
        format!("POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\nconnection: close\r\n", request.url().path());
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    let mut connection = tokio::net::TcpStream::connect(server.url.strip_prefix("http://").unwrap()).await.unwrap();
    connection.write_all(format!("{head}\r\n{{").as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["code"], 408);
}

/// D37: what is no HTTP request never gets as far as an envelope.
#[tokio::test]
async fn what_is_no_http_request_gets_a_bare_status() {
    let server = start().await;
    let send = async |bytes: String| {
        let mut connection = tokio::net::TcpStream::connect(server.url.strip_prefix("http://").unwrap()).await.unwrap();
        connection.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // The rest of what was sent may be refused by a reset; the answer has come before it.
        let _ = connection.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap().lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(send("garbage\r\n\r\n".to_owned()).await, "HTTP/1.1 400 Bad Request");
    let many: String = (0..200).map(|n| format!("x-{n}: y\r\n")).collect();
    assert_eq!(
        send(format!("GET /healthz HTTP/1.1\r\n{many}\r\n")).await,
        "HTTP/1.1 431 Request Header Fields Too Large"
    );
    assert_eq!(server.ask("queryUserStatus", r#"{"source": 1}"#).await.0, 200, "others are not bothered");
}

/// A head that never ends is given up on as a body is, and does not hold up a stop.
#[tokio::test]
async fn a_head_that_is_too_slow_is_given_up_on() {
    let limits = Limits { idle_timeout: Duration::from_millis(100), ..Limits::default() };
    let server = start_with(Config { limits, ..Config::default() }).await;
    let mut connection = tokio::net::TcpStream::connect(server.url.strip_prefix("http://").unwrap()).await.unwrap();
    connection.write_all(b"POST / HTTP/1.1\r\nx: ").await.unwrap();
    let mut answer = Vec::new();
    // Less than what it is by default.
    let closed = tokio::time::timeout(Duration::from_secs(60), connection.read_to_end(&mut answer)).await;
    closed.expect("the server closes").unwrap();
    assert!(!String::from_utf8(answer).unwrap().contains("200"));
}
