//! What the client does, told by `tracing`: a span for the call, and in it one for each request.
//!
//! cargo run -p group-dispatch-client --example spans
#![allow(clippy::print_stdout)]

use group_dispatch_client::{Client, Error};
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

#[tokio::main]
async fn main() -> Result<(), Error> {
    // Lines when a span ends, with the times that it took; "trying again" and the like are told at debug.
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("group_dispatch_client=debug"))
        .with_span_events(FmtSpan::CLOSE)
        .init();

    let groups = Client::from_env()?.all_online().await?;
    println!("sources: {}", groups.len());
    Ok(())
}
