//! Sends events to the ingest endpoint of a server, also while it is queried.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Result, bail};
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{connection::Connection, dataset::Event, query::signed_by_hmac};

/// The path of the operation.
pub const PATH: &str = "/ingest/v1/status-events";

/// The reason why a server without ingest is not measured.
pub const NO_INGEST: &str = "this server has no endpoint /ingest/v1/status-events";

/// A signed request with events, and their number.
pub struct Batch {
    request: Vec<u8>,
    pub events: usize,
}

impl Batch {
    /// Signs a request with these events.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let json: Vec<String> = events.iter().map(Event::json).collect();
        Self { request: signed_by_hmac(PATH, &format!("[{}]", json.join(","))), events: events.len() }
    }

    /// Sends the events. When this returns, they are stored durably.
    ///
    /// # Errors
    /// If an event is rejected, or was already stored.
    pub async fn send(&self, connection: &mut Connection) -> Result<()> {
        let response = connection.ask(&self.request).await?;
        let json: Value = serde_json::from_slice(response.body).unwrap_or_default();
        if response.status != 200 || json["data"]["stored"] != self.events {
            bail!("the response to {} events has status {}: {}", self.events, response.status, json["message"]);
        }
        Ok(())
    }
}

/// Returns whether the server has an ingest endpoint.
///
/// # Errors
/// If it does not respond.
pub async fn accepts_events(address: SocketAddr) -> Result<bool> {
    Ok(Connection::open(address).await?.ask(&Batch::of(&[]).request).await?.status != 404)
}

/// Sends a batch each time `every` has passed, until `until`. Returns how many were sent.
///
/// # Errors
/// If a batch is rejected.
pub async fn feed(address: SocketAddr, batches: Vec<Batch>, every: Duration, until: Instant) -> Result<usize> {
    let mut connection = Connection::open(address).await?;
    let mut clock = interval(every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut sent = 0;
    for batch in &batches {
        clock.tick().await;
        if Instant::now() >= until {
            break;
        }
        batch.send(&mut connection).await?;
        sent += 1;
    }
    Ok(sent)
}
