//! The contracts that a server shows name the server itself, and never what a caller says.
#![allow(clippy::unwrap_used, missing_docs)]

use crate::common::{TestServer, start, start_with};
use group_dispatch_docs::contract;
use group_dispatch_server::Config;
use serde_json::{Value, json};

/// Where a server shows each contract, among them the downloads of its docs, without the extension; and its text.
fn shown() -> impl Iterator<Item = (String, &'static str)> {
    contract::ALL.into_iter().flat_map(|contract| {
        let [yaml, json] = contract.paths.map(|path| path.rsplit_once('.').unwrap().0.to_owned());
        assert_eq!(yaml, json);
        [(yaml, contract.yaml), (format!("/docs/{}", contract.name), contract.yaml)]
    })
}

async fn get(server: &TestServer, path: &str) -> (String, String) {
    let request = crate::common::http().get(format!("{}{path}", server.url)).header("host", "evil.example");
    let response = request.header("x-forwarded-host", "evil.example").send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (content_type, response.text().await.unwrap())
}

/// Each contract as it is served, in either form, and as it stands.
async fn served(server: &TestServer) -> Vec<(Value, Value)> {
    let mut documents = Vec::new();
    for (path, stands) in shown() {
        let (content_type, yaml) = get(server, &format!("{path}.yaml")).await;
        assert_eq!(content_type, "application/yaml");
        let (content_type, json) = get(server, &format!("{path}.json")).await;
        assert_eq!(content_type, "application/json");
        for text in [&yaml, &json] {
            assert!(!text.contains("evil.example") && !text.contains("api.socialepoch.com"), "{text}");
        }
        // Its comments stay.
        assert_eq!(yaml.lines().next(), stands.lines().next());
        let (yaml, json): (Value, Value) =
            (serde_saphyr::from_str(&yaml).unwrap(), serde_json::from_str(&json).unwrap());
        assert_eq!(yaml, json);
        documents.push((yaml, serde_saphyr::from_str(stands).unwrap()));
    }
    documents
}

fn here() -> Value {
    json!({ "url": "/", "description": "This server, at the host that this document came from" })
}

#[tokio::test]
async fn a_contract_names_the_server_that_shows_it() {
    let server = start().await;
    for (mut served, mut stands) in served(&server).await {
        assert_eq!(served["servers"].take(), json!([here()]));
        stands["servers"].take();
        assert_eq!(served, stands, "all else is the contract's own");
    }
}

#[tokio::test]
async fn the_public_address_comes_first() {
    let public_url = Some("https://example.com/scrm/".parse().unwrap());
    let server = start_with(Config { public_url, ..Config::default() }).await;
    let public = json!({ "url": "https://example.com/scrm", "description": "This server" });
    for (served, _) in served(&server).await {
        assert_eq!(served["servers"], json!([public, here()]));
    }
}

/// The docs list the addresses of the contract; that of this server is the one that callers know.
#[tokio::test]
async fn the_docs_name_the_public_address() {
    let public_url = Some("https://example.com/scrm".parse().unwrap());
    let (server, other) = (start_with(Config { public_url, ..Config::default() }).await, start().await);
    const LOCAL: &str =
        "<code>http:&#x2f;&#x2f;127.0.0.1:8080</code></dt><dd>A group-dispatch-server on this machine</dd>";
    const PUBLIC: &str = "<code>https:&#x2f;&#x2f;example.com&#x2f;scrm</code></dt><dd>This server</dd>";
    // The same as Markdown.
    const LOCAL_TEXT: &str = "`http://127.0.0.1:8080`: A group-dispatch-server on this machine";
    const PUBLIC_TEXT: &str = "`https://example.com/scrm`: This server";
    let mut lists = 0;
    let is_contract = |path: &str| {
        let name = path.strip_suffix(".yaml").or(path.strip_suffix(".json"));
        name.is_some_and(|name| shown().any(|(at, _)| at.strip_prefix("/docs/") == Some(name)))
    };
    for file in group_dispatch_docs::site(group_dispatch_docs::Place::Server).unwrap() {
        if is_contract(&file.path) {
            continue;
        }
        let (_, shown) = get(&server, &format!("/docs/{}", file.path)).await;
        let (_, plain) = get(&other, &format!("/docs/{}", file.path)).await;
        lists += plain.matches(LOCAL).count() + plain.matches(LOCAL_TEXT).count();
        // Nothing but the entry of that list differs, and the sections that the search shows of it.
        let expected = plain.replace(LOCAL, PUBLIC).replace(LOCAL_TEXT, PUBLIC_TEXT);
        if file.path == "search-index.js" {
            assert!(plain.contains("A group-dispatch-server on this machine"), "the index has the list");
            assert!(shown.contains("https://example.com/scrm This server"), "{shown}");
            assert!(!shown.contains("A group-dispatch-server on this machine"), "{shown}");
        } else if file.path == "contract.js" {
            assert!(shown.contains(r#""servers":[{"url":"https://example.com/scrm","#), "the interactive reference");
            assert!(
                !shown.contains("api.socialepoch.com/") && !plain.contains("//127.0.0.1"),
                "lists this server only"
            );
        } else if file.path == "changelog.xml" {
            // A feed names its own address, if that is known.
            let base = r#" xml:base="https://example.com/scrm/docs/""#;
            let own = "<link rel=\"self\" type=\"application/atom+xml\" href=\"changelog.xml\"/>\n";
            assert_eq!(shown.replace(base, "").replace(own, ""), plain);
            assert!(shown.contains(base) && shown.contains(own), "{shown}");
        } else if file.path == "llms.txt" {
            // Programs that read it alone need whole addresses.
            assert_eq!(shown, plain.replace("](", "](https://example.com/scrm/docs/"));
        } else {
            let differs = shown.lines().zip(expected.lines()).find(|(shown, expected)| shown != expected);
            assert!(shown == expected, "{} differs elsewhere: {differs:?}", file.path);
        }
    }
    // The overview and the first steps, as pages, as Markdown, and in the file with all pages.
    assert_eq!(lists, 6);
}

/// It is made for clients of the vendor, wherever it is downloaded.
#[tokio::test]
async fn the_edition_for_readers_keeps_the_addresses_of_the_vendor() {
    let public_url = Some("https://example.com/scrm".parse().unwrap());
    let server = start_with(Config { public_url, ..Config::default() }).await;
    let (_, edition) = get(&server, "/docs/openapi-reader.json").await;
    assert_eq!(edition, contract::READER_JSON);
    assert!(edition.contains("api.socialepoch.com") && !edition.contains("example.com"));
}
