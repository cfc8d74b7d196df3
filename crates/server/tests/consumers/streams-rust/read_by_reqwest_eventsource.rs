//! Prints the changes by reqwest-eventsource. Each connection is an object of its own, because the library repeats its first
//! request as it was signed.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::Client;
use reqwest_eventsource::{Event, EventSource, retry::Never};
use streams::{address, headers};
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = Client::new();
    let mut position = String::new();
    loop {
        let request = client.post(address()).body("{}");
        let request = headers(&position).into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let mut source = EventSource::new(request).unwrap();
        source.set_retry_policy(Box::new(Never));
        while let Some(event) = source.next().await {
            match event {
                Ok(Event::Open) => {}
                Ok(Event::Message(message)) => {
                    println!("{}", message.data);
                    position = message.id;
                }
                Err(error) => {
                    eprintln!("interrupted: {error}");
                    source.close();
                }
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
}
