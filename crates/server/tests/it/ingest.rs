//! How events get in: all of a call or none, and what is wrong with one is said without repeating it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Duration;

use crate::common::{
    TestServer, credentials,
    feed_order::{self, event, feeding_with, with},
    now, start, start_in, start_with,
};
use group_dispatch_client::{Source, types::AgentStatusLog};
use group_dispatch_server::Config;
use group_dispatch_types::{Operation, UtcOffset};
use reqwest::StatusCode;
use serde_json::{Value, json};

const PATH: &str = Operation::StatusEvents.path();

const ARRAY: &str = "application/json";
const LINES: &str = "application/x-ndjson";

async fn feed(server: &TestServer, media_type: &str, body: impl Into<reqwest::Body>) -> (StatusCode, Value) {
    let response = server.feeding(media_type, body).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

/// Feeds an array, all of which has to be taken; gives how many are stored and repeated.
async fn taken(server: &TestServer, events: &[Value]) -> (u64, u64) {
    let (status, body) = feed(server, ARRAY, json!(events).to_string()).await;
    assert_eq!((status, &body["code"], &body["message"]), (StatusCode::OK, &json!(200), &json!("success")), "{body}");
    assert_eq!((&body["data"]["refused"], &body["data"]["refusals"]), (&json!(0), &json!([])));
    (body["data"]["stored"].as_u64().unwrap(), body["data"]["repeated"].as_u64().unwrap())
}

async fn log(server: &TestServer) -> Vec<AgentStatusLog> {
    server.client(1).status_log(Source::Pc).await.unwrap()
}

#[tokio::test]
async fn arrays_and_lines_are_taken_alike() {
    let events = [event(1), event(2)];
    let lines = format!("\u{feff}{}\r\n\n  \n{}", events[0], events[1]);
    let mut logs = Vec::new();
    for (media_type, body) in [
        (ARRAY, json!(events).to_string()),
        (ARRAY, format!("\u{feff}{}", json!(events))),
        ("Application/JSON; charset=utf-8", format!("\n{}\n", json!(events))),
        (LINES, lines.clone()),
        ("application/x-ndjson;charset=utf-8", lines + "\n"),
    ] {
        let server = start().await;
        let (status, body) = feed(&server, media_type, body).await;
        assert_eq!(status, StatusCode::OK, "{media_type}: {body}");
        assert_eq!(body["data"], json!({ "stored": 2, "repeated": 0, "refused": 0, "refusals": [] }), "{media_type}");
        logs.push(log(&server).await);
    }
    assert_eq!(logs[0][0].whats_app_list.len(), 2);
    assert!(logs.iter().all(|log| *log == logs[0]));
}

#[tokio::test]
async fn nothing_is_taken_as_nothing() {
    let server = start().await;
    for (media_type, body) in [(ARRAY, "[]"), (ARRAY, " [ ] "), (LINES, ""), (LINES, "\n \r\n")] {
        let (status, body) = feed(&server, media_type, body).await;
        assert_eq!(status, StatusCode::OK, "{media_type}: {body}");
        assert_eq!(body["data"], json!({ "stored": 0, "repeated": 0, "refused": 0, "refusals": [] }));
    }
}

#[tokio::test]
async fn every_form_of_a_value_is_taken() {
    let whole = json!({
        "eventId": "e-1", "userId": 12, "agentAccount": "u1", "userName": "li", "whatsApp": "8618217331411",
        "name": "jack", "status": 10, "source": 1, "countryCode": "哥伦比亚", "detailStatus": 12,
        "createTime": 1_720_437_931_000_u64,
    });
    let mut forms = vec![whole.clone(), with(whole.clone(), "aNewMember", json!([{}]))];
    for (member, others) in [
        ("userId", json!(["12"])),
        ("whatsApp", json!([8_618_217_331_411_u64, "+86 182-1733-1411"])),
        ("status", json!(["10", null, ""])),
        ("source", json!(["1"])),
        ("detailStatus", json!(["12"])),
        ("createTime", json!([1_720_437_931, "1720437931000", "2024-07-08 19:25:31"])),
    ] {
        forms.extend(others.as_array().unwrap().iter().map(|other| with(whole.clone(), member, other.clone())));
    }
    let mut renamed = whole.clone();
    let number = renamed.as_object_mut().unwrap().remove("whatsApp").unwrap();
    forms.push(with(renamed, "whatsapp", number));

    let mut expected = None;
    for form in forms {
        let server = start().await;
        assert_eq!(taken(&server, std::slice::from_ref(&form)).await, (1, 0), "{form}");
        let log = log(&server).await;
        assert_eq!(log[0].whats_app_list.len(), 1);
        assert_eq!(*expected.get_or_insert_with(|| log.clone()), log, "{form}");
    }
}

#[tokio::test]
async fn clock_times_are_in_the_servers_zone() {
    for (zone, clock) in [(UtcOffset::VENDOR, "2024-07-08 19:25:31"), (UtcOffset::UTC, "2024-07-08 11:25:31")] {
        let server = start_in(zone, Config::default()).await;
        let at = |time| [with(event(0), "createTime", time)];
        assert_eq!(taken(&server, &at(json!(1_720_437_931))).await, (1, 0));
        assert_eq!(taken(&server, &at(json!(clock))).await, (0, 1), "the same time, {clock}");
        assert_eq!(log(&server).await[0].whats_app_list[0].create_time.to_string(), clock);
    }
}

#[tokio::test]
async fn one_bad_event_keeps_all_from_being_stored() {
    let server = start().await;
    let mut without_source = event(1);
    without_source.as_object_mut().unwrap().remove("source");
    let events = [
        event(0),
        without_source,
        with(event(2), "userId", json!("secret-77777")),
        with(event(3), "whatsApp", json!("0")),
        with(event(4), "agentAccount", json!(77777)),
        with(event(5), "createTime", json!("2024-02-30 00:00:00")),
        with(event(6), "detailStatus", json!(99)),
        json!("expected 77777"),
        json!([1, 77777]),
        event(9),
    ];
    let lines: String = events.iter().map(|event| format!("{event}\n\n")).collect();
    for (media_type, body) in [(ARRAY, json!(events).to_string()), (LINES, lines)] {
        let (status, body) = feed(&server, media_type, body).await;
        assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!(400)), "{body}");
        let source = "source: missing, expected a source: 1 (pc), 2 (mobile) or 3 (cloud)";
        assert_eq!(
            body["message"],
            format!("events refused: 8 of 10, so that none is stored; event 1: {source}"),
            "{media_type}"
        );
        let number = "expected a WhatsApp account: a phone number of 1 to 15 digits with its country calling code, such as 8618217331411";
        let time = "createTime: expected a time such as 2024-07-08 19:25:31 or 2024-07-08T19:25:31+08:00, or Unix epoch seconds or milliseconds; found a day that its month does not have";
        let refusals = [
            (1, source),
            (2, "userId: expected an agent id: an integer of up to 18 digits"),
            (3, &format!("whatsApp: {number}; found a zero before the country calling code")),
            (4, "agentAccount: expected a string"),
            (5, time),
            (6, "status: missing, and it does not follow from an unknown detailStatus"),
            (7, "event: expected a JSON object"),
            (8, "event: expected a JSON object"),
        ];
        let refusals: Vec<_> =
            refusals.iter().map(|(index, reason)| json!({ "index": index, "reason": reason })).collect();
        assert_eq!(body["data"], json!({ "stored": 0, "repeated": 0, "refused": 8, "refusals": refusals }));
        assert!(!body.to_string().contains("77777"), "{body}");
        assert!(log(&server).await.is_empty());
    }
    assert_eq!(taken(&server, &[event(0), event(9)]).await, (2, 0));
}

#[tokio::test]
async fn malformed_json_is_reported_by_its_place() {
    let server = start().await;
    let good = event(1).to_string();
    for (media_type, body, message, refusals) in [
        (ARRAY, format!("[{good}"), format!("body: expected JSON, but it is malformed at column {}", good.len() + 1), None),
        (ARRAY, format!("[{good}] x"), format!("body: expected JSON, but it is malformed at column {}", good.len() + 4), None),
        (ARRAY, format!("[{good},\n{{\"a\"]"), "body: expected JSON, but it is malformed at line 2 column 5".to_owned(), None),
        (ARRAY, String::new(), "body: missing; expected a JSON array of events".to_owned(), None),
        (ARRAY, " \n".to_owned(), "body: missing; expected a JSON array of events".to_owned(), None),
        (ARRAY, "null".to_owned(), "body: missing; expected a JSON array of events".to_owned(), None),
        (ARRAY, "\u{feff}null\n".to_owned(), "body: missing; expected a JSON array of events".to_owned(), None),
        (
            ARRAY,
            good.clone(),
            "body: expected a JSON array of events; send one event a line with Content-Type: application/x-ndjson".to_owned(),
            None,
        ),
        (
            LINES,
            format!("[{good},\n{good}]\n"),
            "body: expected one event a line, found a JSON array; send it with Content-Type: application/json".to_owned(),
            None,
        ),
        (
            LINES,
            format!("{good}\n\n{{\"userId\": 12\n"),
            "events refused: 1 of 2, so that none is stored; event 1: event: expected JSON, but it is malformed at column 13"
                .to_owned(),
            Some(json!([{ "index": 1, "reason": "event: expected JSON, but it is malformed at column 13" }])),
        ),
    ] {
        let (status, answer) = feed(&server, media_type, body.clone()).await;
        assert_eq!((status, answer["message"].as_str()), (StatusCode::BAD_REQUEST, Some(message.as_str())), "{body}");
        assert_eq!(answer["data"].get("refusals"), refusals.as_ref(), "{body}");
    }
    let (status, answer) = feed(&server, LINES, [good.as_bytes(), b"\n\"\xff\""].concat()).await;
    assert_eq!((status, &answer["data"]["refusals"][0]["index"]), (StatusCode::BAD_REQUEST, &json!(1)));
    assert!(log(&server).await.is_empty());
}

#[tokio::test]
async fn events_that_are_there_are_counted_and_change_nothing() {
    let server = start().await;
    let named = |second, account: &str| {
        let event = with(event(second), "eventId", json!("e-1"));
        with(event, "agentAccount", json!(account))
    };
    assert_eq!(taken(&server, &[event(1), named(2, "first"), event(1)]).await, (2, 1));
    let before = log(&server).await;
    // By its name alone; and where it has none, or an empty one, by all that it is.
    let unnamed = with(event(1), "eventId", json!(""));
    assert_eq!(taken(&server, &[named(3, "second"), unnamed]).await, (0, 2));
    assert_eq!(log(&server).await, before);
    assert_eq!(taken(&server, &[event(3)]).await, (1, 0));
}

/// D47. A character is a Unicode scalar value, as JSON Schema counts them.
#[tokio::test]
async fn texts_have_at_most_the_characters_of_the_contract() {
    let server = start().await;
    let texts = [("eventId", 128), ("agentAccount", 128), ("userName", 256), ("name", 256), ("countryCode", 256)];
    for (second, (member, most)) in (0..).zip(texts) {
        let of_length = |length| with(event(second), member, json!("\u{1f600}".repeat(length)));
        let (status, body) = feed(&server, ARRAY, json!([of_length(most), of_length(most + 1)]).to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let reason = format!("{member}: expected at most {most} characters");
        assert_eq!(body["data"]["refusals"], json!([{ "index": 1, "reason": reason }]));
        assert!(!body.to_string().contains('\u{1f600}'), "the value is not repeated");
        assert_eq!(taken(&server, &[of_length(most)]).await, (1, 0));
    }
    assert_eq!(log(&server).await[0].whats_app_list.len(), texts.len());
}

#[tokio::test]
async fn an_event_further_in_the_future_than_allowed_is_refused() {
    const HOUR: i64 = 3_600_000;
    for (max_ahead, within, beyond) in [
        (Config::default().max_ahead, 23 * HOUR, 25 * HOUR),
        (Duration::from_secs(1800), 0, HOUR),
        (Duration::MAX, 10_000 * HOUR, i64::MAX),
    ] {
        let server = start_with(Config { max_ahead, ..Config::default() }).await;
        let ahead = |by: i64| with(event(0), "createTime", json!(now() + by));
        assert_eq!(taken(&server, &[ahead(within)]).await, (1, 0));
        if beyond == i64::MAX {
            continue;
        }
        let (status, body) = feed(&server, ARRAY, json!([event(1), ahead(beyond)]).to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let reason = "createTime: further in the future than --max-ahead allows";
        assert_eq!(body["data"]["refusals"], json!([{ "index": 1, "reason": reason }]));
    }
}

#[tokio::test]
async fn ten_thousand_events_and_no_more() {
    let server = start().await;
    let events: Vec<Value> = (0..10_001).map(event).collect();
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    for (media_type, body) in [(ARRAY, json!(events).to_string()), (LINES, lines)] {
        let (status, body) = feed(&server, media_type, body).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(body, json!({ "code": 413, "message": "body: expected at most 10000 events", "data": null }));
    }
    assert_eq!(taken(&server, &events[..10_000]).await, (10_000, 0));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let one = json!([event(0)]).to_string();
    let server = start_with(Config { body_limit: 8, ingest_body_limit: one.len(), ..Config::default() }).await;
    let (status, body) = feed(&server, ARRAY, format!("{one} ")).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let message = format!("body: expected at most {} bytes", one.len());
    assert_eq!(body, json!({ "code": 413, "message": message, "data": null }));
    // The limit of questions is another.
    assert_eq!(taken(&server, &[event(0)]).await, (1, 0));
    assert_eq!(server.ask("queryUserStatus", r#"{"source": 1}"#).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let server = start().await;
    for media_type in ["text/plain", "application/xml", "application/ndjson", ""] {
        let (status, body) = feed(&server, media_type, json!([event(0)]).to_string()).await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{media_type}");
        let message = "Content-Type: expected application/json or application/x-ndjson";
        assert_eq!(body, json!({ "code": 415, "message": message, "data": null }));
    }
}

#[tokio::test]
async fn a_call_has_to_be_signed() {
    let server = start().await;
    let url = format!("{}{PATH}", server.url);
    let good = now().to_string();
    let (token, token_of_2) = (credentials(1).token(&good), credentials(2).token(&good));
    for (tenant, timestamp, token, code) in [
        ("", good.as_str(), token.as_str(), 523),
        ("1", "", &token, 518),
        ("1", &good, "", 525),
        ("1", "soon", &token, 519),
        ("1", &good[..10], &token, 502),
        ("1", &good, &token_of_2, 522),
        ("3", &good, &token, 522),
    ] {
        let headers = [("tenant_id", tenant), ("timestamp", timestamp), ("token", token)];
        let mut call = crate::common::http().post(&url).header("content-type", ARRAY).body("no JSON");
        for (name, value) in headers.into_iter().filter(|(_, value)| !value.is_empty()) {
            call = call.header(name, value);
        }
        let response = call.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.json::<Value>().await.unwrap()["code"], code);
    }
    // One tenant's events are not another's.
    assert_eq!(taken(&server, &[event(0)]).await, (1, 0));
    assert!(server.client(2).status_log(Source::Pc).await.unwrap().is_empty());
}

#[tokio::test]
async fn events_are_fed_by_post_alone() {
    let server = start().await;
    let get = crate::common::get(format!("{}{PATH}", server.url)).await.unwrap();
    assert_eq!(get.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(get.json::<Value>().await.unwrap()["message"], "method: expected POST");
}

#[tokio::test]
async fn a_database_that_is_slow_is_not_the_client_s_fault() {
    let server = start_with(Config { request_timeout: Duration::from_secs(1), ..Config::default() }).await;
    let another = rusqlite::Connection::open(server.database()).unwrap();
    another.execute_batch("BEGIN IMMEDIATE").unwrap();
    let events = json!([event(1)]).to_string();
    let (status, body) = feed(&server, ARRAY, events.clone()).await;
    assert_eq!((status, &body["code"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!(500)), "{body}");
    assert_eq!(body["message"], "the server did not finish the request within 1 seconds");
    another.execute_batch("COMMIT").unwrap();
    // Whether it was stored nobody knew; sent again, it is there once.
    let mut again = 0..100;
    while feed(&server, ARRAY, events.clone()).await.0 != StatusCode::OK {
        assert!(again.next().is_some(), "it never takes them, though nobody is in its way");
    }
    assert_eq!(log(&server).await[0].whats_app_list.len(), 1);
}

#[tokio::test]
async fn a_call_says_which_of_the_events_of_one_second_is_the_latest() {
    feed_order::a_call_says_which_is_the_latest(start).await;
    let server = start().await;
    for query in ["?order=newest", "?order=", "?order=newest-first&order=oldest-first"] {
        let (status, body) = feeding_with(&server, query, &[event(1)]).await;
        assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!(400)), "{query}");
        assert_eq!(body["message"], "order: expected once, oldest-first or newest-first, in the address");
    }
    assert!(log(&server).await.is_empty(), "nothing is stored");
    let (status, body) = feeding_with(&server, "?order=newest-first", &[event(1), json!({})]).await;
    assert_eq!(
        (status, &body["data"]["refusals"][0]["index"]),
        (StatusCode::BAD_REQUEST, &json!(1)),
        "counted as sent"
    );
}

/// A misspelled `order` that was passed over would store a log the wrong way round.
#[tokio::test]
async fn an_unknown_query_parameter_is_refused_with_the_known_one() {
    let server = start().await;
    for query in ["?ordre=newest-first", "?Order=newest-first", "?order=newest-first&other=1", "?secret", "?=secret"] {
        let (status, body) = feeding_with(&server, query, &[event(1)]).await;
        assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!(400)), "{query}");
        let expected = "query parameters: expected none but order (oldest-first or newest-first), found another";
        assert_eq!(body["message"], expected, "{query}");
    }
    assert!(log(&server).await.is_empty(), "nothing is stored");
}

#[tokio::test]
async fn random_histories_are_fed_in_either_order() {
    feed_order::random_histories_end_alike(start).await;
}
