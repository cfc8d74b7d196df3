//! A closed-loop load generator: each connection sends its next request when it has a response.

use std::{net::SocketAddr, ops::RangeInclusive, sync::Arc, time::Duration};

use anyhow::{Result, bail};
use tokio::{task::JoinSet, time::Instant};

use crate::connection::Connection;

/// The requests that are sent to a server.
#[derive(Clone)]
pub struct Load {
    pub address: SocketAddr,
    /// Requests with head and body, sent in turn.
    pub requests: Arc<Vec<Vec<u8>>>,
    /// The number of connections.
    pub connections: usize,
    /// The valid lengths of a response's body.
    pub lengths: RangeInclusive<usize>,
}

/// The results of a turn.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// The number of responses.
    pub answered: usize,
    /// The length of the turn.
    pub took: Duration,
    /// The latency of each counted response, in ascending order.
    pub waits: Vec<Duration>,
}

impl Turn {
    /// Returns responses per second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }

    /// Returns a quantile of the latencies, in seconds.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let at = (share * self.waits.len() as f64).ceil() as usize;
        self.waits.get(at.clamp(1, self.waits.len().max(1)) - 1).map_or(f64::NAN, Duration::as_secs_f64)
    }
}

impl Load {
    /// Sends requests for a time. Latencies of the first tenth are not counted: connections are new, and caches cold.
    ///
    /// # Errors
    /// If a response has another status than 200, or another length.
    pub async fn turn(&self, length: Duration) -> Result<Turn> {
        let began = Instant::now();
        let (counted, until) = (began + length / 10, began + length);
        let mut asking = JoinSet::new();
        for number in 0..self.connections {
            asking.spawn(self.clone().ask(number, counted, until));
        }
        let (mut answered, mut waits) = (0, Vec::new());
        while let Some(sent) = asking.join_next().await {
            let (before, after) = sent??;
            answered += before + after.len();
            waits.extend(after);
        }
        if waits.is_empty() {
            bail!("no response in {length:?}");
        }
        waits.sort_unstable();
        // Includes the time of the last responses, which are waited for.
        Ok(Turn { answered, took: began.elapsed(), waits })
    }

    /// Returns how many responses are not counted, and the latencies of the others.
    async fn ask(self, number: usize, counted: Instant, until: Instant) -> Result<(usize, Vec<Duration>)> {
        let mut connection = Connection::open(self.address).await?;
        let (mut before, mut waits) = (0, Vec::new());
        // Each connection begins with another request, so that they differ at any time.
        for request in self.requests.iter().cycle().skip(number * self.requests.len() / self.connections) {
            let sent = Instant::now();
            if sent >= until {
                break;
            }
            let response = connection.ask(request).await?;
            if response.status != 200 || !self.lengths.contains(&response.body.len()) {
                let beginning: String = String::from_utf8_lossy(response.body).chars().take(200).collect();
                bail!(
                    "status {}, {} bytes, expected {:?}: {beginning}",
                    response.status,
                    response.body.len(),
                    self.lengths
                );
            }
            if Instant::now() < counted {
                before += 1;
            } else {
                waits.push(sent.elapsed());
            }
        }
        Ok((before, waits))
    }
}
