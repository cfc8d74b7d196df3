//! The mock server that a team would take instead, Prism, with the same contract.

use anyhow::{Result, bail};

use super::Found;
use crate::{
    process::Process,
    question::Question,
    stand::Stand,
    versus::{Side, look_into, rates, rounds},
};

/// From the workspace's folder, in which `cargo xtask bench` runs this program.
const CONTRACT: &str = "openapi/group-dispatch.yaml";

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let program = stand.plan.prism.as_path();
    if !program.exists() {
        bail!("{} is missing; `cargo xtask bench` installs it where there is npm", program.display());
    }
    let prism = Process::start(&stand.work.join("prism.log"), "/", |address| {
        let mut command = stand.answering(program);
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        command.args(["mock", "--host", &host, "--port", &port, "--verboseLevel", "error", CONTRACT]);
        command
    })
    .await?;
    let server = stand.serve(stand.plan.world).await?;
    let known = look_into(&server, stand.plan.world, Question::WhatsAppInfo).await?;
    let (connections, requests) = (stand.plan.connections, || Question::WhatsAppInfo.hits(stand.plan.world));
    let ours = Side { server: &server, requests: &requests, connections, lengths: known.lengths };
    let theirs = Side { server: &prism, requests: &requests, connections, lengths: 50..=1_000 };
    found.findings.insert("prism", rates(&rounds(stand.plan.asking, &ours, &theirs).await?, known.typical.len()));
    server.stop()
}
