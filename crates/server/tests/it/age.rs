//! D57: the header `Age` of the queries, the limit `max_age`, and the metrics of looks.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::time::{Duration, Instant};

use crate::common::{BASE, TestServer, envelope, http, now, start, start_over, start_with};
use group_dispatch_client::{Client, Error, RetryPolicy};
use group_dispatch_server::{
    Config, HttpStatus,
    store::{Admin, Database, Look, MirrorEnd, Mirrored, MirroredFacts},
};
use group_dispatch_types::{BusinessCode, Operation, Source, UtcOffset};
use serde_json::json;

/// A request of each query, and the sources that it is about.
const QUERIES: [(&str, &str, &[Source]); 11] = {
    use Source::{Cloud, Mobile, Pc};
    [
        ("queryUserStatus", r#"{"source": 1}"#, &[Pc]),
        ("queryUserStatus", r#"{"source": 2}"#, &[Mobile]),
        ("queryUserStatus", r#"{"source": 3}"#, &[Cloud]),
        ("queryAllOlWhatsAppInfo", "{}", &[Pc, Mobile]),
        ("queryWhatsAppInfo", r#"{"whatsapp": "8618217331411"}"#, &[Pc, Mobile]),
        ("queryWhatsAppInfo", r#"{"whatsapp": "8618217331411", "source": 2}"#, &[Mobile]),
        ("queryWhatsAppInfo", r#"{"whatsapp": "8618217331411", "source": 3}"#, &[Cloud]),
        ("queryUserStatusLog", r#"{"source": 1}"#, &[Pc]),
        ("queryUserStatusLog", r#"{"source": 2}"#, &[Mobile]),
        ("getLatestOnlineWhatsAccount", r#"{"source": 1}"#, &[Pc]),
        ("getLatestOnlineWhatsAccount", r#"{"source": 3}"#, &[Cloud]),
    ]
};

/// Longer than any test takes, in seconds.
const SLACK: u64 = 1_000;

/// Stores that a mirror looked at a source this many seconds ago, after the look before.
async fn look(server: &TestServer, tenant: u64, source: Source, seconds: i64) {
    let looks = server.store.freshness(tenant.into()).unwrap();
    let after = looks.iter().find(|look| look.source == source).map(|look| look.last);
    let at = now() - seconds * 1000;
    let look = Look {
        source,
        at,
        after,
        continues: true,
        is_partial: false,
        mirror: 1,
        log_read: None,
        clock_offset: 0,
        uncertainty: 0,
        requests_per_minute: None,
        interval: None,
    };
    let facts = MirroredFacts { looks: vec![look], ..MirroredFacts::default() };
    let outcome = server.store.append_mirrored(tenant.into(), facts).await.unwrap();
    assert!(matches!(outcome, Mirrored::Stored { .. }), "{outcome:?}");
}

/// Returns the age and the body of a response.
async fn ask(server: &TestServer, tenant: u64, operation: &str, body: &'static str) -> (Option<u64>, String) {
    let response = server.request_of(tenant, operation, body).send().await.unwrap();
    assert_eq!(response.status(), 200, "{operation} {body}");
    assert!(response.headers().get_all("age").iter().count() <= 1);
    let age = response.headers().get("age").map(|age| age.to_str().unwrap().parse().unwrap());
    (age, response.text().await.unwrap())
}

async fn feed(server: &TestServer) {
    let event = |account: u64, source: u8| {
        format!(
            r#"{{"userId": 12, "agentAccount": "u1", "whatsApp": {account}, "status": 10, "source": {source}, "detailStatus": 11,
            "createTime": "2024-07-08 19:25:31"}}"#
        )
    };
    let events = [event(8_618_217_331_411, 1), event(8_618_217_331_412, 2), event(8_618_217_331_413, 3)];
    for tenant in [1, 2] {
        server.feed(tenant, &events.each_ref().map(String::as_str)).await;
    }
}

#[tokio::test]
async fn a_response_has_the_age_of_the_sources_that_it_is_about() {
    let server = start().await;
    feed(&server).await;
    let mut before = Vec::new();
    for (operation, body, _) in QUERIES {
        let (age, text) = ask(&server, 1, operation, body).await;
        assert_eq!(age, None, "nobody looked: {operation} {body}");
        before.push(text);
    }
    let ages = [(Source::Pc, 100_000), (Source::Mobile, 5_000)];
    for (source, age) in ages {
        look(&server, 1, source, age).await;
    }
    for ((operation, body, sources), before) in QUERIES.into_iter().zip(before) {
        let (age, text) = ask(&server, 1, operation, body).await;
        let of_source = |source: &Source| ages.iter().find(|(looked, _)| looked == source).map(|(_, age)| *age);
        let expected = sources.iter().filter_map(of_source).max().map(i64::unsigned_abs);
        // Nobody looked at cloud.
        assert_eq!(age.is_some(), expected.is_some(), "{operation} {body}");
        if let (Some(age), Some(expected)) = (age, expected) {
            assert!((expected..expected + SLACK).contains(&age), "{operation} {body}: {age}");
        }
        assert_eq!(text, before, "{operation} {body}");
        assert_eq!(ask(&server, 2, operation, body).await.0, None, "another tenant, which is only fed: {operation}");
    }
}

/// With `--max-age`, the queries work again without the mirror, and `Age` is gone.
#[tokio::test]
async fn the_data_of_a_mirror_that_was_ended_has_no_age_and_is_never_too_old() {
    let config = Config { max_age: Some(Duration::from_secs(60)), ..Config::default() };
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("ended.db"));
    let server = start_over(&database, UtcOffset::VENDOR, config).await;
    feed(&server).await;
    look(&server, 1, Source::Pc, 100_000).await;
    let status = async || {
        let (operation, body) = ("queryUserStatus", r#"{"source": 1}"#);
        server.request_of(1, operation, body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status().await, 503);
    let freshness = async || server.client(1).freshness().await.unwrap().sources;
    assert_eq!(freshness().await[0].ended, None);

    let admin = Admin::open(&database).await.unwrap();
    assert!(matches!(admin.end_mirror(1.into()).await.unwrap(), MirrorEnd::Ended { .. }));
    admin.close().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while status().await != 200 {
        assert!(Instant::now() < deadline, "the server does not detect the end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for (operation, body, _) in QUERIES {
        assert_eq!(ask(&server, 1, operation, body).await.0, None, "{operation} {body}");
    }
    let [source] = &freshness().await[..] else { panic!("one source was looked at") };
    assert!(source.ended.is_some() && source.age.get() >= 100_000, "{source:?}");

    look(&server, 1, Source::Pc, 100_000 - 10).await;
    assert_eq!((status().await, freshness().await[0].ended), (503, None), "a mirror looks again");
}

/// The cached answer to queryAllOlWhatsAppInfo has the age of now.
#[tokio::test]
async fn a_new_look_makes_the_same_answer_younger() {
    let server = start().await;
    feed(&server).await;
    for source in [Source::Pc, Source::Mobile] {
        look(&server, 1, source, 100_000).await;
    }
    let all = async || ask(&server, 1, "queryAllOlWhatsAppInfo", "{}").await;
    let (age, old) = all().await;
    assert!(age >= Some(100_000), "{age:?}");
    look(&server, 1, Source::Pc, 3_000).await;
    let (age, _) = all().await;
    assert!(age >= Some(100_000), "the oldest source counts: {age:?}");
    look(&server, 1, Source::Mobile, 2_000).await;
    let (age, new) = all().await;
    assert!((3_000..3_000 + SLACK).contains(&age.unwrap()), "{age:?}");
    assert_eq!(old, new);
    // A mirror whose clock is ahead.
    for source in [Source::Pc, Source::Mobile] {
        look(&server, 1, source, -100_000).await;
    }
    assert_eq!(all().await.0, Some(0));
}

#[tokio::test]
async fn another_source_that_was_looked_at_does_not_count() {
    let server = start().await;
    look(&server, 1, Source::Mobile, 5_000).await;
    look(&server, 1, Source::Cloud, 100_000).await;
    let (age, _) = ask(&server, 1, "queryAllOlWhatsAppInfo", "{}").await;
    assert!(
        (5_000..5_000 + SLACK).contains(&age.unwrap()),
        "pc was never looked at, and cloud is not asked for: {age:?}"
    );
    let (age, _) = ask(&server, 1, "getLatestOnlineWhatsAccount", r#"{"source": 3}"#).await;
    assert!(age >= Some(100_000), "{age:?}");
}

#[tokio::test]
async fn an_error_and_another_operation_have_no_age() {
    let server = start().await;
    look(&server, 1, Source::Pc, 10).await;
    for (operation, body) in [("queryUserStatus", r#"{"source": 4}"#), ("queryUserStatusLog", "{")] {
        let response = server.request(operation, body).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers().get("age")), (400, None));
    }
    let wrong_token = server.request("queryUserStatus", r#"{"source": 1}"#).header("token", "x").send().await.unwrap();
    assert_eq!((wrong_token.status().as_u16(), wrong_token.headers().get("age")), (401, None));
    for operation in Operation::ALL.into_iter().filter(|operation| !operation.is_query()) {
        let signed = server.signed(&http(), 1, operation.path(), "application/json", "{}");
        assert_eq!(signed.send().await.unwrap().headers().get("age"), None, "{operation:?}");
    }
}

#[tokio::test]
async fn every_server_of_the_database_says_the_same() {
    let server = start().await;
    look(&server, 1, Source::Pc, 100_000).await;
    let other = start_over(&Database::Sqlite(server.database()), UtcOffset::VENDOR, Config::default()).await;
    let (age, _) = ask(&other, 1, "queryUserStatus", r#"{"source": 1}"#).await;
    assert!(age >= Some(100_000), "{age:?}");
    look(&server, 1, Source::Pc, 10).await;
    while ask(&other, 1, "queryUserStatus", r#"{"source": 1}"#).await.0 >= Some(100_000) {}
    let axum = server.served_by_axum().await;
    assert!(ask(&axum, 1, "queryUserStatus", r#"{"source": 1}"#).await.0 < Some(100_000));
}

/// A server that rejects data older than an hour.
async fn limited(http_status: HttpStatus) -> TestServer {
    let max_age = Some(Duration::from_secs(3_600));
    start_with(Config { max_age, http_status, ..Config::default() }).await
}

#[tokio::test]
async fn a_query_of_a_stale_source_is_rejected() {
    for http_status in [HttpStatus::Mirrored, HttpStatus::Vendor] {
        let server = limited(http_status).await;
        feed(&server).await;
        look(&server, 1, Source::Pc, 100_000).await;
        look(&server, 1, Source::Mobile, 10).await;
        for (operation, body, sources) in QUERIES {
            let response = server.request(operation, body).send().await.unwrap();
            let headers = response.headers().clone();
            let (status, answer) = envelope(response).await;
            if sources.contains(&Source::Pc) {
                assert_eq!((status.as_u16(), &answer["code"]), (503, &json!(517)), "{operation} {body}");
                assert_eq!((&headers["retry-after"], headers.get("age")), (&"5".parse().unwrap(), None));
                let message = answer["message"].as_str().unwrap();
                let age =
                    message.strip_prefix("the data of source 1 (pc) is ").and_then(|rest| rest.split_once("s old, "));
                let (age, rest) = age.unwrap();
                assert!((100_000..100_000 + SLACK).contains(&age.parse().unwrap()), "{message}");
                assert_eq!(rest, "and at most 3600s is allowed; retry when its mirror has looked at it again");
            } else {
                assert_eq!((status.as_u16(), &answer["code"]), (200, &json!(200)), "{operation} {body}");
            }
            assert_eq!(server.request_of(2, operation, body).send().await.unwrap().status(), 200, "it is only fed");
        }
        look(&server, 1, Source::Pc, 3_590 - i64::try_from(SLACK).unwrap()).await;
        for (operation, body, _) in QUERIES {
            assert_eq!(server.request(operation, body).send().await.unwrap().status(), 200, "{operation} {body}");
        }
    }
}

/// The history says how old it is, and feeding does not depend on it. A request that is wrong stays wrong.
#[tokio::test]
async fn only_valid_queries_are_rejected_for_their_age() {
    let server = limited(HttpStatus::Mirrored).await;
    for source in [Source::Pc, Source::Mobile] {
        look(&server, 1, source, 100_000).await;
    }
    for operation in Operation::ALL.into_iter().filter(|operation| !operation.is_query()) {
        let signed = server.signed(
            &http(),
            1,
            operation.path(),
            "application/json",
            crate::common::example_body(operation.path()),
        );
        assert_ne!(signed.send().await.unwrap().status(), 503, "{operation:?}");
    }
    for (request, status) in [
        (server.request("queryUserStatus", r#"{"source": 4}"#), 400),
        (server.request("queryUserStatus", r#"{"source": 1}"#).header("token", "x"), 401),
        (http().get(format!("{}{BASE}queryUserStatus", server.url)), 405),
        (http().get(format!("{}/readyz", server.url)), 200),
    ] {
        assert_eq!(request.send().await.unwrap().status(), status);
    }
    let metrics = crate::common::get(format!("{}/metrics", server.url)).await.unwrap().text().await.unwrap();
    assert!(!metrics.contains(r#"code="517""#), "{metrics}");
    server.ask("queryUserStatus", r#"{"source": 1}"#).await;
    let metrics = crate::common::get(format!("{}/metrics", server.url)).await.unwrap().text().await.unwrap();
    let counted = r#"group_dispatch_requests_total{endpoint="queryUserStatus",status="503",code="517"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
    assert!(
        !metrics.lines().any(|line| line.starts_with("group_dispatch_requests_shed_total") && !line.ends_with(" 0"))
    );
}

#[tokio::test]
async fn our_client_takes_stale_data_for_a_temporary_failure() {
    let server = limited(HttpStatus::Mirrored).await;
    look(&server, 1, Source::Pc, 100_000).await;
    let client = |policy| {
        let builder = Client::builder().base_url(&server.url).credentials(crate::common::credentials(1));
        builder.http_client(http()).retry(policy).build().unwrap()
    };
    let error = client(RetryPolicy::never()).online_agents(Source::Pc).await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
    let Error::Business { code, message, .. } = &error else { unreachable!("{error:?}") };
    assert!(*code == BusinessCode::DatabaseError && message.contains("source 1 (pc)"), "{message}");
    // With no pause to wait for, the call fails at once.
    let error =
        client(RetryPolicy::default()).online_agents(Source::Pc).timeout(Duration::from_secs(4)).await.unwrap_err();
    assert_eq!(error.code(), Some(BusinessCode::DatabaseError));
    let fresh = client(RetryPolicy::never()).online_agents(Source::Mobile).with_response().await.unwrap();
    assert_eq!(fresh.response.age(), None, "nobody looked there");
    look(&server, 1, Source::Pc, 60).await;
    let answer = client(RetryPolicy::never()).online_agents(Source::Pc).with_response().await.unwrap();
    assert!((60..60 + SLACK).contains(&answer.response.age().unwrap().as_secs()));
}

/// Returns the samples of the looks, without their values: ages as whole thousands of seconds.
async fn looks(server: &TestServer) -> Vec<String> {
    let text = crate::common::get(format!("{}/metrics", server.url)).await.unwrap().text().await.unwrap();
    let is_of_looks = |line: &&str| line.contains("_look_age_seconds{") || line.contains("_mirrored_tenants{");
    let samples = text.lines().filter(is_of_looks).map(|line| {
        let (name, value) = line.strip_prefix("group_dispatch_").unwrap().rsplit_once(' ').unwrap();
        let value: f64 = value.parse().unwrap();
        let value = if name.starts_with("mirrored") { value } else { (value / 1000.0).floor() };
        format!("{name} {value}")
    });
    samples.collect()
}

#[tokio::test]
async fn metrics_have_the_age_of_each_source_over_all_tenants() {
    let server = start().await;
    let none = |source: &str| format!(r#"mirrored_tenants{{source="{source}"}} 0"#);
    assert_eq!(looks(&server).await, ["pc", "mobile", "cloud"].map(none), "no look has no age");
    look(&server, 1, Source::Pc, 100_000).await;
    look(&server, 2, Source::Pc, 5_000).await;
    look(&server, 2, Source::Mobile, 0).await;
    assert_eq!(
        looks(&server).await,
        [
            r#"mirrored_tenants{source="pc"} 2"#,
            r#"mirrored_tenants{source="mobile"} 1"#,
            r#"mirrored_tenants{source="cloud"} 0"#,
            r#"oldest_look_age_seconds{source="pc"} 100"#,
            r#"oldest_look_age_seconds{source="mobile"} 0"#,
            r#"latest_look_age_seconds{source="pc"} 5"#,
            r#"latest_look_age_seconds{source="mobile"} 0"#,
        ]
    );
    // A tenant that is removed does not count.
    server.store.remove_tenant(1.into(), true).await.unwrap();
    assert_eq!(looks(&server).await[0], none("pc").replace(" 0", " 1"));
    assert!(looks(&server).await.contains(&r#"oldest_look_age_seconds{source="pc"} 5"#.to_owned()));
}

#[tokio::test]
async fn the_freshness_of_the_history_and_the_header_agree() {
    let server = start().await;
    look(&server, 1, Source::Pc, 5_000).await;
    let (age, _) = ask(&server, 1, "queryUserStatus", r#"{"source": 1}"#).await;
    let sources = server.client(1).freshness().await.unwrap().sources;
    assert!((age.unwrap()..age.unwrap() + SLACK).contains(&sources[0].age.get()));
}
