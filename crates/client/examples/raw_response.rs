//! The answer as it came, beside its data: status, headers, and the body byte for byte.
//!
//! cargo run -p group-dispatch-client --example raw_response -- order-4711
#![allow(clippy::print_stdout)]

use std::env;

use group_dispatch_client::{Client, Error, Source};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut query = Client::from_env()?.online_agents(Source::Pc).user_id(12);
    // An id of your own, which the server's log will tell; without it, the server makes one.
    if let Some(id) = env::args().nth(1) {
        query = query.header("x-request-id", id);
    }

    let answer = query.with_response().await?;
    let response = &answer.response;
    println!("HTTP {} (request {})", response.status(), response.attempts());
    println!("id: {}", response.request_id().unwrap_or("-"));
    println!("type: {:?}", response.headers().get("content-type"));
    println!("{}", String::from_utf8_lossy(response.body()));
    println!("agents: {}", answer.data.len());
    Ok(())
}
