//! An open-loop load generator: requests are due at fixed times, whether or not earlier ones have a response. Latency
//! counts from the time a request was due, and from the time a connection was free to send it.

use std::{net::SocketAddr, ops::Range, sync::Arc, time::Duration};

use anyhow::{Result, bail};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::connection::Connection;

/// A period with a constant request rate.
#[derive(Clone, Copy)]
pub struct Phase {
    pub per_second: f64,
    pub length: Duration,
}

/// One request, and its result.
#[derive(Clone, Copy)]
pub struct Arrival {
    /// When the request was due, from the start.
    pub due: Duration,
    /// How long it waited for a free connection.
    pub late: Duration,
    pub outcome: ArrivalResult,
}

#[derive(Clone, Copy)]
pub enum ArrivalResult {
    /// The latency from the time it was due.
    Answered(Duration),
    /// Status 429 or 503: the latency from the time it was due, and whether the response had `Retry-After`.
    Refused(Duration, bool),
    /// Not sent: its phase ended before a connection was free.
    GaveUp,
}

/// The connections of the load generator, which bound the concurrent requests.
pub struct Callers(Vec<Connection>);

impl Callers {
    /// # Errors
    /// If there is no server, or it accepts fewer connections.
    pub async fn open(address: SocketAddr, many: u32) -> Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..many {
            connections.push(Connection::open(address).await?);
        }
        Ok(Self(connections))
    }

    /// Sends requests through all phases, from `began` on, without a pause between phases.
    ///
    /// # Errors
    /// If a response has another status than 200, 429 or 503, or a connection breaks.
    pub async fn ask(self, began: Instant, requests: Vec<Vec<u8>>, phases: Vec<Phase>) -> Result<Vec<Arrival>> {
        let (requests, phases): (Arc<[_]>, Arc<[_]>) = (requests.into(), phases.into());
        let (mut asking, many) = (JoinSet::new(), u32::try_from(self.0.len())?);
        for (place, connection) in (0..).zip(self.0) {
            asking.spawn(ask(connection, (place, many), Arc::clone(&requests), Arc::clone(&phases), began));
        }
        let mut arrivals = Vec::new();
        while let Some(sent) = asking.join_next().await {
            arrivals.extend(sent??);
        }
        Ok(arrivals)
    }
}

async fn ask(
    mut connection: Connection,
    (place, many): (u32, u32),
    requests: Arc<[Vec<u8>]>,
    phases: Arc<[Phase]>,
    began: Instant,
) -> Result<Vec<Arrival>> {
    let mut arrivals = Vec::new();
    let mut requests = requests.iter().cycle().skip(fastrand::usize(..requests.len()));
    let mut begins = Duration::ZERO;
    for phase in &*phases {
        let ends = begins + phase.length;
        let each = Duration::from_secs_f64(f64::from(many) / phase.per_second);
        let mut due = begins + each * place / many;
        while let Some(request) = requests.next().filter(|_| due < ends) {
            sleep_until(began + due).await;
            let sent = began.elapsed();
            let outcome = if sent < ends {
                let response = connection.ask(request).await?;
                let (status, with_retry_after) =
                    (response.status, response.head.to_ascii_lowercase().contains("retry-after:"));
                let wait = began.elapsed() - due;
                match status {
                    200 => ArrivalResult::Answered(wait),
                    429 | 503 => ArrivalResult::Refused(wait, with_retry_after),
                    status => bail!("a response during the overload has status {status}"),
                }
            } else {
                ArrivalResult::GaveUp
            };
            arrivals.push(Arrival { due, late: sent.saturating_sub(due), outcome });
            due += each;
        }
        begins = ends;
    }
    Ok(arrivals)
}

/// The results of the requests that were due in a period.
#[derive(Default)]
pub struct Summary {
    pub all: usize,
    pub answered: Waits,
    pub refused: Waits,
    /// How many rejected requests had `Retry-After`.
    pub with_retry_after: usize,
}

/// Latencies in seconds, in ascending order.
#[derive(Default)]
pub struct Waits {
    /// From the time the request was due.
    pub since_due: Vec<f64>,
    /// From the time a connection was free to send it.
    pub since_sent: Vec<f64>,
}

impl Waits {
    #[must_use]
    pub fn count(&self) -> usize {
        self.since_due.len()
    }

    fn add(&mut self, since_due: Duration, late: Duration) {
        self.since_due.push(since_due.as_secs_f64());
        self.since_sent.push(since_due.saturating_sub(late).as_secs_f64());
    }

    fn sort(&mut self) {
        self.since_due.sort_by(f64::total_cmp);
        self.since_sent.sort_by(f64::total_cmp);
    }
}

impl Summary {
    #[must_use]
    pub fn of(arrivals: &[Arrival], due: Range<Duration>) -> Self {
        let mut summary = Self::default();
        for arrival in arrivals.iter().filter(|arrival| due.contains(&arrival.due)) {
            summary.all += 1;
            match arrival.outcome {
                ArrivalResult::Answered(wait) => summary.answered.add(wait, arrival.late),
                ArrivalResult::Refused(wait, with_retry_after) => {
                    summary.refused.add(wait, arrival.late);
                    summary.with_retry_after += usize::from(with_retry_after);
                }
                ArrivalResult::GaveUp => {}
            }
        }
        summary.answered.sort();
        summary.refused.sort();
        summary
    }

    /// Formats a count as a percentage of all requests.
    #[must_use]
    pub fn share(&self, count: usize) -> String {
        format!("{:.0} %", 100.0 * count as f64 / self.all as f64)
    }
}

/// Returns the 99th percentile of sorted latencies, in seconds; NaN if there are none.
#[must_use]
pub fn p99(waits: &[f64]) -> f64 {
    waits.get(waits.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Takes `each` for a response, and rejects every third request.
    async fn slow_server(each: Duration) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 3];
            for number in 1.. {
                if stream.read_exact(&mut request).await.is_err() {
                    break;
                }
                tokio::time::sleep(each).await;
                let status = if number % 3 == 0 { "503 Busy\r\nRetry-After: 1" } else { "200 OK" };
                let response = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(response.as_bytes()).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn latency_counts_from_the_due_time() {
        let each = Duration::from_millis(20);
        let callers = Callers::open(slow_server(each).await, 1).await.unwrap();
        let length = Duration::from_millis(600);
        // Four times the capacity of the server.
        let phase = Phase { per_second: 200.0, length };
        let all = callers.ask(Instant::now(), vec![b"ask".to_vec()], vec![phase]).await.unwrap();
        let all = Summary::of(&all, Duration::ZERO..length);
        let sent = all.answered.count() + all.refused.count();
        assert_eq!(all.all, 120);
        assert!(sent < 120, "the others gave up");
        assert_eq!((all.refused.count(), all.with_retry_after), (sent / 3, sent / 3));
        let Waits { since_due, since_sent } = all.answered;
        assert!(since_due.iter().sum::<f64>() > since_sent.iter().sum::<f64>());
        assert!(p99(&since_sent) >= each.as_secs_f64());
    }
}
