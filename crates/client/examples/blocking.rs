//! Queries from a program that is not async: `wait` instead of `await`.
//!
//! cargo run -p group-dispatch-client --features blocking --example blocking -- 8618217331411 861821371272
#![allow(clippy::print_stdout)]

use std::env;

use group_dispatch_client::{Client, Error};

fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    for number in env::args().skip(1) {
        match client.account_location(number.as_str()).wait()? {
            Some(at) => println!("{number} is online at {}, with agent {}", at.source, at.user_id),
            None => println!("{number} is not online"),
        }
    }
    Ok(())
}
