//! Prints the changes of a group-dispatch-server until the program is stopped, and goes on where an earlier run was stopped: each
//! event is printed once. The position is in the file that the first argument names.
//!
//! cargo run -p group-dispatch-client --example changes -- position.txt
#![allow(clippy::print_stdout)]

use std::{env, error::Error, fs, io::ErrorKind};

use futures_util::StreamExt;
use group_dispatch_client::{
    Client,
    types::history::{ChangeLine, ChangeLineType},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("the file of the position is missing")?;
    let mut query = Client::from_env()?.changes();
    match fs::read_to_string(&file) {
        Ok(position) => query = query.since(position.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let mut changes = query.follow();
    while let Some(line) = changes.next().await {
        match line {
            Ok(line) => print(&line),
            // The stream goes on after a pause. Stop at permanent failures.
            Err(error) if error.is_retryable() => println!("temporary failure: {error}"),
            Err(error) => return Err(error.into()),
        }
        // After what was done, so that a program that ends in between repeats it and misses nothing. The file is replaced, so
        // that it always has a whole position.
        if let Some(position) = changes.position() {
            fs::write(file.clone() + ".new", position.as_str())?;
            fs::rename(file.clone() + ".new", &file)?;
        }
    }
    Ok(())
}

fn print(line: &ChangeLine) {
    if line.type_ == ChangeLineType::Reset {
        println!("the position is lost: forget who was online");
    } else if let Some(account) = &line.account {
        println!("{} is online with {}", account.whats_app, account.agent_account);
    } else if let Some(event) = &line.event {
        let now =
            line.online_with.map_or("online with nobody".to_owned(), |agent| format!("online with agent {agent}"));
        println!("{}: now {now}", event.whats_app);
    }
}
