//! The contract, the docs, health and request ids; and how the server stops.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::{Duration, Instant};

use crate::common::{start, start_with};
use group_dispatch_docs::{Place, site};
use group_dispatch_server::Config;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn get(url: &str) -> (u16, String, String) {
    let response = crate::common::get(url).await.unwrap();
    let header = |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let (status, content_type) = (response.status().as_u16(), header("content-type"));
    (status, content_type, response.text().await.unwrap())
}

#[tokio::test]
async fn the_docs_come_from_this_host_alone() {
    let server = start().await;
    for path in ["/", "/docs"] {
        let response = crate::common::get(format!("{}{path}", server.url)).await.unwrap();
        assert_eq!((response.status().as_u16(), response.url().path()), (200, "/docs/"), "{path} leads there");
    }
    for file in site(Place::Server).unwrap() {
        let path = if file.path == "index.html" { "" } else { file.path.as_str() };
        let response = crate::common::get(format!("{}/docs/{path}", server.url)).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], file.media_type(), "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        let is_strict = policy.contains("default-src 'self'")
            && !policy.contains("http")
            && !policy.contains("script-src")
            && !policy.contains("unsafe-eval");
        assert!(is_strict, "{path}: {policy}");
        assert_eq!(response.bytes().await.unwrap(), *file.bytes, "{path}");
    }
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn an_unknown_page_of_the_docs_leads_back_for_browsers() {
    let server = start().await;
    for path in ["nothing.html", "nothing", "a/b/nothing.html", "a%2Fb/", "%ff", "../docs/nothing?x=/a/b", "schemas/"] {
        let url = format!("{}/docs/{path}", server.url);
        for accept in ["*/*", "application/json", "application/json, text/html;q=0.9"] {
            let response = crate::common::http().get(&url).header("accept", accept).send().await.unwrap();
            assert_eq!(response.status(), 404, "{path}");
            assert_eq!(response.headers()["content-type"], "application/json", "{path} {accept}");
            assert_eq!(response.headers()["vary"], "Accept");
            let answer: serde_json::Value = response.json().await.unwrap();
            assert_eq!(answer["message"], "path: unknown; /docs/ lists the pages");
        }
        let response = crate::common::http().get(&url).header("accept", BROWSER).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8", "{path}");
        assert_eq!(response.headers()["vary"], "Accept");
        assert!(response.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
        let at = response.url().clone();
        let page = response.text().await.unwrap();
        let links =
            page.split(['"']).filter(|text| text.ends_with(".html") || text.ends_with(".css") || text.ends_with(".js"));
        let links: Vec<_> = links.map(|link| at.join(link).unwrap()).collect();
        assert!(links.len() >= 4 && links.iter().any(|link| link.path() == "/docs/index.html"), "{page}");
        for link in links {
            assert_eq!(crate::common::get(link.as_str()).await.unwrap().status(), 200, "{path}: {link}");
        }
        assert!(page.contains("<h1>Page not found</h1>"), "{page}");
    }
    // Other paths are no pages.
    let response =
        crate::common::http().get(format!("{}/nothing", server.url)).header("accept", BROWSER).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()),
        (404, "application/json")
    );
}

/// The address is relative, so that it is right behind a proxy too.
#[tokio::test]
async fn each_error_has_a_link_to_its_page() {
    let server = start().await;
    for (method, path, code) in [
        ("POST", "/group-dispatch-api/user/queryUserStatus", 523),
        ("GET", "/group-dispatch-api/user/queryUserStatus", 405),
        ("POST", "/ingest/v1/status-events", 523),
        ("POST", "/nothing", 404),
        ("POST", "/a/b/c/d/", 404),
        ("GET", "/docs/nothing", 404),
        ("POST", "/healthz", 405),
    ] {
        let url = format!("{}{path}", server.url);
        let request =
            crate::common::http().request(method.parse().unwrap(), &url).header("content-type", "application/json");
        let response = request.send().await.unwrap();
        let link = response.headers()["link"].to_str().unwrap().to_owned();
        let target = link
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix(">; rel=\"help\""))
            .unwrap_or_else(|| panic!("{link}"));
        let page = response.url().join(target).unwrap();
        assert_eq!(page.as_str(), format!("{}/docs/error-{code}.html", server.url), "{method} {path}");
        assert_eq!(crate::common::get(page).await.unwrap().status(), 200);
    }
    let deep = crate::common::get(format!("{}{}", server.url, "/a".repeat(1000))).await.unwrap();
    assert!(deep.status() == 404 && !deep.headers().contains_key("link"), "no long header for a path that nobody has");
    let found = crate::common::get(format!("{}/docs/", server.url)).await.unwrap();
    assert!(!found.headers().contains_key("link"));
}

#[tokio::test]
async fn a_browser_need_not_load_the_docs_twice() {
    let server = start().await;
    let url = format!("{}/docs/scalar.js", server.url);
    let first = crate::common::get(&url).await.unwrap();
    assert!(first.headers()["cache-control"].to_str().unwrap().contains("no-cache"));
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let again = async |tags: String| {
        let response = crate::common::http().get(&url).header("if-none-match", tags).send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().len())
    };
    for tags in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        assert_eq!(again(tags.clone()).await, (304, 0), "{tags}");
    }
    assert_eq!(again("\"other\"".to_owned()).await.0, 200);
}

#[tokio::test]
async fn health_is_of_the_process_and_readiness_of_the_store() {
    let server = start().await;
    assert_eq!(get(&format!("{}/healthz", server.url)).await.0, 200);
    assert_eq!(get(&format!("{}/readyz", server.url)).await.0, 200);
    server.store.close().await.unwrap();
    assert_eq!(get(&format!("{}/healthz", server.url)).await.0, 200);
    assert_eq!(get(&format!("{}/readyz", server.url)).await.0, 503);
    // What is known is known; but nothing new can be stored.
    assert_eq!(server.ask("queryUserStatus", r#"{"source": 1}"#).await.0, 200);
    let (status, answer) = server.ask("../../ingest/v1/status-events", "[]").await;
    assert_eq!((status.as_u16(), &answer["code"], &answer["message"]), (500, &517.into(), &"database error".into()));
}

/// Another program locks the database for writing.
#[tokio::test(flavor = "multi_thread")]
async fn readiness_says_what_works() {
    // The timeout of requests is none of readiness.
    let server = start_with(Config { request_timeout: Duration::from_millis(500), ..Config::default() }).await;
    let ask = async |query: &str| {
        let (status, _, body) = get(&format!("{}/readyz{query}", server.url)).await;
        (status, serde_json::from_str::<Value>(&body).unwrap())
    };
    let (status, ready) = ask("?feeds").await;
    assert_eq!((status, &ready["status"]), (200, &"ready".into()), "{ready}");
    assert_eq!((&ready["queries"]["works"], &ready["feeds"]["works"]), (&true.into(), &true.into()));
    let since = ready["feeds"]["since"].as_str().unwrap().to_owned();
    assert!(since.starts_with("20") && since.ends_with('Z') && since.len() == 20, "{since}");

    let other = rusqlite::Connection::open(server.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Feeds worked a moment ago, when the database was last asked to write.
    let deadline = Instant::now() + Duration::from_secs(60);
    let failing = loop {
        let (status, failing) = ask("?feeds").await;
        if status == 503 {
            break failing;
        }
        assert!(Instant::now() < deadline, "{failing}");
    };
    assert_eq!(failing["status"], "not ready");
    assert_eq!(failing["queries"]["works"], true);
    assert_eq!(failing["feeds"]["works"], false);
    assert_eq!(failing["feeds"]["reason"], "the database did not answer in time");
    assert_eq!(ask("").await.0, 200, "queries work");

    other.execute_batch("ROLLBACK").unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while ask("?feeds").await.0 != 200 {
        assert!(Instant::now() < deadline);
    }
}

#[tokio::test]
async fn a_request_keeps_its_id_or_gets_one() {
    let server = start().await;
    let ask = async |id: Option<&str>| {
        let mut request = crate::common::http().get(format!("{}/healthz", server.url));
        if let Some(id) = id {
            request = request.header("x-request-id", id);
        }
        let response = request.send().await.unwrap();
        response.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(ask(Some("order-4711")).await, "order-4711");
    let (first, second) = (ask(None).await, ask(None).await);
    assert!(first.len() == 32 && first != second, "{first} {second}");
    assert_ne!(ask(Some("two words")).await, "two words");
    let long = "x".repeat(129);
    assert_ne!(ask(Some(&long)).await, long);
}

/// A request that has begun when the server stops is answered; after that no connection is accepted.
#[tokio::test]
async fn stopping_finishes_what_is_running_and_closes_the_store() {
    let server = start().await;
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let request = server.request("queryUserStatus", "").build().unwrap();
    let mut head =
        format!("POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: 13\r\nexpect: 100-continue\r\n", request.url().path());
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
    connection.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    // "100 Continue" comes when the handler reads the body: the request is running now.
    let mut interim = [0; 25];
    connection.read_exact(&mut interim).await.unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100 Continue"));

    server.stop.send(()).unwrap();
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    connection.write_all(br#"{"source": 1}"#).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    server.serving.await.unwrap().unwrap();
    assert!(!server.store.readiness().await.queries.works(), "the store is closed");
}
