//! The connection to the service or its proxy, by TCP alone.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    time::{Duration, Instant},
};

use anyhow::anyhow;
use group_dispatch_client::{ProxySetting, reqwest::Url};
use jiff::SignedDuration;
use tokio::{net::TcpStream, task::spawn_blocking, time::timeout};

use super::report::CheckResult;
use crate::service::Service;

/// Connects to the service, or to the proxy if there is one. Returns whether the service is on this machine.
pub async fn check(
    service: &Service,
    url: &Url,
    proxy: Option<&ProxySetting>,
    time_limit: Duration,
) -> anyhow::Result<CheckResult<bool>> {
    let explain = |error: &io::Error| match proxy {
        Some(proxy) => anyhow!(
            "can't connect to {proxy}: {error}; check the address in {}; hosts in NO_PROXY are reached without a proxy",
            proxy.variable()
        ),
        None => service.explain_connection_error(error),
    };
    let (host, port) = match proxy {
        Some(proxy) => (proxy.host().to_owned(), proxy.port()),
        None => (url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned(), url.port_or_known_default()),
    };
    let (address, duration) = connect(host, port.unwrap_or_default(), time_limit, explain).await?;
    let duration = format_milliseconds(duration);
    Ok(match proxy {
        Some(proxy) => CheckResult::ok(false, format!("to {proxy} in {duration}; it connects to the service")),
        None => CheckResult::ok(address.ip().is_loopback(), format!("to {address} in {duration}")),
    })
}

async fn connect(
    host: String,
    port: u16,
    time_limit: Duration,
    explain: impl Fn(&io::Error) -> anyhow::Error,
) -> anyhow::Result<(SocketAddr, Duration)> {
    let addresses = spawn_blocking(move || (host, port).to_socket_addrs()).await?;
    let addresses: Vec<_> = addresses.map_err(|error| explain(&error))?.collect();
    let start = Instant::now();
    let connected = timeout(time_limit, TcpStream::connect(&addresses[..])).await.map_err(|_| {
        let tried: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
        let time_limit = SignedDuration::try_from(time_limit).unwrap_or(SignedDuration::MAX);
        anyhow!("no response from {} in {time_limit:#}; check for a firewall in between", tried.join(", "))
    })?;
    let stream = connected.map_err(|error| explain(&error))?;
    Ok((stream.peer_addr()?, start.elapsed()))
}

pub fn format_milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
