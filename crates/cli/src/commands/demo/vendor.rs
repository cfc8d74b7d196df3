//! `group-dispatch demo --vendor`: the simulated vendor on this machine, in real time.

use std::{
    env,
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use group_dispatch_client::Credentials;
use group_dispatch_simulated_vendor::{Scenario, Vendor, http};
use tokio::net::TcpListener;

use crate::{commands::tenant::generate_key, signals::Signals, terminal};

const TENANT: u64 = 1;
/// How much of its history has happened when the vendor begins to answer, so that logs are full.
const PAST: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns a small company whose history began a day ago and does not end.
pub fn running(seed: u64) -> anyhow::Result<Scenario> {
    let start = now()? - i64::try_from(PAST.as_millis())?;
    Ok(Scenario { start, duration: None, ..Scenario::small(seed) })
}

fn now() -> anyhow::Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

/// Serves the simulated vendor until a signal.
pub async fn run(listen: SocketAddr, seed: Option<u64>, mut signals: Signals) -> anyhow::Result<()> {
    let now = now()?;
    let seed = seed.unwrap_or(now.unsigned_abs());
    let scenario = running(seed)?;
    let ahead = (scenario.vendor_time(now) - now) / 1000;
    let credentials = Credentials::new(TENANT, generate_key());
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let command = env::args().next().unwrap_or_else(|| "group-dispatch".to_owned());
    terminal::print_line(format_args!(
        r#"A simulated vendor with {agents} agents and {accounts} accounts; --seed {seed} gives the same history again.
Its clock is {off} seconds {direction}. About one in twenty requests fails or is slow, and now and then all do for minutes.

Query it with this command in another terminal:
  export GROUP_DISPATCH_URL=http://{address} GROUP_DISPATCH_TENANT_ID={TENANT} GROUP_DISPATCH_API_KEY={key}
  {command} watch

It answers until Ctrl-C."#,
        agents = scenario.agents,
        accounts = scenario.accounts,
        off = ahead.abs(),
        direction = if ahead < 0 { "slow" } else { "fast" },
        address = listener.local_addr()?,
        key = credentials.api_key().expose(),
    ))?;
    http::serve(listener, Vendor::new(scenario), credentials, async { signals.next().await }).await;
    Ok(())
}
