//! Status logs of agents' WhatsApp accounts.
//!
//! In a project of its own, as src/main.rs, with group-dispatch checked out beside it:
//!
//! cargo add --path ../group-dispatch/crates/client
//! cargo add serde_json
//! cargo add tokio --features macros,rt-multi-thread
//!
//! Export GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY, then: cargo run
#![allow(clippy::print_stdout)]

use group_dispatch_client::{Client, Source};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let logs = client.status_log(Source::Mobile).whats_app("573125704139").await?;
    println!("{}", serde_json::to_string_pretty(&logs)?);
    Ok(())
}
