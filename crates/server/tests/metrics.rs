//! `/metrics`, and the dashboard that is drawn from it.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::BTreeSet;

use common::{TestServer, start};
use serde_json::Value;

async fn metrics(server: &TestServer) -> String {
    let response = reqwest::get(format!("{}/metrics", server.url)).await.unwrap();
    assert_eq!(response.status(), 200);
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(content_type.starts_with("application/openmetrics-text; version=1.0.0"), "{content_type}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn requests_are_told_by_endpoint_status_and_code_and_nobody_by_name() {
    let server = start().await;
    let event = r#"{"userId": 621443, "agentAccount": "jack-the-agent", "whatsApp": "8618217331411", "name": "chen",
        "status": 10, "detailStatus": 11, "source": 1, "countryCode": "x", "createTime": "2024-07-08 19:25:31"}"#;
    server.feed(1, &[event]).await;
    server.ask("queryUserStatus", r#"{"source": 1, "userName": "jack-the-agent"}"#).await;
    server.ask("queryWhatsAppInfo", r#"{"whatsapp": 8618217331411}"#).await;
    server.ask("queryWhatsAppInfo", r#"{"whatsapp": "8618217331411x"}"#).await;
    server.request("queryWhatsAppInfo", "{}").header("token", "x").send().await.unwrap();
    reqwest::get(format!("{}/8618217331411", server.url)).await.unwrap();
    let text = metrics(&server).await;
    for (endpoint, status, code) in [
        ("queryUserStatus", 200, 200),
        ("queryWhatsAppInfo", 200, 200),
        ("queryWhatsAppInfo", 400, 400),
        ("queryWhatsAppInfo", 401, 522),
        ("unknown", 404, 404),
    ] {
        let labels = format!(r#"endpoint="{endpoint}",status="{status}",code="{code}""#);
        assert!(text.contains(&format!("group_dispatch_requests_total{{{labels}}} 1\n")), "{labels}\n{text}");
    }
    for known in ["tenants 2", "agents 1", "accounts 1", "events_in_memory 1"] {
        assert!(text.contains(&format!("group_dispatch_{known}\n")), "{known}\n{text}");
    }
    for secret in ["8618217331411", "jack-the-agent", "621443", "key-of-1", "chen", "tenant="] {
        assert!(!text.contains(secret), "{secret} stands in the metrics: {text}");
    }
}

/// Every string in it.
fn strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
        Value::Object(members) => members.values().for_each(|value| strings(value, into)),
        _ => {}
    }
}

#[tokio::test]
async fn the_dashboard_asks_for_all_that_is_told_and_for_nothing_else() {
    let dashboard: Value = serde_json::from_str(include_str!("../grafana/dashboard.json")).unwrap();
    let mut texts = Vec::new();
    strings(&dashboard, &mut texts);
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let asked: BTreeSet<_> = texts
        .iter()
        .flat_map(|text| text.split(|c| !is_of_a_name(c)))
        .filter(|word| word.starts_with("group_dispatch_") || word.starts_with("process_"))
        .map(|word| word.strip_suffix("_bucket").unwrap_or(word).to_owned())
        .collect();
    let server = start().await;
    server.ask("queryUserStatus", r#"{"source": 1}"#).await;
    let text = metrics(&server).await;
    let told: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .map(|line| match line.split_once(' ').unwrap() {
            (name, "counter") => format!("{name}_total"),
            (name, "info") => format!("{name}_info"),
            (name, _) => name.to_owned(),
        })
        .collect();
    if cfg!(target_os = "linux") {
        assert_eq!(asked, told);
    } else {
        assert!(asked.is_superset(&told), "{asked:?} {told:?}");
    }
}
