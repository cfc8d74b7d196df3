//! Requests that come by the clock, whether or not the ones before are answered: what waits for a busy server waits here
//! as it would anywhere. Its wait is counted from when it was due, and from when there was a caller to send it.

use std::{net::SocketAddr, ops::Range, sync::Arc, time::Duration};

use anyhow::{Result, bail};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::connection::Connection;

/// A stretch of time with so many requests a second.
#[derive(Clone, Copy)]
pub struct Phase {
    pub per_second: f64,
    pub length: Duration,
}

/// What became of one request.
#[derive(Clone, Copy)]
pub struct Arrival {
    /// When it was due, from the beginning.
    pub due: Duration,
    /// How long it waited here for a connection.
    pub late: Duration,
    pub outcome: Outcome,
}

#[derive(Clone, Copy)]
pub enum Outcome {
    /// So long after it was due.
    Answered(Duration),
    /// With 429 or 503, so long after it was due; and whether it was told when to come again.
    Refused(Duration, bool),
    /// Its phase had ended when there was a connection for it.
    GaveUp,
}

/// Connections that take turns at a rate: as many requests can be on their way at a time.
pub struct Callers(Vec<Connection>);

impl Callers {
    /// # Errors
    /// When there is no server, or not room for so many.
    pub async fn open(address: SocketAddr, many: u32) -> Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..many {
            connections.push(Connection::open(address).await?);
        }
        Ok(Self(connections))
    }

    /// Asks from `began` on, through all phases without a pause between them.
    ///
    /// # Errors
    /// When an answer is neither 200 nor a refusal, or a connection breaks.
    pub async fn ask(self, began: Instant, requests: Vec<Vec<u8>>, phases: Vec<Phase>) -> Result<Vec<Arrival>> {
        let (requests, phases): (Arc<[_]>, Arc<[_]>) = (requests.into(), phases.into());
        let (mut asking, many) = (JoinSet::new(), u32::try_from(self.0.len())?);
        for (place, connection) in (0..).zip(self.0) {
            asking.spawn(ask(connection, (place, many), Arc::clone(&requests), Arc::clone(&phases), began));
        }
        let mut arrivals = Vec::new();
        while let Some(asked) = asking.join_next().await {
            arrivals.extend(asked??);
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
            let asked = began.elapsed();
            let outcome = if asked < ends {
                let answer = connection.ask(request).await?;
                let (status, told_when) = (answer.status, answer.head.to_ascii_lowercase().contains("retry-after:"));
                let wait = began.elapsed() - due;
                match status {
                    200 => Outcome::Answered(wait),
                    429 | 503 => Outcome::Refused(wait, told_when),
                    status => bail!("an overload is answered with status {status}"),
                }
            } else {
                Outcome::GaveUp
            };
            arrivals.push(Arrival { due, late: asked.saturating_sub(due), outcome });
            due += each;
        }
        begins = ends;
    }
    Ok(arrivals)
}

/// What became of the requests that were due in some stretch of time.
#[derive(Default)]
pub struct Summary {
    pub all: usize,
    pub answered: Waits,
    pub refused: Waits,
    /// How many of the refused were told when to come again.
    pub told_when: usize,
}

/// How long requests waited, in seconds, the quickest first.
#[derive(Default)]
pub struct Waits {
    /// From when they were due.
    pub since_due: Vec<f64>,
    /// From when there was a caller to send them.
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
                Outcome::Answered(wait) => summary.answered.add(wait, arrival.late),
                Outcome::Refused(wait, told_when) => {
                    summary.refused.add(wait, arrival.late);
                    summary.told_when += usize::from(told_when);
                }
                Outcome::GaveUp => {}
            }
        }
        summary.answered.sort();
        summary.refused.sort();
        summary
    }

    /// What part of all a number is, in words.
    #[must_use]
    pub fn share(&self, count: usize) -> String {
        format!("{:.0} %", 100.0 * count as f64 / self.all as f64)
    }
}

/// What one in a hundred waits is longer than, in seconds, of the waits in order; no number if there are none.
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

    /// Answers one request each `each`, and refuses each third of them.
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
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn waits_are_counted_from_when_a_request_is_due() {
        let each = Duration::from_millis(20);
        let callers = Callers::open(slow_server(each).await, 1).await.unwrap();
        let length = Duration::from_millis(600);
        // Four times as many as it answers.
        let phase = Phase { per_second: 200.0, length };
        let all = callers.ask(Instant::now(), vec![b"ask".to_vec()], vec![phase]).await.unwrap();
        let all = Summary::of(&all, Duration::ZERO..length);
        let asked = all.answered.count() + all.refused.count();
        assert_eq!(all.all, 120);
        assert!(asked < 120, "the others gave up");
        assert_eq!((all.refused.count(), all.told_when), (asked / 3, asked / 3));
        let Waits { since_due, since_sent } = all.answered;
        assert!(since_due.iter().sum::<f64>() > since_sent.iter().sum::<f64>());
        assert!(p99(&since_sent) >= each.as_secs_f64());
    }
}
