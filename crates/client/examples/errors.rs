//! Handles the errors of a call that has its own timeout and retry policy.
//!
//! cargo run -p group-dispatch-client --example errors
#![allow(clippy::print_stdout)]

use std::time::Duration;

use group_dispatch_client::{BusinessCode, Client, Error, RetryPolicy, Source};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    // For this call only: at most three requests, with pauses of at most 50 and 100 ms, within two seconds.
    let policy = RetryPolicy::default().max_attempts(3).pauses(Duration::from_millis(50), Duration::from_secs(1));
    let result = client.online_agents(Source::Pc).retry(policy).timeout(Duration::from_secs(2)).await;

    let error = match result {
        Ok(agents) => {
            println!("agents online: {}", agents.len());
            return Ok(());
        }
        Err(error) => error,
    };
    match &error {
        // A code that this program handles, then all others.
        Error::Business { code: BusinessCode::TokenWrong, .. } => println!("the key is wrong: has it been renewed?"),
        Error::Business { code, message, .. } => {
            println!("refused: {message} ({}); {}", code.code(), code.remedy());
            println!("more about it: {}", error.docs_url().unwrap_or_else(|| error.docs_page()));
        }
        error if error.is_timeout() => println!("no response in time"),
        // The client has retried it already, as far as the policy allows. It may succeed later.
        error if error.is_retryable() => println!("temporary failure: {error}"),
        // The address, the configuration or the request is wrong. A retry will fail, too.
        error => println!("permanent failure: {error}"),
    }
    println!("requests sent: {}; the last one's id: {}", error.attempts(), error.request_id().unwrap_or("-"));
    Ok(())
}
