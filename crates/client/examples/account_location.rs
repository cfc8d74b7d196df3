//! Prints where a WhatsApp account is online and with which agent: at PC or mobile, or at the given source.
//!
//! cargo run -p group-dispatch-client --example account_location -- "+86 182-1733-1412" cloud
#![allow(clippy::print_stdout)]

use std::{env, error::Error};

use group_dispatch_client::{Client, Source};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let number = arguments.next().ok_or("the account is missing: its number with the country calling code")?;

    // A number as people write it. If it is not a phone number, awaiting the query returns an error.
    let mut query = Client::from_env()?.account_location(number.as_str());
    if let Some(source) = arguments.next() {
        query = query.source(source.parse::<Source>()?);
    }

    match query.await? {
        Some(at) => println!("online at {}, with agent {} ({})", at.source, at.user_id, at.agent_account),
        None => println!("not online"),
    }
    Ok(())
}
