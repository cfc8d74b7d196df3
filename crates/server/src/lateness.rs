//! How long requests wait before the server comes to them. Those that wait in the system's buffers, and for the runtime,
//! can't be asked; so a datagram goes the same way, which the server sends to itself.

use std::{
    convert::Infallible,
    io,
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{
    net::UdpSocket,
    time::{sleep, timeout},
};

/// Between two datagrams, while all is well.
const PAUSE: Duration = Duration::from_millis(50);
/// A datagram that is not there by then is lost.
const LOST: Duration = Duration::from_secs(2);
/// Fewer requests don't make a server late: something else does, and to refuse them would be no help.
const MANY: u32 = 256;
/// One of so many is answered all the same: those who were refused may come again at once, and keep the server late.
const ANSWERED: u32 = 8;
/// No datagram is on its way.
const NEVER: u64 = u64::MAX;

/// Knows whether requests wait for longer than they should.
pub struct Lateness {
    bound: Duration,
    began: Instant,
    /// In microseconds since `began`: from then on it is late, unless the datagram comes.
    late_from: AtomicU64,
    /// Requests that began since it was last in time.
    requests: AtomicU32,
}

impl Lateness {
    pub fn new(bound: Duration) -> Self {
        Self { bound, began: Instant::now(), late_from: AtomicU64::new(NEVER), requests: AtomicU32::default() }
    }

    /// A request begins; says whether to refuse it, as requests wait too long.
    pub fn refuses(&self, now: Instant) -> bool {
        let others = self.requests.fetch_add(1, Relaxed);
        others >= MANY && !others.is_multiple_of(ANSWERED) && self.since_beginning(now) > self.late_from.load(Relaxed)
    }

    /// Watches for as long as it is polled.
    pub async fn watch(&self) {
        let Err(error) = self.send().await;
        self.late_from.store(NEVER, Relaxed);
        tracing::warn!(%error, "nothing can be sent from this machine to itself; who waits too long will not be noticed");
    }

    async fn send(&self) -> io::Result<Infallible> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        socket.connect(socket.local_addr()?).await?;
        loop {
            let sent = Instant::now();
            self.late_from.fetch_min(self.since_beginning(sent + self.bound), Relaxed);
            socket.send(&[0]).await?;
            let came = timeout(LOST, socket.recv(&mut [0])).await;
            if came.is_ok() && sent.elapsed() > self.bound {
                // Those behind it wait as long. The next one tells when that is over.
                self.late_from.store(0, Relaxed);
            } else {
                self.late_from.store(NEVER, Relaxed);
                self.requests.store(0, Relaxed);
                sleep(PAUSE).await;
            }
            // Nothing is there any more. The runtime has to see that, or it would not wait for the next one.
            let _ = socket.try_recv(&mut [0]);
        }
    }

    fn since_beginning(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_micros()).unwrap_or(NEVER)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use tokio::task::yield_now;

    use super::*;

    const BOUND: Duration = Duration::from_secs(60);

    async fn until(lateness: &Lateness, holds: impl Fn(&Lateness) -> bool) {
        while !holds(lateness) {
            yield_now().await;
        }
    }

    /// How many of so many requests that begin at once are refused.
    fn refused(lateness: &Lateness, requests: u32, now: Instant) -> u32 {
        (0..requests).map(|_| u32::from(lateness.refuses(now))).sum()
    }

    #[tokio::test]
    async fn most_of_many_are_refused_while_the_datagram_is_late() {
        let lateness = Arc::new(Lateness::new(BOUND));
        let watching = Arc::clone(&lateness);
        let watching = tokio::spawn(async move { watching.watch().await });
        until(&lateness, |lateness| lateness.late_from.load(Relaxed) != NEVER).await;
        let now = Instant::now();
        // Nothing else runs here, so that the datagram is still on its way.
        assert_eq!(refused(&lateness, MANY + 8, now), 0);
        assert_eq!(refused(&lateness, 8, now + 2 * BOUND), 7);
        until(&lateness, |lateness| lateness.requests.load(Relaxed) == 0).await;
        assert_eq!(refused(&lateness, MANY + 8, now), 0, "it came");
        watching.abort();
    }

    #[test]
    fn few_requests_never_are() {
        let lateness = Lateness::new(Duration::ZERO);
        lateness.late_from.store(0, Relaxed);
        let now = Instant::now() + BOUND;
        assert_eq!(refused(&lateness, MANY, now), 0);
        assert_eq!(refused(&lateness, 8, now), 7);
    }
}
