//! A server that is killed during ingest has stored each acknowledged event once.
#![cfg(unix)]

use std::process::Command;

use crate::common::{Server, TestStore};
use group_dispatch_client::{Client, Credentials, Error, RateLimit, RetryPolicy, types::ingest::Receipt};

const BATCH: usize = 50;

fn client(server: &Server) -> Client {
    let client = Client::builder().base_url(&server.url).credentials(Credentials::new(7, "k"));
    client.rate_limit(RateLimit::Unlimited).retry(RetryPolicy::never()).build().unwrap()
}

/// Sends a batch. The events of a number are always the same.
async fn feed(client: &Client, batch: usize) -> Result<Receipt, Error> {
    let event = |number: usize| {
        serde_json::json!({
            "userId": 1 + number % 7, "agentAccount": "br02", "whatsApp": "8618217331411", "source": 2,
            "detailStatus": 12, "status": 10, "createTime": 1_720_437_931_000_u64 + number as u64, "countryCode": "China",
        })
    };
    let events = (batch * BATCH..(batch + 1) * BATCH).map(event).collect();
    client.feed(serde_json::from_value(serde_json::Value::Array(events)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_events_survive_sigkill_and_are_stored_once() {
    let store = TestStore::new();
    let mut next = 0;
    for round in 0..5 {
        let serve = || {
            TestStore::serve_by(&mut store.command(&["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"]))
        };
        let server = serve();
        let feeder = client(&server);
        let first = next;
        let feeding = async {
            loop {
                match feed(&feeder, next).await {
                    Ok(receipt) => assert_eq!(receipt.stored.get(), BATCH),
                    // This batch may be stored or not.
                    Err(_) => return next,
                }
                next += 1;
                if next == first + 3 + round {
                    // Kill the server while the next batches are sent.
                    let process = server.child.id().to_string();
                    tokio::task::spawn_blocking(move || Command::new("kill").args(["-KILL", &process]).status());
                }
            }
        };
        let unknown = feeding.await;
        assert!(unknown >= first + 3 + round, "batches acknowledged before the kill");
        drop(server);

        let again = serve();
        let client = client(&again);
        for batch in 0..unknown {
            let receipt = feed(&client, batch).await.unwrap();
            assert_eq!((receipt.stored.get(), receipt.repeated.get()), (0, BATCH), "batch {batch} of {unknown}");
        }
        let last = feed(&client, unknown).await.unwrap();
        assert!(last.stored.get() == 0 || last.repeated.get() == 0, "all events of a batch are stored, or none");
        next = unknown + 1;
        assert_eq!(store.events(), next * BATCH);
    }
}
