//! Events that arrive at a server while it is asked, over its own ingest.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Result, bail};
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{connection::Connection, question::signed, world::Event};

const PATH: &str = "/ingest/v1/status-events";

/// Why nothing is known about a server that events can't be sent to.
pub const MISSING: &str = "this server takes no events at /ingest/v1/status-events";

/// A request that brings events, and how many.
pub struct Batch {
    request: Vec<u8>,
    pub events: usize,
}

impl Batch {
    /// Signed now.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let json: Vec<String> = events.iter().map(Event::json).collect();
        Self { request: signed(PATH, &format!("[{}]", json.join(","))), events: events.len() }
    }

    /// Brings the events, all of them new; they are durable when this returns.
    ///
    /// # Errors
    /// When one is refused, or was there already.
    pub async fn bring(&self, connection: &mut Connection) -> Result<()> {
        let answer = connection.ask(&self.request).await?;
        let json: Value = serde_json::from_slice(answer.body).unwrap_or_default();
        if answer.status != 200 || json["data"]["stored"] != self.events {
            bail!("{} events are answered with status {}: {}", self.events, answer.status, json["message"]);
        }
        Ok(())
    }
}

/// Whether the server takes events at all.
///
/// # Errors
/// When it does not answer.
pub async fn is_there(address: SocketAddr) -> Result<bool> {
    Ok(Connection::open(address).await?.ask(&Batch::of(&[]).request).await?.status != 404)
}

/// Brings batches, one after the other and one at most `every` so long, until `until`; says how many it has brought.
///
/// # Errors
/// When a batch is refused.
pub async fn feed(address: SocketAddr, batches: Vec<Batch>, every: Duration, until: Instant) -> Result<usize> {
    let mut connection = Connection::open(address).await?;
    let mut clock = interval(every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut brought = 0;
    for batch in &batches {
        clock.tick().await;
        if Instant::now() >= until {
            break;
        }
        batch.bring(&mut connection).await?;
        brought += 1;
    }
    Ok(brought)
}
