//! `mirror --from --to` and `serve --mirror`, from the simulated vendor.

use std::{
    io::{BufReader, Read, Write},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use crate::common::{RunResult, Server, TestStore, command, mirrored::now, next_line, run, signal, user::User};
use group_dispatch_server::Credentials;
use reqwest::blocking::Response;
use serde_json::{Value, json};

/// Some of the vendor's responses never come.
const PATIENCE: Duration = Duration::from_secs(300);

/// `group-dispatch demo --vendor`. Of this seed, it has no outage after its first day.
struct Vendor {
    child: Child,
    url: String,
    key: String,
}

impl Vendor {
    fn start() -> Self {
        let mut demo = command();
        demo.args(["demo", "--vendor", "--seed", "7", "--listen", "127.0.0.1:0"]);
        let mut child = demo.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let export = std::iter::repeat_with(|| next_line(&mut out)).find(|line| line.trim().starts_with("export "));
        let export = export.unwrap();
        let value = |name: &str| {
            let mut parts = export.split_whitespace();
            parts.find_map(|part| part.strip_prefix(name)).unwrap().trim_start_matches('=').to_owned()
        };
        Self { child, url: value("GROUP_DISPATCH_URL"), key: value("GROUP_DISPATCH_API_KEY") }
    }

    /// Returns a user with profiles of the vendor and of a server.
    fn user(&self, server_url: &str) -> User {
        let user = User::new();
        user.writes(&format!(
            "[profiles.vendor]\nurl = \"{}\"\ntenant_id = 1\napi_key = \"{}\"\n\
             [profiles.server]\nurl = \"{server_url}\"\ntenant_id = 7\napi_key = \"k\"\n",
            self.url, self.key
        ));
        user
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks until all three sources were looked at; returns the report.
fn until_looked_at(ask: impl Fn() -> Value) -> Value {
    let started = Instant::now();
    loop {
        let report = ask();
        let sources = report["sources"].as_array().unwrap();
        if sources.iter().filter(|source| source["state"] == "fresh").count() == 3 {
            return report;
        }
        assert!(started.elapsed() < PATIENCE, "{report}");
    }
}

#[test]
fn the_command_mirrors_a_profile_into_another_until_it_is_stopped() {
    let (store, vendor) = (TestStore::new(), Vendor::start());
    let server = store.serve();
    let user = vendor.user(&server.url);
    let mut mirror = user.command(&["mirror", "--from", "vendor", "--to", "server"]);
    let mut mirror = mirror.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let report = until_looked_at(|| server.json(&["mirror", "status"]));
    assert!(report["sources"][0]["look"]["clockOffset"].is_number(), "{report}");
    let look = &report["sources"][0]["look"];
    assert!(look["requestsPerMinute"].as_u64() >= Some(5) && look["interval"].as_u64() >= Some(1_000), "{report}");
    // The logs are other requests, which may fail.
    let started = Instant::now();
    loop {
        let history = server.ask(&["history", "--limit", "1000", "--output", "ndjson"]);
        if history.out.lines().count() > 100 && history.out.contains("logged") {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{}", history.err);
    }
    signal(&mirror, "TERM");
    assert_eq!(mirror.wait().unwrap().code(), Some(0));
    let mut log = String::new();
    mirror.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("mirroring the vendor") && log.contains("stopped"), "{log}");
    assert!(!log.contains(&vendor.key), "{log}");
    assert!(!server.json(&["all"]).as_array().unwrap().is_empty(), "somebody is online");
}

fn http() -> reqwest::blocking::Client {
    reqwest::blocking::Client::builder().no_proxy().build().unwrap()
}

/// Sends a callback of tenant 1 with this body, signed with a secret.
fn call_back(url: &str, secret: &str, body: &'static [u8]) -> Response {
    let timestamp = now().to_string();
    let token = Credentials::new(1, secret).access_token(&timestamp);
    let callback = http().post(format!("{url}/callback/v1/vendor")).body(body);
    callback.header("tenant_id", 1).header("timestamp", timestamp).header("access_token", token).send().unwrap()
}

/// A file with the appSecret as editors leave it.
fn secret_file() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"the-app-secret \r\n").unwrap();
    file
}

fn callbacks(store: &TestStore, arguments: &[&str]) -> RunResult {
    run(&mut store.command(&[&["tenant", "callbacks"], arguments].concat()))
}

#[test]
fn a_mirror_of_its_own_serves_metrics_and_sends_callbacks_to_the_server() {
    let (store, vendor, secret) = (TestStore::new(), Vendor::start(), secret_file());
    let server = store.serve();
    let user = vendor.user(&server.url);
    let secret = secret.path().to_str().unwrap();
    let arguments = ["mirror", "--from", "vendor", "--to", "server", "--callback-secret-file", secret];
    let refused = user.says(&arguments);
    assert_eq!((refused.status, refused.err.contains("--listen")), (2, true), "{}", refused.err);
    let mirror = TestStore::serve_by(&mut user.command(&[&arguments[..], &["--listen", "127.0.0.1:0"]].concat()));
    assert_eq!(call_back(&mirror.url, "another", b"{}").status(), 401);
    assert_eq!(call_back(&mirror.url, "the-app-secret", b"[1]").status(), 200);
    assert_eq!(call_back(&mirror.url, "the-app-secret", b"\xff").json::<Value>().unwrap()["code"], 200);
    let shown = callbacks(&store, &["7"]);
    let lines: Vec<Value> = shown.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["body"], &lines[1]["bodyBase64"]), (&json!("[1]"), &json!("/w==")), "{}", shown.out);
    assert_eq!(callbacks(&store, &["7", "--delete"]).out, "deleted 2 callbacks of tenant 7\n");
    assert_eq!(callbacks(&store, &["7"]).err, "no callbacks are kept for tenant 7\n");
    for arguments in [&["9"][..], &["9", "--delete"]] {
        let unknown = callbacks(&store, arguments);
        assert_eq!((unknown.status, unknown.err.contains("tenant 9")), (1, true), "{}", unknown.err);
    }
    let metrics = http().get(format!("{}/metrics", mirror.url)).send().unwrap().text().unwrap();
    assert!(metrics.contains("group_dispatch_mirror_request_limit 25"), "{metrics}");
}

#[test]
fn a_server_with_a_mirror_receives_callbacks() {
    let (store, vendor, secret) = (TestStore::new(), Vendor::start(), secret_file());
    let user = vendor.user("http://127.0.0.1:1");
    let secret = secret.path().to_str().unwrap();
    let without_mirror = user.says(&["serve", "--check-config", "--callback-secret-file", secret]);
    assert_eq!((without_mirror.status, without_mirror.err.contains("--mirror")), (2, true), "{}", without_mirror.err);
    let unreadable = ["serve", "--check-config", "--mirror", "vendor", "--callback-secret-file", "no-such-file"];
    let unreadable = user.says(&unreadable);
    assert_eq!((unreadable.status, unreadable.err.contains("no-such-file")), (2, true), "{}", unreadable.err);
    assert_eq!(run(&mut store.command(&["tenant", "add", "1", "--api-key", "k"])).status, 0);
    let mut serve = user.command(&["serve", "--listen", "127.0.0.1:0", "--mirror", "vendor"]);
    serve.args(["--callback-secret-file", secret]).env("GROUP_DISPATCH_DATABASE", store.database());
    let server = TestStore::serve_by(&mut serve);
    assert_eq!(call_back(&server.url, "k", b"{}").status(), 401, "a key of the server is not the appSecret");
    assert_eq!(call_back(&server.url, "the-app-secret", b"{}").status(), 200);
    assert!(callbacks(&store, &["1"]).out.contains(r#""body":"{}""#));
}

#[test]
fn a_store_without_a_history_is_refused_at_once() {
    let vendor = Vendor::start();
    let user = vendor.user(&vendor.url);
    let result = user.says(&["mirror", "--from", "vendor", "--to", "vendor"]);
    assert_eq!(result.status, 1, "{}", result.err);
    assert!(result.err.contains("has no history"), "{}", result.err);
    for (arguments, missing) in [
        (&["mirror", "--from", "vendor", "--to", "nobody"][..], "nobody"),
        (&["mirror", "--from", "vendor"], "--to"),
        (&["mirror", "--to", "vendor"], "--from"),
    ] {
        let result = user.says(arguments);
        assert!(result.status != 0 && result.err.contains(missing), "{arguments:?}: {}", result.err);
    }
}

#[test]
fn a_check_of_the_configuration_finds_a_profile_that_is_missing() {
    let user = User::new();
    user.writes("[profiles.vendor]\nurl = \"http://127.0.0.1:1\"\ntenant_id = 1\napi_key = \"k\"\n");
    for (profile, status) in [("vendor", 0), ("nobody", 2)] {
        let result = user.says(&["serve", "--check-config", "--mirror", profile]);
        assert_eq!(result.status, status, "{profile}: {}", result.err);
        assert!(status == 0 || result.err.contains("nobody"), "{}", result.err);
    }
}

#[test]
fn a_server_mirrors_a_profile_into_the_tenant_with_its_id() {
    let (store, vendor) = (TestStore::new(), Vendor::start());
    let user = vendor.user("http://127.0.0.1:1");
    let serve = || {
        let mut serve = user.command(&["serve", "--listen", "127.0.0.1:0", "--mirror", "vendor"]);
        serve.env("GROUP_DISPATCH_DATABASE", store.database());
        serve
    };
    let refused = run(&mut serve());
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("group-dispatch tenant add 1 "), "{}", refused.err);
    assert_eq!(run(&mut store.command(&["tenant", "add", "1", "--api-key", "k"])).status, 0);
    let server = TestStore::serve_by(&mut serve());
    let as_tenant = |server: &Server, arguments: &[&str]| {
        let result = run(server.command(arguments).env("GROUP_DISPATCH_TENANT_ID", "1"));
        assert_eq!(result.status, 0, "{}", result.err);
        result.out
    };
    until_looked_at(|| {
        let report = as_tenant(&server, &["mirror", "status", "--output", "json"]);
        serde_json::from_str(&report).unwrap()
    });
    let http = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let metrics = http.get(format!("{}/metrics", server.url)).send().unwrap().text().unwrap();
    for line in [
        r#"group_dispatch_mirror_requests_total{endpoint="queryAllOlWhatsAppInfo",outcome="answered"}"#,
        r#"group_dispatch_mirror_events_total{outcome="stored"}"#,
        "group_dispatch_mirror_request_limit 25",
        "group_dispatch_mirror_interval_seconds",
        "group_dispatch_vendor_clock_offset_seconds",
        r#"group_dispatch_oldest_look_age_seconds{source="pc"}"#,
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}
