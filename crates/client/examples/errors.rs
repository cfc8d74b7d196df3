//! What can go wrong, told apart, for a call with a patience of its own.
//!
//! cargo run -p group-dispatch-client --example errors
#![allow(clippy::print_stdout)]

use std::time::Duration;

use group_dispatch_client::{BusinessCode, Client, Error, RetryPolicy, Source};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    // For this call alone: at most three requests, with pauses of at most 50 and 100 ms, all within two seconds.
    let policy = RetryPolicy::default().max_attempts(3).pauses(Duration::from_millis(50), Duration::from_secs(1));
    let answer = client.online_agents(Source::Pc).retry(policy).timeout(Duration::from_secs(2)).await;

    let error = match answer {
        Ok(agents) => {
            println!("agents online: {}", agents.len());
            return Ok(());
        }
        Err(error) => error,
    };
    match &error {
        // One code that this program knows what to do about; then all the others.
        Error::Business { code: BusinessCode::TokenWrong, .. } => println!("the key is wrong: has it been renewed?"),
        Error::Business { code, message, .. } => println!("refused: {message} ({}); {}", code.code(), code.remedy()),
        error if error.is_timeout() => println!("no answer in time"),
        // It has been tried again already, as far as the policy goes. Later it may succeed.
        error if error.is_retryable() => println!("out of order for now: {error}"),
        // The address, the settings or the question is wrong, and stays so.
        error => println!("hopeless: {error}"),
    }
    println!("requests sent: {}; the last one's id: {}", error.attempts(), error.request_id().unwrap_or("-"));
    Ok(())
}
