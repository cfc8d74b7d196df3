//! D43: a body may be compressed with gzip, and what it holds is limited as any other.
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::Write;

use crate::common::{TestServer, envelope, start, start_with};
use flate2::{Compression, write::GzEncoder};
use group_dispatch_server::Config;
use group_dispatch_types::{BusinessCode, Source};
use serde_json::{Value, json};

const QUERY: &str = r#"{"source": 1}"#;
const EVENT: &str = r#"{"userId": 12, "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1,
    "detailStatus": 11, "createTime": 1720437931000}"#;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

async fn ask(server: &TestServer, encoding: &str, body: Vec<u8>) -> (u16, Value) {
    let request = server.request("queryUserStatus", body).header("content-encoding", encoding);
    let (status, answer) = envelope(request.send().await.unwrap()).await;
    (status.as_u16(), answer)
}

#[tokio::test]
async fn queries_and_events_may_be_compressed() {
    let server = start().await;
    let line = EVENT.replace('\n', " ");
    for (media_type, body, stored) in
        [("application/json", format!("[{EVENT}]"), 1), ("application/x-ndjson", format!("\u{feff}{line}\n"), 0)]
    {
        let call = server.feeding(media_type, gzip(body.as_bytes())).header("content-encoding", "gzip");
        let (status, answer) = envelope(call.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &answer["data"]["stored"]), (200, &json!(stored)), "{answer}");
    }
    assert_eq!(server.client(1).online_agents(Source::Pc).await.unwrap().len(), 1);
    for (encoding, body) in [
        ("gzip", gzip(QUERY.as_bytes())),
        ("X-GZIP", gzip(QUERY.as_bytes())),
        ("identity, gzip", gzip(QUERY.as_bytes())),
        ("identity", QUERY.into()),
        ("", QUERY.into()),
    ] {
        let (status, answer) = ask(&server, encoding, body).await;
        assert_eq!((status, &answer["data"][0]["userId"]), (200, &json!(12)), "{encoding:?}: {answer}");
    }
    // Nothing to ask is nothing compressed as well.
    for body in [vec![], gzip(b""), gzip(b"null")] {
        let request = server.request("queryAllOlWhatsAppInfo", body).header("content-encoding", "gzip");
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn another_encoding_is_named_and_the_accepted_ones_too() {
    let server = start().await;
    for (encoding, found) in [("br", "br"), ("zstd", "zstd"), ("deflate", "deflate"), ("gzip, gzip", "gzip, gzip")] {
        let message = format!("Content-Encoding: expected gzip or identity, found {found}");
        let (status, answer) = ask(&server, encoding, QUERY.into()).await;
        assert_eq!((status, answer), (415, json!({ "code": 415, "message": message, "data": null })), "{encoding}");
        for operation in ["queryUserStatus", "queryAllOlWhatsAppInfo", "../../ingest/v1/status-events"] {
            let request = server.request(operation, "[]").header("content-encoding", encoding);
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["accept-encoding"], "gzip, identity", "{operation}");
            assert_eq!(envelope(response).await.1["message"], message, "{operation}");
        }
    }
    // What programs show beside the message is right for it.
    let code = BusinessCode::UnsupportedMediaType;
    assert!(code.description().contains("content encoding") && code.remedy().contains("gzip"), "{code}");
    let (_, answer) = ask(&server, "8618217331411 jack", QUERY.into()).await;
    assert_eq!(answer["message"], "Content-Encoding: expected gzip or identity, found an invalid name");
}

#[tokio::test]
async fn broken_gzip_is_the_clients_mistake() {
    let server = start().await;
    let whole = gzip(QUERY.as_bytes());
    let cut = "body: expected gzip, as Content-Encoding says, but it ends in the middle";
    let other = "body: expected gzip, as Content-Encoding says, but it is no valid gzip";
    let after = "body: expected gzip, as Content-Encoding says, but there are other bytes after its end";
    for (body, message) in [
        (whole[..whole.len() / 2].to_vec(), cut),
        (whole[..whole.len() - 1].to_vec(), cut),
        (QUERY.into(), other),
        ([&whole[..], b"what comes after it"].concat(), after),
        ([&whole[..], b"\n"].concat(), after),
        ([&whole[..], &[0; 512]].concat(), after),
        ([&whole[..], &whole[..1]].concat(), cut),
        ([&whole[..], &whole[..12]].concat(), cut),
    ] {
        let (status, answer) = ask(&server, "gzip", body.clone()).await;
        assert_eq!((status, answer), (400, json!({ "code": 400, "message": message, "data": null })), "{body:?}");
        let call = server.feeding("application/json", body).header("content-encoding", "gzip");
        assert_eq!(envelope(call.send().await.unwrap()).await.1["message"], message);
    }
}

#[tokio::test]
async fn the_limit_is_that_of_the_content() {
    let settings = Config { body_limit: 2000, ingest_body_limit: 2000, ..Config::default() };
    let server = start_with(settings).await;
    let padded = |length: usize| gzip(format!("{QUERY:<length$}").as_bytes());
    assert!(padded(2001).len() < 200);
    assert_eq!(ask(&server, "gzip", padded(2000)).await.0, 200);
    let message = json!("body: expected at most 2000 bytes");
    let (status, answer) = ask(&server, "gzip", padded(2001)).await;
    assert_eq!((status, &answer["code"], &answer["message"]), (413, &json!(413), &message));
    let call = server.feeding("application/json", padded(2001)).header("content-encoding", "gzip");
    let (status, answer) = envelope(call.send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &answer["message"]), (413, &message));
    // Content of which nothing is decoded does not go on for ever either.
    let empty = gzip(b"").repeat(1000);
    assert_eq!(ask(&server, "gzip", empty).await.0, 413);
}
