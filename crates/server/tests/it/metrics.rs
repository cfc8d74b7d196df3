//! `/metrics`, and the dashboard that is drawn from it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;

use crate::common::{TestServer, start};
use serde_json::Value;

/// What a scraper gets that says that it accepts this.
async fn scrape(server: &TestServer, accept: &str) -> (String, String) {
    let request = crate::common::http().get(format!("{}/metrics", server.url)).header("accept", accept);
    let response = request.send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["vary"]), (200, &"Accept".parse().unwrap()));
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (content_type, response.text().await.unwrap())
}

async fn metrics(server: &TestServer) -> String {
    scrape(server, "*/*").await.1
}

/// Both formats have the same samples, and a scraper gets the one that it asks for.
#[tokio::test]
async fn a_scraper_gets_the_format_that_it_asks_for() {
    let server = start().await;
    server.ask("queryUserStatus", r#"{"source": 1}"#).await;
    let (content_type, text) = scrape(&server, "*/*").await;
    assert_eq!(content_type, "text/plain; version=0.0.4; charset=utf-8");
    assert!(text.contains("\n# TYPE group_dispatch_requests_total counter\n"), "{text}");
    assert!(!text.contains("EOF") && !text.contains("UNIT"), "{text}");
    let asked = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                 application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    let (content_type, open_metrics) = scrape(&server, asked).await;
    assert_eq!(content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(open_metrics.contains("\n# TYPE group_dispatch_requests counter\n"), "{open_metrics}");
    assert!(open_metrics.ends_with("\n# EOF\n"), "{open_metrics}");
    // The process and the requests for metrics go on meanwhile.
    let samples = |text: &str| -> BTreeSet<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned()))
            .filter(|name| !name.contains("metrics"))
            .collect()
    };
    assert_eq!(samples(&text), samples(&open_metrics));
}

#[tokio::test]
async fn requests_are_counted_by_endpoint_status_and_code_and_never_by_name() {
    let server = start().await;
    let event = r#"{"userId": 621443, "agentAccount": "jack-the-agent", "whatsApp": "8618217331411", "name": "chen",
        "status": 10, "detailStatus": 11, "source": 1, "countryCode": "x", "createTime": "2024-07-08 19:25:31"}"#;
    server.feed(1, &[event]).await;
    server.ask("queryUserStatus", r#"{"source": 1, "userName": "jack-the-agent"}"#).await;
    server.ask("queryWhatsAppInfo", r#"{"whatsapp": 8618217331411}"#).await;
    server.ask("queryWhatsAppInfo", r#"{"whatsapp": "8618217331411x"}"#).await;
    server.request("queryWhatsAppInfo", "{}").header("token", "x").send().await.unwrap();
    crate::common::get(format!("{}/8618217331411", server.url)).await.unwrap();
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
    let route = r#"http_request_method="POST",http_response_status_code="401",http_route="/group-dispatch-api/user/queryWhatsAppInfo""#;
    assert!(text.contains(&format!("http_server_request_duration_seconds_count{{{route}")), "{text}");
    for known in ["tenants 2", "agents 1", "accounts 1", "events_in_memory 1"] {
        assert!(text.contains(&format!("group_dispatch_{known}\n")), "{known}\n{text}");
    }
    for secret in ["8618217331411", "jack-the-agent", "621443", "key-of-1", "chen", "tenant="] {
        assert!(!text.contains(secret), "{secret} stands in the metrics: {text}");
    }
}

/// Returns the accounts by source and status, without those of which there are none.
async fn presence(server: &TestServer) -> BTreeSet<String> {
    let text = metrics(server).await;
    let counts = text.lines().filter_map(|line| line.strip_prefix("group_dispatch_presence_accounts"));
    counts.filter(|count| !count.ends_with(" 0")).map(str::to_owned).collect()
}

#[tokio::test]
async fn accounts_are_counted_by_source_and_by_their_latest_status_over_all_tenants() {
    let server = start().await;
    let zeros = metrics(&server).await.matches("group_dispatch_presence_accounts{").count();
    assert_eq!(zeros, 3 * 4, "all of the contract are there before the first event");
    let event = |account: u64, source: i32, status: i32, time: &str| {
        format!(
            r#"{{"userId": 1, "agentAccount": "a", "whatsApp": {account}, "name": "", "status": {status}, "source": {source},
            "detailStatus": 11, "countryCode": "x", "createTime": "2024-07-08 {time}"}}"#
        )
        .replace('\n', " ")
    };
    let count =
        |source: &str, status: &str, number: usize| format!(r#"{{source="{source}",status="{status}"}} {number}"#);
    let first = [
        event(8_618_217_331_411, 1, 10, "10:00:00"),
        event(8_618_217_331_412, 1, 10, "10:00:00"),
        event(8_618_217_331_413, 2, 20, "10:00:00"),
        event(8_618_217_331_414, 3, 40, "10:00:00"),
        event(8_618_217_331_415, 9, 77, "10:00:00"),
    ];
    server.feed(1, &first.each_ref().map(String::as_str)).await;
    server.feed(2, &[&event(8_618_217_331_411, 1, 10, "10:00:00")]).await;
    let unlisted = count("unknown", "unknown", 1);
    let others = [count("mobile", "disconnected", 1), count("cloud", "banned", 1), unlisted];
    assert_eq!(presence(&server).await, others.iter().cloned().chain([count("pc", "online", 3)]).collect());
    // A later event counts, an earlier one does not.
    server.feed(1, &[&event(8_618_217_331_411, 1, 30, "11:00:00"), &event(8_618_217_331_412, 1, 40, "09:00:00")]).await;
    let at_pc = [count("pc", "online", 2), count("pc", "offline", 1)];
    assert_eq!(presence(&server).await, others.iter().cloned().chain(at_pc).collect());
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

/// Returns the names of metrics in a text.
fn names(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let metrics = words
        .filter(|word| ["group_dispatch_", "http_server_", "process_"].iter().any(|start| word.starts_with(start)));
    metrics.map(|word| word.strip_suffix("_bucket").unwrap_or(word).to_owned())
}

/// Returns the names of all metrics of the server.
async fn exported(server: &TestServer) -> BTreeSet<String> {
    let text = metrics(server).await;
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.map(|line| line.split_once(' ').unwrap().0.to_owned()).collect()
}

#[tokio::test]
async fn the_alerts_are_about_metrics_and_endpoints_of_the_server() {
    let alerts = include_str!("../../grafana/alerts.yml");
    let server = start().await;
    server.feeding("application/x-ndjson", "").send().await.unwrap();
    let exported = exported(&server).await;
    let unknown: Vec<_> = names(alerts).filter(|name| !exported.contains(name)).collect();
    assert!(unknown.is_empty() && names(alerts).count() > 5, "{unknown:?}");
    let text = metrics(&server).await;
    let endpoints: Vec<_> = alerts.split("endpoint=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(!endpoints.is_empty());
    for endpoint in endpoints {
        assert!(text.contains(&format!("endpoint=\"{endpoint}\"")), "{endpoint}");
    }
}

#[tokio::test]
async fn the_dashboard_shows_every_metric_and_no_other() {
    let dashboard: Value = serde_json::from_str(include_str!("../../grafana/dashboard.json")).unwrap();
    let mut texts = Vec::new();
    strings(&dashboard, &mut texts);
    // Errors are distinguished by code: under `--http-status vendor` most of them have HTTP status 200.
    let errors = texts.iter().filter(|text| text.contains("group_dispatch_requests_total") && text.contains("!~"));
    assert_eq!(errors.filter(|text| text.contains(r#"code!~"2..|3..""#)).count(), 1);
    let asked: BTreeSet<_> = texts.iter().flat_map(|text| names(text)).collect();
    let server = start().await;
    server.ask("queryUserStatus", r#"{"source": 1}"#).await;
    let exported = exported(&server).await;
    if cfg!(target_os = "linux") {
        assert_eq!(asked, exported);
    } else {
        assert!(asked.is_superset(&exported), "{asked:?} {exported:?}");
    }
}
