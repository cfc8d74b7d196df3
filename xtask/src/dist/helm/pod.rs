//! Reads the pod of a server as the chart describes it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::dist::server::Container;

/// How a server of the chart is started and probed.
pub struct Pod {
    pub container: Container,
    /// The paths of all probes.
    pub probes: Vec<String>,
    pub readiness: String,
    pub liveness: String,
}

/// Returns the ports of all containers of a pod.
pub fn ports(template: &Value) -> impl Iterator<Item = &Value> {
    let containers = template["spec"]["containers"].as_array().into_iter().flatten();
    containers.flat_map(|container| container["ports"].as_array().into_iter().flatten())
}

impl Pod {
    /// Reads the template of a pod. `url` is the content of the Secret with the address of the database.
    pub fn read(template: &Value, url: &str) -> Result<Self> {
        let container = &template["spec"]["containers"][0];
        let variables = container["env"].as_array().context("no variables")?.iter().map(|variable| {
            let name = variable["name"].as_str().context("a variable without a name")?.to_owned();
            let value = variable["value"].as_str().with_context(|| format!("{name} has no value"))?.to_owned();
            Ok((name, value))
        });
        let variables: BTreeMap<_, _> = variables.collect::<Result<_>>()?;
        for (variable, port) in [("GROUP_DISPATCH_LISTEN", "http"), ("GROUP_DISPATCH_METRICS_LISTEN", "metrics")] {
            let port = ports(template).find(|known| known["name"] == port).context("no such port")?;
            let expected = format!("0.0.0.0:{}", port["containerPort"]);
            if variables.get(variable) != Some(&expected) {
                bail!("{variable} should be {expected}, the port of the container");
            }
        }
        let arguments = container["args"].as_array().context("no arguments")?.iter().filter_map(Value::as_str);
        let [readiness, liveness, startup] =
            ["readinessProbe", "livenessProbe", "startupProbe"].map(|probe| &container[probe]["httpGet"]);
        let mut probes = Vec::new();
        for probe in [startup, liveness, readiness] {
            if probe["port"] != "http" {
                bail!("a probe asks another port than that of the queries: {probe}");
            }
            probes.push(probe["path"].as_str().context("a probe without a path")?.to_owned());
        }
        probes.dedup();
        Ok(Self {
            container: Container {
                arguments: arguments.map(str::to_owned).collect(),
                variables,
                database_url: (database_url_path(template, container)?, url.to_owned()),
            },
            readiness: readiness["path"].as_str().unwrap_or_default().to_owned(),
            liveness: liveness["path"].as_str().unwrap_or_default().to_owned(),
            probes,
        })
    }
}

/// Returns the path at which the container has the key of the Secret.
fn database_url_path(template: &Value, container: &Value) -> Result<String> {
    let volumes = template["spec"]["volumes"].as_array().context("no volumes")?;
    let volume = volumes.iter().find(|volume| volume["secret"].is_object()).context("no volume with a Secret")?;
    let file = volume["secret"]["items"][0]["path"].as_str().context("no file for the key of the Secret")?;
    let mounts = container["volumeMounts"].as_array().context("no mounts")?;
    let mount = mounts.iter().find(|mount| mount["name"] == volume["name"]).context("the Secret is not mounted")?;
    Ok(format!("{}/{file}", mount["mountPath"].as_str().unwrap_or_default()))
}
