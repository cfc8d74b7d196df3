//! Prints the agents that have WhatsApp accounts online at a source: all, or the one with the given id.
//!
//! cargo run -p group-dispatch-client --example online_agents -- pc 12
#![allow(clippy::print_stdout)]

use std::{env, error::Error};

use group_dispatch_client::{Client, Source, UserId};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let source: Source = arguments.next().as_deref().unwrap_or("pc").parse()?;

    let mut query = Client::from_env()?.online_agents(source);
    if let Some(id) = arguments.next() {
        query = query.user_id(id.parse::<UserId>()?);
    }

    for agent in query.await? {
        println!("agent {} ({})", agent.user_id, agent.agent_account);
        for account in agent.whats_app_list {
            println!("  {} {}", account.whats_app, account.name.as_deref().unwrap_or("-"));
        }
    }
    Ok(())
}
