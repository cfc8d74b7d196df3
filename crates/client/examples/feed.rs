//! Sends status events to a group-dispatch-server: one JSON object per line of standard input.
//!
//! cargo run -p group-dispatch-client --example feed < events.ndjson
#![allow(clippy::print_stdout)]

use std::{error::Error, io};

use group_dispatch_client::{Client, types::ingest::StatusEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sender = Client::from_env()?.sender().start()?;
    for line in io::stdin().lines() {
        let event: StatusEvent = serde_json::from_str(&line?)?;
        sender.send(event).await?;
    }
    let delivered = sender.close().await?;
    println!("new: {}, stored before: {}", delivered.stored, delivered.repeated);
    for refused in delivered.refused {
        println!("refused: {:?}: {}", refused.event, refused.reason);
    }
    Ok(())
}
