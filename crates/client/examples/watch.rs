//! Prints changes of who is online, until the program is stopped. An account that is back within two seconds is no change.
//!
//! cargo run -p group-dispatch-client --example watch
#![allow(clippy::print_stdout)]

use std::time::Duration;

use futures_util::StreamExt;
use group_dispatch_client::{Change, Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut changes = Client::from_env()?.watch(Duration::from_millis(500)).settle(Duration::from_secs(2));
    while let Some(change) = changes.next().await {
        match change {
            Ok(Change::Began(group)) => println!("{}: agents online: {}", group.source, group.list.len()),
            Ok(Change::AgentAppeared { source, agent }) => println!("{source}: {} came", agent.agent_account),
            Ok(Change::AgentLeft { source, agent }) => println!("{source}: {} left", agent.agent_account),
            Ok(Change::AccountAppeared { agent, account, .. }) => {
                println!("  {} with {}", account.whats_app, agent.agent_account);
            }
            Ok(Change::AccountMoved { from, to, account, .. }) => {
                println!("  {} from {} to {}", account.whats_app, from.agent_account, to.agent_account);
            }
            Ok(Change::AccountLeft { account, .. }) => println!("  {} gone", account.whats_app),
            Ok(_) => {}
            // The watch retries after a pause. Stop at permanent failures.
            Err(error) if error.is_retryable() => println!("temporary failure: {error}"),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
