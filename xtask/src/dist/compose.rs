//! The compose file: PostgreSQL and two servers.

use std::{collections::BTreeMap, fs, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use test_support::workspace_root;

use super::{
    Report, binary,
    server::{Cluster, Container, Server, try_together},
};
use crate::{process::output, tools::install_for_packaging};

/// Its inputs beyond the program.
pub const INPUTS: &[&str] = &["packaging/container", "packaging/tools"];

const PASSWORD: &str = "8f3b61a70c52";
const SECRET: &str = "database-url";

pub fn build(report: &mut Report) -> Result<()> {
    let file = report.folder().join("compose.yaml");
    fs::write(&file, without_build(&fs::read_to_string(workspace_root().join("packaging/container/compose.yaml"))?)?)?;
    report.artifact(&file)?;
    if !report.is_checking() {
        return Ok(());
    }
    let Some(tools) = install_for_packaging()? else {
        report.skip("the compose file, because Docker Compose can't be installed from PyPI");
        return Ok(());
    };
    let mut compose = Command::new(tools.join("docker-compose"));
    compose.args(["--file", "compose.yaml", "config", "--format", "json"]).current_dir(report.folder());
    let config: Value = serde_json::from_str(&output(&mut compose)?)?;
    let builds = |service: &Value| service["build"] != Value::Null;
    if config["services"].as_object().is_some_and(|services| services.values().any(builds)) {
        bail!("the compose file for users builds an image from a folder that they don't have");
    }
    report.check("Docker Compose reads the compose file, which needs the image and no checkout");

    let services = config["services"].as_object().context("no services")?;
    let (servers, others): (Vec<_>, Vec<_>) = services.iter().partition(|(name, _)| name.starts_with("server-"));
    let [(_, postgres)] = others[..] else { bail!("expected PostgreSQL beside the servers") };
    let binary = binary::build(report)?;
    let Some(cluster) = Cluster::start(PASSWORD)? else {
        report.skip("the servers of the compose file, because there is no PostgreSQL (initdb)");
        return Ok(());
    };
    let port = 5432;
    let url = format!("postgres://group_dispatch:{PASSWORD}@postgres:{port}/group_dispatch");
    if postgres["environment"]["POSTGRES_USER"] != "group_dispatch"
        || postgres["environment"]["POSTGRES_DB"] != "group_dispatch"
    {
        bail!("the address in the head of the file does not fit {}", postgres["environment"]);
    }
    let mut running = Vec::new();
    for (name, service) in servers {
        if service["command"] != Value::Null || service["entrypoint"] != Value::Null {
            bail!("{name} has another command than the image");
        }
        if service["healthcheck"]["test"] != serde_json::json!(["CMD", "/group-dispatch", "probe"]) {
            bail!("{name} has another health check than the image");
        }
        let secrets = service["secrets"].as_array().into_iter().flatten();
        let target = secrets.filter(|secret| secret["source"] == SECRET).find_map(|secret| secret["target"].as_str());
        let container = Container {
            arguments: vec!["serve".into()],
            variables: variables(&service["environment"])?,
            database_url: (target.context("no secret with the address")?.to_owned(), url.clone()),
        };
        running.push(Server::start(&binary.path, &container, &cluster)?);
    }
    if running.len() != 2 {
        bail!("expected two servers, found {}", running.len());
    }
    for server in &running {
        server.exec(&["probe", "--listen", &server.address.to_string()])?;
    }
    report.check(
        "two servers start with the variables and the secret of the compose file over a PostgreSQL, and are healthy",
    );
    try_together(&running, &workspace_root().join("crates/cli/src/generated/sample.snap.ndjson"))?;
    report.check("what one of them stores is in the answers of the other");
    Ok(())
}

/// Returns the compose file for readers who have no checkout: without the part that builds the image.
fn without_build(text: &str) -> Result<String> {
    let (before, rest) = text.split_once("  build:\n").context("the compose file builds no image")?;
    let rest = rest.split_inclusive('\n').skip_while(|line| line.starts_with("    "));
    Ok(before.to_owned() + &rest.collect::<String>())
}

fn variables(environment: &Value) -> Result<BTreeMap<String, String>> {
    let environment = environment.as_object().context("no environment")?;
    environment
        .iter()
        .map(|(name, value)| {
            Ok((name.clone(), value.as_str().with_context(|| format!("{name} is no text"))?.to_owned()))
        })
        .collect()
}
