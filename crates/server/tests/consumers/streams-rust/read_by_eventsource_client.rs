//! Prints the changes by eventsource-client. Each connection is an object of its own, because the library repeats its first request
//! as it was signed.

use std::time::Duration;

use eventsource_client::{Client, ClientBuilder, ReconnectOptions, SSE};
use futures_util::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use streams::{address, headers};
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut position = String::new();
    loop {
        let mut client = ClientBuilder::for_url(&address()).unwrap().method("POST".to_owned()).body("{}".to_owned());
        for (name, value) in headers(&position) {
            client = client.header(name, &value).unwrap();
        }
        let transport = HyperTransport::builder().build_http().unwrap();
        let client = client.reconnect(ReconnectOptions::reconnect(false).build()).build_with_transport(transport);
        let mut events = client.stream();
        while let Some(event) = events.next().await {
            match event {
                Ok(SSE::Event(event)) => {
                    println!("{}", event.data);
                    // None if no block had an id yet.
                    position = event.id.unwrap_or(position);
                }
                Ok(SSE::Connected(_) | SSE::Comment(_)) => {}
                Err(error) => {
                    eprintln!("interrupted: {error}");
                    break;
                }
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
}
