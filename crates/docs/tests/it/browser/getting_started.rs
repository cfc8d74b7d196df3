//! The token is worked out in the page as the crates do it, and the line for curl works as it stands.

use std::process::Command;

use group_dispatch_types::signing::Credentials;
use serde_json::{Value, json};

use crate::browser::{
    browser::Browser,
    site::{Server, serve_files, written},
};

const TOKEN: &str = "return document.querySelector('#token').textContent";

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_that_of_the_crates() {
    let Some(browser) = Browser::start().await else { return };
    let folder = written();
    browser.open(&format!("{}getting-started.html", serve_files(folder.path()).await)).await;
    assert_eq!(browser.run(TOKEN, []).await, "a35aadc4da20a17e393fbc84321d55fc", "the worked example");
    let put = r#"
        for (const [id, value] of Object.entries(arguments[0])) {
            const input = document.getElementById(id);
            input.value = value;
            input.dispatchEvent(new Event("input", { bubbles: true }));
        }
    "#;
    let lengths = (0..130).map(|length| "k".repeat(length));
    let texts = ["Schlüssel", "密钥🔑", " with blanks ", "'\"<&\\"].map(str::to_owned);
    for key in texts.into_iter().chain(lengths) {
        let (tenant, timestamp) = (u64::MAX, "1710936559124");
        let values =
            json!({ "token-tenant-id": tenant.to_string(), "token-timestamp": timestamp, "token-api-key": key });
        browser.run(put, [values]).await;
        let expected = Credentials::new(tenant, key.clone()).token(timestamp);
        assert_eq!(browser.run(TOKEN, []).await, json!(expected), "for the key {key:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_for_curl_works() {
    let Some(browser) = Browser::start().await else { return };
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: there is no curl here");
        return;
    }
    let server = Server::start().await;
    let mut record = browser.open(&format!("{}getting-started.html", server.home())).await;
    browser.fill("#token-tenant-id", &server.credentials.tenant_id().to_string()).await;
    browser.fill("#token-api-key", server.credentials.api_key().expose()).await;
    browser.click("#token-now").await;
    let line = browser.run("return document.querySelector('#token-curl').textContent", []).await;
    let line = line.as_str().unwrap();
    assert!(!line.contains(server.credentials.api_key().expose()), "the key stands in the line: {line}");
    let curl = Command::new("sh").args(["-c", line]).envs([("no_proxy", "*"), ("NO_PROXY", "*")]).output().unwrap();
    let answer: Value = serde_json::from_slice(&curl.stdout)
        .unwrap_or_else(|error| panic!("{error}: {line}\n{}", String::from_utf8_lossy(&curl.stdout)));
    assert_eq!((&answer["code"], &answer["data"][0]["agentAccount"]), (&json!(200), &json!("online-agent")), "{line}");
    browser.rest(&mut record).await;
    assert!(!record.holds(server.credentials.api_key().expose()), "the page sent the key");
}
