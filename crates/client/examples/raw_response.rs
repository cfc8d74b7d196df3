//! Prints the HTTP response beside its data: status, headers, and the bytes of the body.
//!
//! cargo run -p group-dispatch-client --example raw_response -- order-4711
#![allow(clippy::print_stdout)]

use std::env;

use group_dispatch_client::{Client, Error, Source};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut query = Client::from_env()?.online_agents(Source::Pc).user_id(12);
    // Your own request id, for the server's log. Without it, the server generates one.
    if let Some(id) = env::args().nth(1) {
        query = query.header("x-request-id", id);
    }

    let result = query.with_response().await?;
    let response = &result.response;
    println!("HTTP {} (request {})", response.status(), response.attempts());
    println!("id: {}", response.request_id().unwrap_or("-"));
    println!("type: {:?}", response.headers().get("content-type"));
    println!("{}", String::from_utf8_lossy(response.body()));
    println!("agents: {}", result.data.len());
    Ok(())
}
