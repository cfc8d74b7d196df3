//! Prints the status events of WhatsApp accounts, newest first: of one agent or of all.
//!
//! cargo run -p group-dispatch-client --example status_log -- mobile br02
#![allow(clippy::print_stdout)]

use std::{env, error::Error};

use group_dispatch_client::{Client, Source, types::UtcOffset};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let source: Source = arguments.next().as_deref().unwrap_or("mobile").parse()?;

    let mut query = Client::from_env()?.status_log(source);
    if let Some(login) = arguments.next() {
        query = query.agent_account(login);
    }

    for log in query.await? {
        println!("agent {} ({})", log.user_id, log.agent_account);
        for record in log.whats_app_list {
            // Local time of the vendor, UTC+8, and the same instant as Unix time.
            let instant = record.create_time.epoch_seconds(UtcOffset::VENDOR);
            println!("  {} = {instant}", record.create_time);
            println!("    {} is {}: {}", record.whats_app, record.status, record.detail_status.description());
        }
    }
    Ok(())
}
