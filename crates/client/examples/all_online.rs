//! Prints who is online: the agents at PC and mobile, and the number of their accounts.
//!
//! cargo run -p group-dispatch-client --example all_online
#![allow(clippy::print_stdout)]

use group_dispatch_client::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    for group in Client::from_env()?.all_online().await? {
        let accounts: usize = group.list.iter().map(|agent| agent.whats_app_list.len()).sum();
        println!("{}: accounts {accounts}, agents {}", group.source, group.list.len());
        for agent in group.list {
            println!("  {} ({}) has {}", agent.user_name, agent.agent_account, agent.whats_app_list.len());
        }
    }
    Ok(())
}
