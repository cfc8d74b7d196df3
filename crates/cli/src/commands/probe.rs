//! `group-dispatch probe`: whether a server is ready, as an exit status, for supervisors that run a command.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use group_dispatch_client::reqwest::{self, redirect::Policy};

use super::serve::reachable_address;
use crate::{
    arguments::value::{listen_address, timeout},
    terminal,
};

/// How many characters of a response are printed. Another service at the address may send more than a status.
const MAX_PRINTED_CHARS: usize = 500;
/// How much of a response is read, in bytes: at least as much as is printed.
const MAX_READ_BYTES: usize = 4 * MAX_PRINTED_CHARS;

const EXAMPLES: &str = "\
Examples:
  group-dispatch probe
  group-dispatch probe --what feeds --listen 127.0.0.1:8080
  GROUP_DISPATCH_LISTEN=0.0.0.0:8080 group-dispatch probe --what process

Exit status:
  0  the server is ready
  1  it is not, or does not respond; standard error says why
  2  the command line is invalid";

/// Check whether a server is ready: for health checks of containers, which may have neither a shell nor curl.
///
/// Sends one request to the server that `serve` runs with the same --listen, and prints what it responds. It needs neither
/// a tenant nor a key; `doctor` finds out why queries fail. It does not read the configuration file of `serve`: repeat the
/// `listen` of the file as --listen.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Probe {
    /// The address that the server listens on.
    #[arg(long, env = "GROUP_DISPATCH_LISTEN", default_value = "127.0.0.1:8080", value_parser = listen_address)]
    listen: SocketAddr,
    /// What has to work.
    #[arg(long, default_value = "queries", value_name = "WHAT")]
    what: What,
    /// The timeout of the request: seconds, or a duration such as 500ms.
    #[arg(long, default_value = "5s", value_name = "TIME", value_parser = timeout)]
    timeout: Duration,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The server answers queries (`/readyz`).
    Queries,
    /// It answers queries and stores events (`/readyz?feeds`).
    Feeds,
    /// The process runs (`/healthz`).
    Process,
}

impl What {
    fn path(self) -> &'static str {
        match self {
            Self::Queries => "/readyz",
            Self::Feeds => "/readyz?feeds",
            Self::Process => "/healthz",
        }
    }
}

/// # Errors
/// If the server is not ready.
pub async fn run(arguments: &Probe) -> anyhow::Result<()> {
    let address = reachable_address(arguments.listen);
    // It needs no certificates, which a container may not have.
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(arguments.timeout);
    // `serve` does not redirect these paths. What does is another service, and its page for a login has status 200.
    let client = client.redirect(Policy::none()).build()?;
    let response = client.get(format!("http://{address}{}", arguments.what.path())).send().await;
    // The address is in the message already.
    let mut response = response.map_err(reqwest::Error::without_url).with_context(|| {
        format!("no response from {address}; check that the server runs, and that --listen is the address of `serve`")
    })?;
    let status = response.status();
    let mut body = Vec::new();
    while body.len() < MAX_READ_BYTES
        && let Some(chunk) =
            response.chunk().await.map_err(reqwest::Error::without_url).context("the response ended early")?
    {
        body.extend_from_slice(&chunk);
    }
    let body: String = String::from_utf8_lossy(&body).trim().chars().take(MAX_PRINTED_CHARS).collect();
    let body = terminal::sanitize(&body);
    if !status.is_success() {
        bail!("{address} responds with {status}: {body}");
    }
    terminal::print_line(body)
}
