//! Logs the client's work with `tracing`: a span for the call, and in it a span for each request.
//!
//! cargo run -p group-dispatch-client --example spans
#![allow(clippy::print_stdout)]

use group_dispatch_client::{Client, Error};
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

#[tokio::main]
async fn main() -> Result<(), Error> {
    // Logs a line with its duration when a span ends, and retries at level debug.
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("group_dispatch_client=debug"))
        .with_span_events(FmtSpan::CLOSE)
        .init();

    let groups = Client::from_env()?.all_online().await?;
    println!("sources: {}", groups.len());
    Ok(())
}
