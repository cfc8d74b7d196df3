//! The order of the events of one second in calls that feed, over any log.

use std::collections::BTreeMap;

use group_dispatch_client::Source;
use group_dispatch_types::ingest::FeedOrder;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::common::{TestServer, http};

/// An event of agent 12, as short as it can be; each second is another event.
pub fn event(second: u32) -> Value {
    json!({
        "userId": 12, "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1, "detailStatus": 12,
        "createTime": 1_720_437_931_000_u64 + 1000 * u64::from(second),
    })
}

pub fn with(mut event: Value, member: &str, value: Value) -> Value {
    event[member] = value;
    event
}

pub async fn feeding_with(server: &TestServer, query: &str, events: &[Value]) -> (StatusCode, Value) {
    let mut request = server.feeding("application/json", json!(events).to_string()).build().unwrap();
    let address = format!("{}{query}", request.url());
    *request.url_mut() = address.parse().unwrap();
    let response = http().execute(request).await.unwrap();
    (response.status(), response.json().await.unwrap())
}

/// A log is newest first; with `order=newest-first` its events of one second end as they did at the source.
pub async fn a_call_says_which_is_the_latest(start: impl AsyncFn() -> TestServer) {
    let went = with(event(1), "detailStatus", json!(32));
    for (query, is_online) in [
        ("", false),
        ("?order=oldest-first", false),
        ("?order=newest-first", true),
        ("?", false),
        ("?&order=newest%2Dfirst", true),
    ] {
        let server = start().await;
        let response = feeding_with(&server, query, &[event(1), went.clone()]).await;
        assert_eq!(response.0, StatusCode::OK, "{}", response.1);
        let agents = server.client(1).online_agents(Source::Pc).await.unwrap();
        assert_eq!(!agents.is_empty() && !agents[0].whats_app_list.is_empty(), is_online, "{query}");
    }
}

/// The latest events of a source in pages that overlap, newest first or turned round, each in calls that keep the events
/// of one second together.
pub async fn random_histories_end_alike(start: impl AsyncFn() -> TestServer) {
    for seed in 1..=8_u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut random = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut second = 0;
        let history: Vec<Value> = (0..120)
            .map(|number| {
                second += u32::from(random(4) == 0);
                let event = with(event(second), "whatsApp", json!(861_821_371_000 + random(6)));
                let event = with(event, "detailStatus", json!(if random(2) == 0 { 12 } else { 32 }));
                with(event, "name", json!(format!("n{number}")))
            })
            .collect();
        let mut online = BTreeMap::new();
        for event in &history {
            online.insert(event["whatsApp"].to_string(), event["detailStatus"] == 12);
        }
        online.retain(|_, is_online| *is_online);
        for order in [FeedOrder::NewestFirst, FeedOrder::OldestFirst] {
            let server = start().await;
            for end in [45, 80, 120] {
                let mut page = history[end - 45..end].to_vec();
                if order == FeedOrder::NewestFirst {
                    page.reverse();
                }
                let mut calls: Vec<Vec<Value>> = Vec::new();
                for second in page.chunk_by(|one, next| one["createTime"] == next["createTime"]) {
                    match calls.last_mut() {
                        Some(call) if random(3) > 0 => call.extend_from_slice(second),
                        _ => calls.push(second.to_vec()),
                    }
                }
                for call in calls {
                    let events = serde_json::from_value(Value::from(call)).unwrap();
                    server.client(1).feed(events).order(order).await.unwrap();
                }
            }
            let agents = server.client(1).online_agents(Source::Pc).await.unwrap();
            let found: Vec<_> = agents.iter().flat_map(|agent| &agent.whats_app_list).collect();
            let mut found: Vec<_> = found.iter().map(|account| account.whats_app.to_string()).collect();
            found.sort();
            assert_eq!(found, online.keys().cloned().collect::<Vec<_>>(), "seed {seed}, {order}");
        }
    }
}
