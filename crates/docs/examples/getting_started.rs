//! How many agents are online.
#![allow(clippy::print_stdout)]

use group_dispatch_client::{Client, Error, Source};

#[tokio::main]
async fn main() -> Result<(), Error> {
    // GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY
    let client = Client::from_env()?;
    let agents = client.online_agents(Source::Mobile).await?;
    println!("agents online: {}", agents.len());
    Ok(())
}
