//! Requests, as many as a server answers.

use std::{net::SocketAddr, ops::RangeInclusive, sync::Arc, time::Duration};

use anyhow::{Result, bail};
use tokio::{task::JoinSet, time::Instant};

use crate::connection::Connection;

/// What is asked of a server, again and again.
#[derive(Clone)]
pub struct Load {
    pub address: SocketAddr,
    /// Whole requests, asked in turn.
    pub requests: Arc<Vec<Vec<u8>>>,
    /// How many are asked at a time.
    pub connections: usize,
    /// The lengths that an answer's body may have.
    pub lengths: RangeInclusive<usize>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// How many answers came.
    pub answered: usize,
    /// How long it took.
    pub took: Duration,
    /// How long each of the counted answers was waited for, the quickest first.
    pub waits: Vec<Duration>,
}

impl Turn {
    /// Answers a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }

    /// What so large a share of the answers did not take longer than, in seconds.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let at = (share * self.waits.len() as f64).ceil() as usize;
        self.waits.get(at.clamp(1, self.waits.len().max(1)) - 1).map_or(f64::NAN, Duration::as_secs_f64)
    }
}

impl Load {
    /// Asks for so long, a tenth of which no wait is counted: connections are new, and caches cold.
    ///
    /// # Errors
    /// When an answer is not 200, or not as long as it should be.
    pub async fn turn(&self, length: Duration) -> Result<Turn> {
        let began = Instant::now();
        let (counted, until) = (began + length / 10, began + length);
        let mut asking = JoinSet::new();
        for number in 0..self.connections {
            asking.spawn(self.clone().ask(number, counted, until));
        }
        let (mut answered, mut waits) = (0, Vec::new());
        while let Some(asked) = asking.join_next().await {
            let (before, after) = asked??;
            answered += before + after.len();
            waits.extend(after);
        }
        if waits.is_empty() {
            bail!("not one answer in {length:?}");
        }
        waits.sort_unstable();
        // Answers that were asked for in time are waited for, and so is their time.
        Ok(Turn { answered, took: began.elapsed(), waits })
    }

    /// How many answers are not counted, and how long the others were waited for.
    async fn ask(self, number: usize, counted: Instant, until: Instant) -> Result<(usize, Vec<Duration>)> {
        let mut connection = Connection::open(self.address).await?;
        let (mut before, mut waits) = (0, Vec::new());
        // Each connection begins elsewhere, so that they don't ask the same at the same time.
        for request in self.requests.iter().cycle().skip(number * self.requests.len() / self.connections) {
            let asked = Instant::now();
            if asked >= until {
                break;
            }
            let answer = connection.ask(request).await?;
            if answer.status != 200 || !self.lengths.contains(&answer.body.len()) {
                let beginning: String = String::from_utf8_lossy(answer.body).chars().take(200).collect();
                bail!(
                    "status {}, {} bytes, expected {:?}: {beginning}",
                    answer.status,
                    answer.body.len(),
                    self.lengths
                );
            }
            if Instant::now() < counted {
                before += 1;
            } else {
                waits.push(asked.elapsed());
            }
        }
        Ok((before, waits))
    }
}
