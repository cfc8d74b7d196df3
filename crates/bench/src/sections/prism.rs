//! The mock server Prism with the same contract, which a team might use instead.

use anyhow::{Result, bail};

use super::Results;
use crate::{
    comparison::{Side, rates, rounds, sample_responses},
    environment::Environment,
    process::Process,
    query::Query,
};

/// From the workspace's folder, in which `cargo xtask bench` runs this program.
const CONTRACT: &str = "openapi/group-dispatch.yaml";

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let program = environment.plan.prism.as_path();
    if !program.exists() {
        bail!("{} is missing; `cargo xtask bench` installs it if there is npm", program.display());
    }
    let prism = Process::start(&environment.work.join("prism.log"), "/", |address| {
        let mut command = environment.command_on_server_core(program);
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        command.args(["mock", "--host", &host, "--port", &port, "--verboseLevel", "error", CONTRACT]);
        command
    })
    .await?;
    let server = environment.serve(environment.plan.dataset).await?;
    let sample = sample_responses(&server, environment.plan.dataset, Query::WhatsAppInfo).await?;
    let (connections, requests) = (environment.plan.connections, || Query::WhatsAppInfo.hits(environment.plan.dataset));
    let ours = Side { server: &server, requests: &requests, connections, lengths: sample.lengths };
    let theirs = Side { server: &prism, requests: &requests, connections, lengths: 50..=1_000 };
    results
        .findings
        .insert("prism", rates(&rounds(environment.plan.query_turns, &ours, &theirs).await?, sample.typical.len()));
    server.stop()
}
