//! Changes as they come: pages, and streams in both forms.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::{collections::VecDeque, time::Duration};

use futures_util::{StreamExt, TryStreamExt};
use group_dispatch_server::{
    Config,
    event::StatusEvent,
    store::{Admin, Database, EventFilter, Strike},
};
use group_dispatch_types::{
    Operation, Source,
    history::{ChangeLineType, ChangePosition},
};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::common::{TestServer, envelope, http, start, stored};

/// 2024-07-08T11:25:31Z.
const START: i64 = 1_720_437_931_000;
const LINES: &str = "application/x-ndjson";
const EVENTS: &str = "text/event-stream";
/// No test waits so long unless it fails.
const LIMIT: Duration = Duration::from_secs(120);

/// An account that came online or went offline, this number of seconds after the start.
fn event(account: u64, is_online: bool, second: i64) -> StatusEvent {
    let event = json!({
        "userId": 12, "agentAccount": "u1", "userName": "li", "whatsApp": account.to_string(), "name": "ja\"ck", "source": 1,
        "detailStatus": if is_online { 12 } else { 32 }, "createTime": START + second * 1000,
    });
    stored(&event.to_string())
}

const A: u64 = 8_618_217_331_411;
const B: u64 = 8_618_217_331_412;

impl TestServer {
    async fn append(&self, events: Vec<StatusEvent>) {
        self.store.append(1.into(), events).await.unwrap();
    }

    fn changes(&self, body: &Value) -> reqwest::RequestBuilder {
        self.signed(&http(), 1, Operation::HistoryChanges.path(), "application/json", body.to_string())
    }

    /// Reads a page, which has to succeed.
    async fn page(&self, body: Value) -> Value {
        let (status, body) = envelope(self.changes(&body).send().await.unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["data"].clone()
    }

    async fn stream(&self, body: Value, accept: &str, last: &[&str]) -> Stream {
        let request = self.changes(&body).header("accept", accept);
        let request = last.iter().fold(request, |request, position| request.header("last-event-id", *position));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], accept);
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        assert_eq!(response.headers()["cache-control"], "no-store");
        // The fetch of Node.js takes a connection that breaks for the end of such a response.
        assert_eq!(response.headers().get("connection"), None);
        Stream { response, buffer: Vec::new(), blocks: VecDeque::new(), is_lines: accept == LINES }
    }
}

/// A stream that is read line by line, or block by block.
struct Stream {
    response: Response,
    buffer: Vec<u8>,
    blocks: VecDeque<String>,
    is_lines: bool,
}

impl Stream {
    /// The next line or block as it is; `None` at the end.
    async fn raw(&mut self) -> Option<String> {
        let end: &[u8] = if self.is_lines { b"\n" } else { b"\n\n" };
        loop {
            if let Some(block) = self.blocks.pop_front() {
                return Some(block);
            }
            let chunk = tokio::time::timeout(LIMIT, self.response.chunk()).await.unwrap().unwrap();
            let Some(chunk) = chunk else {
                assert!(self.buffer.is_empty(), "a stream ends with a whole line");
                return None;
            };
            self.buffer.extend_from_slice(&chunk);
            while let Some(at) = self.buffer.windows(end.len()).position(|window| window == end) {
                let block: Vec<u8> = self.buffer.drain(..at + end.len()).collect();
                self.blocks.push_back(String::from_utf8(block).unwrap());
            }
        }
    }

    async fn line(&mut self) -> Value {
        let raw = self.raw().await.unwrap();
        let json = if self.is_lines {
            raw
        } else {
            raw.lines().find_map(|line| line.strip_prefix("data: ")).unwrap().to_owned()
        };
        serde_json::from_str(&json).unwrap()
    }

    /// The next line of another type than `position`.
    async fn news(&mut self) -> Value {
        let news = async {
            loop {
                let line = self.line().await;
                if line["type"] != "position" {
                    return line;
                }
            }
        };
        tokio::time::timeout(LIMIT, news).await.unwrap()
    }
}

fn number(line: &Value) -> u64 {
    let account = if line["type"] == "online" { &line["account"] } else { &line["event"] };
    account["whatsApp"].as_str().unwrap().parse().unwrap()
}

fn position(line: &Value) -> String {
    line["position"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pages_begin_with_who_is_online_and_go_on_behind_their_position() {
    let server = start().await;
    server.append(vec![event(A, true, 0), event(B, true, 1), event(B, false, 2)]).await;
    let first = server.page(json!({})).await;
    let online = json!({
        "type": "online",
        "account": { "userId": 12, "agentAccount": "u1", "userName": "li", "whatsApp": A.to_string(), "name": "ja\"ck",
            "source": 1 },
    });
    assert_eq!(first["lines"], json!([online]));
    let nothing = server.page(json!({ "since": first["position"] })).await;
    assert_eq!((&nothing["lines"], &nothing["position"]), (&json!([]), &first["position"]));

    server.append(vec![event(A, false, 3), event(B, true, 4)]).await;
    server.append(vec![event(A, true, 5)]).await;
    let all = server.page(json!({ "since": first["position"] })).await;
    let lines = all["lines"].as_array().unwrap();
    assert_eq!(lines.iter().map(number).collect::<Vec<_>>(), [A, B, A]);
    assert_eq!(lines[0]["event"]["createTime"], START + 3000);
    assert!(lines.iter().all(|line| line["onlineWith"] == 12), "now, and not after this event alone");
    // In pages of one, and behind each position.
    let mut since = first["position"].clone();
    for line in lines {
        let page = server.page(json!({ "since": since, "limit": 1 })).await;
        assert_eq!(page["lines"], json!([line]));
        since = page["position"].clone();
    }
    assert_eq!(server.page(json!({ "since": since })).await["lines"], json!([]));
    let of_other = server.signed(&http(), 2, Operation::HistoryChanges.path(), "application/json", "{}").send().await;
    assert_eq!(envelope(of_other.unwrap()).await.1["data"]["lines"], json!([]), "of another tenant");
}

#[tokio::test]
async fn a_page_waits_for_the_first_event() {
    let server = start().await;
    let since = server.page(json!({})).await["position"].clone();
    let waiting = server.page(json!({ "since": since, "wait": 20, "whatsApp": A.to_string() }));
    let feeding = async {
        server.append(vec![event(B, true, 0)]).await;
        server.append(vec![event(A, true, 1)]).await;
    };
    let (page, ()) = tokio::join!(waiting, feeding);
    assert_eq!(page["lines"].as_array().unwrap().iter().map(number).collect::<Vec<_>>(), [A]);
    let none = server.page(json!({ "since": page["position"], "wait": 1 })).await;
    assert_eq!(none["lines"], json!([]));
}

#[tokio::test]
async fn filters_leave_out_what_differs_in_them() {
    let server = start().await;
    let since = server.page(json!({})).await["position"].clone();
    let mobile = StatusEvent { source: Source::Mobile, ..event(B, true, 1) };
    let of_other = StatusEvent { user_id: 13.into(), ..event(B + 1, true, 2) };
    server.append(vec![event(A, true, 0), mobile, of_other]).await;
    for (filter, expected) in
        [(json!({ "whatsApp": A }), A), (json!({ "source": 2 }), B), (json!({ "userId": 13 }), B + 1)]
    {
        let online = server.page(filter.clone()).await["lines"].clone();
        let mut body = filter.clone();
        body["since"] = since.clone();
        let events = server.page(body.clone()).await["lines"].clone();
        let mut stream = server.stream(body, LINES, &[]).await;
        for lines in [online, events, json!([stream.news().await])] {
            assert_eq!(lines.as_array().unwrap().iter().map(number).collect::<Vec<_>>(), [expected], "{filter}");
        }
    }
}

#[tokio::test]
async fn each_block_of_a_stream_ends_with_its_id_and_has_data() {
    let server = start().await;
    server.append(vec![event(A, true, 0)]).await;
    let mut stream = server.stream(json!({}), EVENTS, &[]).await;
    let first = stream.raw().await.unwrap();
    let (retry, online) = first.split_once('\n').unwrap();
    assert_eq!(retry, "retry: 2000");
    assert!(online.starts_with(r#"data: {"account":{"#) && online.ends_with("}\n\n"), "{online}");
    assert!(!online.contains("id:"), "who is online has to be read to its end");
    server.append(vec![event(A, false, 1)]).await;
    for kind in ["position", "event"] {
        let block = stream.raw().await.unwrap();
        let [data, id] = block.trim_end().lines().collect::<Vec<_>>()[..] else { panic!("{block}") };
        let line: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(line["type"], kind);
        assert_eq!(id.strip_prefix("id: ").unwrap(), position(&line));
        assert!(block.ends_with("\n\n"));
    }
}

/// aiohttp refuses lines of more than 524,288 bytes. Texts have a greatest length (D47), of characters that may have four bytes.
#[tokio::test]
async fn no_line_is_too_long_for_a_client() {
    let server = start().await;
    let text = |length| "\u{10ffff}".repeat(length);
    let longest = StatusEvent {
        agent_account: text(128),
        user_name: Some(text(256)),
        name: Some(text(256)),
        country_code: text(256),
        ..event(A, true, 0)
    };
    for (accept, second) in [(LINES, 0), (EVENTS, 1)] {
        let mut stream = server.stream(json!({}), accept, &[]).await;
        let mut longest = longest.clone();
        longest.event_id = Some(format!("{}{second}", text(127)));
        longest.at += second;
        server.append(vec![longest]).await;
        while !stream.raw().await.unwrap().contains(r#""type":"event""#) {}
        let mut stream = server.stream(json!({}), accept, &[]).await;
        let online = stream.raw().await.unwrap();
        assert!((1_000..128 * 1024).contains(&online.len()), "{}", online.len());
    }
}

#[tokio::test]
async fn a_reader_that_comes_back_has_each_event_once() {
    let server = start().await;
    for (accept, first) in [(LINES, 0), (EVENTS, 1_000)] {
        let mut stream = server.stream(json!({}), accept, &[]).await;
        let mut last = loop {
            let line = stream.line().await;
            if line["type"] == "position" {
                break position(&line);
            }
        };
        drop(stream);
        let mut seen = Vec::new();
        for round in 0..5 {
            server.append((0..4).map(|n| event(A + n, true, first + round * 10)).collect()).await;
            // By the header, of which the last one counts; an empty one is none.
            let mut stream = match round % 3 {
                0 => server.stream(json!({ "since": "1.00000000" }), accept, &["1.00000000", &last]).await,
                1 => server.stream(json!({}), accept, &[&format!("1.00000000, {last}")]).await,
                _ => server.stream(json!({ "since": last }), accept, &[""]).await,
            };
            for _ in 0..3 {
                let line = stream.news().await;
                seen.push(number(&line));
                last = position(&line);
            }
        }
        let mut stream = server.stream(json!({ "since": last }), accept, &[]).await;
        for _ in 0..5 {
            seen.push(number(&stream.news().await));
        }
        let expected: Vec<u64> = (0..5).flat_map(|_| (0..4).map(|n| A + n)).collect();
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn a_position_that_is_lost_is_an_error_or_a_new_beginning() {
    let server = start().await;
    server.append(vec![event(A, true, 0)]).await;
    let unknown = "77.0a1b2c3d";
    for accept in ["*/*", LINES, EVENTS] {
        let request = server.changes(&json!({ "since": unknown })).header("accept", accept);
        let (status, body) = envelope(request.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &body["code"]), (410, &json!(410)), "{accept}");
        let message = body["message"].as_str().unwrap();
        assert!(message.starts_with("since: ") && message.ends_with("begin again without it"), "{message}");
    }
    let mut stream = server.stream(json!({}), EVENTS, &[unknown]).await;
    let reset = stream.raw().await.unwrap();
    assert!(reset.contains(r#""type":"reset""#) && reset.contains(r#""reason":"unknown""#), "{reset}");
    assert!(reset.ends_with("\nid:\n\n"), "the client forgets its position: {reset}");
    assert_eq!(number(&stream.line().await), A);
    assert_eq!(stream.line().await["type"], "position");
    for (body, place) in [(json!({ "since": "soon" }), "since: "), (json!({ "settle": 1 }), "settle: ")] {
        let (status, body) = envelope(server.changes(&body).send().await.unwrap()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body["message"].as_str().unwrap().starts_with(place), "{body}");
    }
    let request = server.changes(&json!({})).header("accept", LINES).header("last-event-id", "soon");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_does_not_last_is_held_back_and_counted() {
    let server = start().await;
    let mut stream = server.stream(json!({ "settle": 1 }), LINES, &[]).await;
    let begin = stream.line().await;
    assert_eq!(begin["type"], "position");
    server.append(vec![event(A, true, 0), event(A, false, 1), event(B, true, 2), event(A, true, 3)]).await;
    let (b, a) = (stream.news().await, stream.news().await);
    assert_eq!((number(&b), &b["held"]), (B, &Value::Null));
    assert_eq!((number(&a), &a["held"], &a["event"]["createTime"]), (A, &json!(2), &json!(START + 3000)));
    let mut again = server.stream(json!({ "settle": 1, "since": begin["position"] }), LINES, &[]).await;
    assert_eq!([again.news().await, again.news().await], [b, a], "whoever reads it later reads the same");
}

#[tokio::test]
async fn a_stream_says_why_it_ends_or_begins_again() {
    let server = start().await;
    server.append(vec![event(A, true, 0), event(B, true, 1)]).await;
    let mut streams = Vec::new();
    for accept in [LINES, EVENTS] {
        let mut stream = server.stream(json!({}), accept, &[]).await;
        while stream.line().await["type"] != "position" {}
        streams.push(stream);
    }
    // An event that is taken back is no event of the stream, and changes who is online.
    let admin = Admin::open(&Database::Sqlite(server.database())).await.unwrap();
    let filter = EventFilter { event_id: None, user_id: None, whatsapp: None, source: None, times: START..START + 1 };
    assert!(matches!(admin.strike(1.into(), filter, false).await.unwrap(), Strike::Struck(_)));
    while server.store.tenant(1.into()).unwrap().online_agents([(Source::Pc, A.try_into().unwrap())])[0].is_some() {
        tokio::task::yield_now().await;
    }
    server.append(vec![event(B, true, 2)]).await;
    for stream in &mut streams {
        let reset = stream.news().await;
        assert_eq!((&reset["type"], &reset["reason"]), (&json!("reset"), &json!("recomputed")));
        assert_eq!(number(&stream.line().await), B);
        assert_eq!(stream.line().await["type"], "position");
    }
    admin.close().await.unwrap();
    let mut of_other = server.signed(&http(), 2, Operation::HistoryChanges.path(), "application/json", "{}");
    of_other = of_other.header("accept", LINES);
    let response = of_other.send().await.unwrap();
    let mut of_other = Stream { response, buffer: Vec::new(), blocks: VecDeque::new(), is_lines: true };
    assert_eq!(of_other.line().await["type"], "position");
    // The removal of a tenant is noticed at the next heartbeat; a stop, at once.
    server.stop.send(()).unwrap();
    for stream in streams.iter_mut().chain([&mut of_other]) {
        let end = stream.news().await;
        assert_eq!((&end["type"], &end["reason"]), (&json!("end"), &json!("stopping")));
        assert_eq!(stream.raw().await, None);
    }
    server.serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_router_for_other_servers_streams_as_well() {
    let whole = start().await;
    let server = whole.served_by_axum_with(Config::default()).await;
    let mut stream = server.stream(json!({}), EVENTS, &[]).await;
    assert_eq!(stream.line().await["type"], "position");
    server.append(vec![event(A, true, 0)]).await;
    assert_eq!(number(&stream.news().await), A);
    server.store.close().await.unwrap();
    let end = stream.news().await;
    assert_eq!((&end["type"], &end["reason"]), (&json!("end"), &json!("stopping")));
}

#[tokio::test]
async fn the_client_follows_and_begins_again_where_its_position_is_lost() {
    let server = start().await;
    server.append(vec![event(A, true, 0)]).await;
    let mut changes = server.client(1).changes().follow();
    let first = changes.try_next().await.unwrap().unwrap();
    assert_eq!(first.type_, ChangeLineType::Online);
    let position = changes.position().unwrap().clone();
    let fed: Vec<_> = (0..250).map(|second| event(A + second, true, 10 + second.cast_signed())).collect();
    let (lines, ()) = tokio::join!(changes.by_ref().take(250).try_collect::<Vec<_>>(), server.append(fed));
    let lines = lines.unwrap();
    let accounts: Vec<_> = lines.iter().map(|line| line.event.as_ref().unwrap().whats_app.get()).collect();
    assert_eq!(accounts, (A..A + 250).collect::<Vec<_>>());
    // In the middle of a page, the position is that of the line.
    let mut again = server.client(1).changes().since(position).follow();
    let ten: Vec<_> = again.by_ref().take(10).try_collect().await.unwrap();
    assert_eq!(again.position(), ten[9].position.as_ref());
    let rest = server.client(1).changes().since(again.position().unwrap().clone()).limit(1_000).await.unwrap();
    assert_eq!(rest.lines, lines[10..]);

    let unknown: ChangePosition = "77.0a1b2c3d".to_owned().into();
    let mut lost = server.client(1).changes().since(unknown).whats_app(A).follow();
    assert_eq!(lost.try_next().await.unwrap().unwrap().type_, ChangeLineType::Reset);
    assert_eq!(lost.position(), None);
    assert_eq!(lost.try_next().await.unwrap().unwrap().account.unwrap().whats_app.get(), A);
}
