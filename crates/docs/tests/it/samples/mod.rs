//! The samples as their reader runs them, against a real server: each language all queries.

mod programs;
mod service;

use std::process::Output;

use group_dispatch_client::types::Operation;
use group_dispatch_client::{Client, Credentials, Source};
use group_dispatch_docs::{Place, contract, names, samples, site};
use group_dispatch_server::{Config, FeedSigning};
use programs::{Program, Programs};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use service::{KEY, TENANT, always, data, serve, serve_with};

#[tokio::test(flavor = "multi_thread")]
async fn curl() {
    check("curl", "curl").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rust() {
    check("rust", env!("CARGO")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python() {
    check("python", "python3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript() {
    check("javascript", "node").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn java() {
    check("java", "javac").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go() {
    check("go", "go").await;
}

#[test]
fn each_operation_has_its_samples_and_they_say_what_they_ask() {
    for operation in contract::QUERIES.part("/paths").as_object().unwrap().values().map(|path| &path["post"]) {
        let id = operation["operationId"].as_str().unwrap();
        let samples = samples::of(id).unwrap();
        let languages: Vec<_> = samples.iter().map(|sample| sample.language).collect();
        // Whether there is a Rust sample is a matter of `by_hand`. Who has a method of `Client` has one.
        let has_method = names().iter().any(|names| names.operation == id && names.method != "query");
        let rust: &[&str] = if has_method || languages.contains(&"rust") { &["rust"] } else { &[] };
        let expected = [&["curl"], rust, &["python", "javascript", "java", "go"]].concat();
        assert_eq!(
            languages, expected,
            "{id}: a Rust sample is a file in crates/docs/examples and a row in by_hand.rs"
        );
        let summary = operation["summary"].as_str().unwrap();
        assert!(samples.iter().all(|sample| sample.text.contains(summary)), "{summary}");
    }
    assert_eq!(samples::of("another").unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_program_is_the_one_that_is_shown_and_counts_agents() {
    let shown = shown("getting-started.html", "src/main.rs");
    let compiled = include_str!("../../../examples/getting_started.rs");
    let compiled = compiled.lines().filter(|line| !line.contains("clippy")).map(|line| format!("{line}\n"));
    assert_eq!(shown, compiled.collect::<String>());

    let url = serve().await;
    let client = Client::builder().base_url(&url).credentials(Credentials::new(TENANT, KEY)).build().unwrap();
    let agents = client.online_agents(Source::Mobile).await.unwrap();
    assert!(!agents.is_empty(), "somebody is online");
    let output = Program::first().ask(&url, KEY);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(text(&output.stdout), format!("agents online: {}\n", agents.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_that_feeds_is_the_one_that_is_shown_and_prints_the_receipt() {
    if !programs::can_be_run("the program that feeds", "python3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let request = contract::INGEST.part("/paths/~1ingest~1v1~1status-events/post/requestBody");
    let example = request["content"]["application/x-ndjson"]["examples"]["one"]["value"].as_str().unwrap();
    let program = shown("feeding.html", "Python");
    assert!(program.contains(&format!("path = \"{}\"\n", Operation::StatusEvents.path())));
    let program = Program::feeding(&program, &format!("{example}\n{example}\n"), folder.path());
    let url = serve_with(Config { feed_signing: FeedSigning::Hmac, ..Config::default() }).await;
    let receipt = printed("python", &program.ask(&url, KEY));
    assert_eq!(receipt, json!({ "stored": 1, "repeated": 1, "refused": 0, "refusals": [] }));
    assert!(refused(&program.ask(&url, "another-key")).contains("522"));
    std::fs::remove_file(folder.path().join("events.ndjson")).unwrap();
    assert!(refused(&program.ask(&url, KEY)).starts_with("cannot read "));
}

/// A piece of code on a page, by its label.
fn shown(page: &str, label: &str) -> String {
    let files = site(Place::Published).unwrap();
    let page = files.iter().find(|file| file.path == page).unwrap();
    let page = Html::parse_document(std::str::from_utf8(&page.bytes).unwrap());
    let code = Selector::parse(&format!("pre[aria-label='{label}']")).unwrap();
    page.select(&code).next().unwrap().text().collect()
}

async fn check(language: &str, tool: &str) {
    let Some(programs) = Programs::of(language, tool) else { return };
    let url = serve().await;
    for program in &programs.all {
        let expected = data(&url, &program.operation).await;
        assert!(!expected.is_null() && expected != json!([]), "{}", program.operation);
        assert_eq!(printed(language, &program.ask(&url, KEY)), expected, "{}", program.operation);

        let reason = refused(&program.ask(&url, "another-key"));
        assert!(reason.contains("522") && reason.contains("accessToken is error"), "{reason}");
        assert!(!reason.contains("another-key"), "{reason}");
    }

    // All are made alike: what follows is asked of one.
    let program = &programs.all[0];
    assert_eq!(printed(language, &program.ask(&format!("{url}/"), KEY)), data(&url, &program.operation).await);
    for name in ["GROUP_DISPATCH_URL", "GROUP_DISPATCH_TENANT_ID", "GROUP_DISPATCH_API_KEY"] {
        let reason = refused(&program.command().env("GROUP_DISPATCH_URL", &url).env_remove(name).output().unwrap());
        let printed = match language {
            "curl" => format!("{name}: is not set"),
            "rust" => format!("not set, empty or not text: {name}"),
            _ => format!("{name} is not set"),
        };
        assert!(reason.contains(&printed) && reason.lines().count() == 1 && !reason.contains(KEY), "{reason}");
    }
    // The vendor's manner: refusals with HTTP status 200, 0 for success, and numbers in strings.
    let vendor = always(200, r#"{"data": null, "code": 517, "message": "database error"}"#).await;
    let reason = refused(&program.ask(&vendor, KEY));
    assert!(reason.contains("517") && reason.contains("database error"), "{reason}");
    let in_a_string = r#"{"data": [], "message": "", "code": "200"}"#;
    for body in ["{\n  \"data\": [],\n  \"message\": \"\",\n  \"code\": 0\n}", in_a_string] {
        assert_eq!(printed(language, &program.ask(&always(200, body).await, KEY)), json!([]), "{body}");
    }
    // Somebody else answers.
    let others = [
        (502, "<h1>Bad Gateway</h1>"),
        (200, "welcome"),
        (200, ""),
        (404, r#"{"detail": "no such page"}"#),
        (200, "[]"),
        (200, r#"{"code": null}"#),
    ];
    for (status, body) in others {
        let reason = refused(&program.ask(&always(status, body).await, KEY));
        let printed = match language {
            "curl" | "java" => reason == format!("failed: {body}\n"),
            "rust" => reason.contains("Http(") || reason.contains("Decode("),
            _ => reason == "The response has no code. Is GROUP_DISPATCH_URL right?\n",
        };
        assert!(printed, "{reason}");
    }
}

/// What programs are started with, everybody on the machine can see.
#[cfg(unix)]
#[test]
fn curl_is_not_given_the_key() {
    use std::{fs, os::unix::fs::PermissionsExt};

    let Some(programs) = Programs::of("curl", "curl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let curl = folder.path().join("curl");
    fs::write(&curl, "#!/bin/sh\nprintf '%s\\n' \"$@\" >&2\nexit 1\n").unwrap();
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o700)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let said = programs.all[0].command().env("GROUP_DISPATCH_URL", "http://x").env("PATH", path).output().unwrap();
    let given = refused(&said);
    let header = |name: &str| given.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    assert_eq!(header("token: "), Credentials::new(TENANT, KEY).token(header("timestamp: ")));
    assert!(!given.contains(KEY), "{given}");
}

/// The data that a sample printed. Where the language has no JSON reader, it stands within the whole answer.
fn printed(language: &str, output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    let mut printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    if ["curl", "java"].contains(&language) { printed["data"].take() } else { printed }
}

/// What a sample says of a failure.
fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", text(&output.stdout));
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
