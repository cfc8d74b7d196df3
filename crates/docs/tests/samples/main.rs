//! The samples as their reader runs them, against a real server: each language all five.
#![allow(clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "../../../client/tests/common/examples.rs"]
mod examples;
mod programs;
mod service;

use std::process::Output;

use group_dispatch_client::Credentials;
use group_dispatch_docs::samples;
use programs::{Programs, operations};
use serde_json::{Value, json};
use service::{KEY, TENANT, always, data, serve};

#[tokio::test(flavor = "multi_thread")]
async fn curl() {
    check("curl", "curl").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rust() {
    check("rust", "cargo").await;
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
    check("java", "java").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go() {
    check("go", "go").await;
}

#[test]
fn each_operation_has_all_six() {
    for operation in operations() {
        let languages = samples::of(&operation).unwrap().into_iter().map(|sample| sample.language);
        assert_eq!(
            languages.collect::<Vec<_>>(),
            ["curl", "rust", "python", "javascript", "java", "go"],
            "{operation}"
        );
    }
    assert_eq!(samples::of("another").unwrap(), []);
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
    for name in ["GROUP_DISPATCH_URL", "GROUP_DISPATCH_TENANT_ID", "GROUP_DISPATCH_API_KEY"] {
        let reason = refused(&program.command().env("GROUP_DISPATCH_URL", &url).env_remove(name).output().unwrap());
        assert!(reason.contains(name) && !reason.contains(KEY), "{reason}");
    }
    // The vendor's manner: refusals with HTTP status 200, and 0 for success.
    let vendor = always(200, r#"{"data": null, "code": 517, "message": "database error"}"#).await;
    let reason = refused(&program.ask(&vendor, KEY));
    assert!(reason.contains("517") && reason.contains("database error"), "{reason}");
    let vendor = always(200, "{\n  \"data\": [],\n  \"message\": \"\",\n  \"code\": 0\n}").await;
    assert_eq!(printed(language, &program.ask(&vendor, KEY)), json!([]));
    // Somebody else answers.
    for (status, body) in [(502, "<h1>Bad Gateway</h1>"), (200, "welcome"), (200, "")] {
        let reason = refused(&program.ask(&always(status, body).await, KEY));
        let told = ["The answer is not JSON", &format!("failed: {body}"), "Http(", "Decode("];
        assert!(told.iter().any(|told| reason.contains(told)), "{reason}");
    }
    let reason = refused(&program.ask(&always(404, r#"{"detail": "no such page"}"#).await, KEY));
    assert!(!reason.is_empty(), "{language}");
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
