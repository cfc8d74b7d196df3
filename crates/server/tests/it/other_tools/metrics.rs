//! `/metrics` as Prometheus' own tool and its Python library read it. What is broken they notice.

use std::{fs, io::Write, process::Stdio};

use test_support::workspace_root;

use crate::{
    common::{TestServer, start},
    other_tools::toolbox::{Toolbox, promtool, run},
};

/// The metrics that the server returns to a scraper that accepts this, after some requests.
async fn scrape(server: &TestServer, accept: &str) -> String {
    server.ask("queryUserStatus", r#"{"source": 1}"#).await;
    server.ask("queryWhatsAppInfo", "{}").await;
    let request = crate::common::http().get(format!("{}/metrics", server.url)).header("accept", accept);
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn promtool_accepts_the_text_format() {
    let Some(_) = promtool() else { return };
    let check = |text: &str| {
        let mut promtool = promtool().unwrap();
        let promtool = promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = promtool.stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        // It warns of names and help texts as well, and fails then.
        if output.status.success() && said.is_empty() { Ok(()) } else { Err(said) }
    };
    let server = start().await;
    let text = scrape(&server, "text/plain;version=0.0.4").await;
    check(&text).unwrap_or_else(|complaint| panic!("{complaint}\n{text}"));
    let open_metrics = scrape(&server, "application/openmetrics-text;version=1.0.0").await;
    assert!(check(&open_metrics).is_err(), "the formats differ, and it distinguishes them");
}

#[test]
fn promtool_accepts_the_alerts_and_they_fire_when_they_should() {
    let here = workspace_root().join("crates/server");
    for (arguments, file) in
        [(["check", "rules"], "grafana/alerts.yml"), (["test", "rules"], "tests/it/other_tools/alerts.test.yml")]
    {
        let Some(mut promtool) = promtool() else { return };
        run(promtool.args(arguments).arg(here.join(file))).unwrap_or_else(|complaint| panic!("{complaint}"));
    }
}

#[tokio::test]
async fn prometheus_client_reads_open_metrics() {
    let Some(tools) = Toolbox::python() else { return };
    let folder = tools.scratch();
    let read = |text: &str| {
        let file = folder.path().join("metrics");
        fs::write(&file, text).unwrap();
        run(tools.tool("python").arg(tools.source.join("open_metrics.py")).arg(&file))
    };
    let server = start().await;
    let open_metrics = scrape(&server, "application/openmetrics-text;version=1.0.0").await;
    let said = read(&open_metrics).unwrap_or_else(|complaint| panic!("{complaint}\n{open_metrics}"));
    for line in [
        "group_dispatch_requests counter",
        "group_dispatch_build info",
        "http_server_request_duration_seconds histogram",
    ] {
        assert!(said.lines().any(|read| read == line), "{line}\n{said}");
    }
    let text = scrape(&server, "text/plain").await;
    assert!(read(&text).is_err(), "the formats differ, and it distinguishes them");
}
