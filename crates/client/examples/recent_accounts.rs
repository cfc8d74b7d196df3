//! Prints the WhatsApp accounts that came online last, with their current status: of one agent or of all.
//!
//! cargo run -p group-dispatch-client --example recent_accounts -- pc 621443
#![allow(clippy::print_stdout)]

use std::{env, error::Error};

use group_dispatch_client::{Client, Source, UserId};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let source: Source = arguments.next().as_deref().unwrap_or("pc").parse()?;

    let mut query = Client::from_env()?.recent_accounts(source);
    if let Some(id) = arguments.next() {
        query = query.user_id(id.parse::<UserId>()?);
    }

    for agent in query.await? {
        println!("agent {} ({})", agent.user_id, agent.agent_account);
        for account in agent.whats_app_list {
            // The service may leave the status out.
            let status = account.status.map_or_else(|| "unknown".to_owned(), |status| status.to_string());
            println!("  {} is {status} now", account.whats_app);
        }
    }
    Ok(())
}
