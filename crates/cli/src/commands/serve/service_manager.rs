//! Reports to systemd, or another service manager with its protocol: that the server serves, that it is still starting or
//! stopping, and that it is alive.
//!
//! Without `NOTIFY_SOCKET` nothing is sent. With it, `READY=1` follows the first answer of `/healthz`, after recovery.
//! `EXTEND_TIMEOUT_USEC` is sent again and again while the server starts or stops, so that no timeout of the manager has to fit
//! the size of a log or `--drain`. A start without progress does not send it forever: see [`progress`].
//!
//! `WATCHDOG=1` is sent while `/healthz` is answered. It does not depend on the database: the server answers queries from memory
//! while a database is away, and a restart would end that. A restart helps a server whose threads no longer run.
//!
//! No message waits for the manager: one that does not read, or has ended, delays no request. `READY=1` is repeated until it is
//! sent, and `STOPPING=1` with each message of a stop.
//!
//! The crate `sd-notify` 0.5.0 takes an abstract address (`@name`), which containers use, for the path of a file.

mod progress;
mod socket;
#[cfg(all(test, unix))]
mod tests;

use std::{
    cell::Cell,
    convert::Infallible,
    env,
    future::pending,
    io,
    net::SocketAddr,
    pin::pin,
    process,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

use self::{
    progress::{LONGEST_STANDSTILL, Progress},
    socket::Socket,
};

/// How often a server that starts or stops says so.
const REPORT_INTERVAL: Duration = Duration::from_secs(5);
/// How long the manager then waits for the next message.
const EXTENSION: Duration = Duration::from_secs(30);
/// How soon `/healthz` is asked again until it answers for the first time.
const FIRST_PROBE_INTERVAL: Duration = Duration::from_millis(20);
/// How long `/healthz` may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// The service manager that started this process, if it wants messages.
pub struct ServiceManager {
    socket: Option<Socket>,
    /// Within which time the manager expects a sign of life.
    watchdog: Option<Duration>,
    /// What the server is doing while it stops.
    stopping: Cell<Option<&'static str>>,
    /// Whether the last message was lost.
    is_losing: Cell<bool>,
}

impl ServiceManager {
    /// Reads the variables that a manager sets.
    pub fn from_env() -> Self {
        let address = env::var("NOTIFY_SOCKET").ok().filter(|address| !address.is_empty());
        let socket = address.and_then(|address| match Socket::to(&address) {
            Ok(socket) => Some(socket),
            Err(error) => {
                tracing::warn!(%error, "NOTIFY_SOCKET: the service manager can't be reached and will wait in vain");
                None
            }
        });
        let number = |name| env::var(name).ok()?.trim().parse::<u64>().ok();
        let is_for_this = number("WATCHDOG_PID").is_none_or(|id| id == u64::from(process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|time| *time > 0 && is_for_this).map(Duration::from_micros);
        Self::new(socket, watchdog)
    }

    fn new(socket: Option<Socket>, watchdog: Option<Duration>) -> Self {
        Self { socket, watchdog, stopping: Cell::new(None), is_losing: Cell::new(false) }
    }

    /// Runs a part of the start, and reports what it is doing until it ends. Asks for more time while `count` grows, and for
    /// [`LONGEST_STANDSTILL`] while it does not.
    pub async fn extend_while<T>(
        &self,
        work: impl Future<Output = T>,
        count: &AtomicU64,
        status: impl Fn(u64) -> String,
    ) -> T {
        if self.socket.is_none() {
            return work.await;
        }
        let mut work = pin!(work);
        let mut ticks = interval(REPORT_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut progress = Progress::new(Instant::now());
        let mut may_last = true;
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                _ = ticks.tick() => {}
            }
            let count = count.load(Relaxed);
            let (before, status) = (may_last, status(count));
            may_last = progress.observe(count, Instant::now());
            if may_last {
                self.send(&format!("STATUS={status}\n{}", extension()));
            } else {
                let minutes = LONGEST_STANDSTILL.as_secs() / 60;
                self.send(&format!("STATUS={status}; no progress for {minutes} minutes"));
                if before {
                    tracing::warn!(
                        "{status}: no progress for {minutes} minutes; the service manager is not asked for more time"
                    );
                }
            }
        }
    }

    /// Reports that the server serves, as soon as it does, and then that it is alive; later that it still stops. Never ends.
    pub async fn report_health(&self, address: SocketAddr) -> Infallible {
        if self.socket.is_none() {
            return pending().await;
        }
        while !is_healthy(address, PROBE_TIMEOUT).await {
            sleep(FIRST_PROBE_INTERVAL).await;
        }
        let ready = format!("READY=1\nSTATUS=serving at {address}");
        let mut is_announced = self.send(&ready);
        // Three chances within the time of the watchdog.
        let probes = self.watchdog.map_or(REPORT_INTERVAL, |time| time / 3).min(EXTENSION / 2);
        // A response after the time of the watchdog is too late.
        let probe_timeout = self.watchdog.map_or(PROBE_TIMEOUT, |time| time.min(PROBE_TIMEOUT));
        let mut ticks = interval(probes);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if self.stopping.get().is_some() {
                // It accepts no connections any more.
                self.report_stop(self.watchdog.is_some());
            } else if !is_announced {
                is_announced = self.send(&ready);
            } else if self.watchdog.is_some() && is_healthy(address, probe_timeout).await {
                self.send("WATCHDOG=1");
            }
        }
    }

    /// Reports that the server stops, and what it is doing.
    pub fn announce_stop(&self, doing: &'static str) {
        self.stopping.set(Some(doing));
        self.report_stop(false);
    }

    fn report_stop(&self, is_alive: bool) {
        let Some(doing) = self.stopping.get() else { return };
        let alive = if is_alive { "\nWATCHDOG=1" } else { "" };
        self.send(&format!("STOPPING=1\nSTATUS={doing}\n{}{alive}", extension()));
    }

    /// Reports why the server ends. The error has no secrets.
    pub fn report_failure(&self, error: &anyhow::Error) {
        self.send(&format!("STATUS=failed: {}", format!("{error:#}").replace('\n', " ")));
    }

    /// Sends a message. Returns whether it was sent. Logs the first of several messages that are lost one after another.
    fn send(&self, lines: &str) -> bool {
        let Some(socket) = &self.socket else { return false };
        let sent = socket.send(lines);
        match (&sent, self.is_losing.replace(sent.is_err())) {
            (Err(error), false) => tracing::warn!(
                %error,
                "NOTIFY_SOCKET: a message to the service manager is lost; others that are lost are not logged until it \
                 receives one"
            ),
            (Ok(()), true) => tracing::info!("NOTIFY_SOCKET: the service manager receives messages again"),
            _ => {}
        }
        sent.is_ok()
    }
}

fn extension() -> String {
    format!("EXTEND_TIMEOUT_USEC={}", EXTENSION.as_micros())
}

/// Returns whether the server at an address answers `/healthz`.
async fn is_healthy(address: SocketAddr, within: Duration) -> bool {
    const OK: &[u8] = b"HTTP/1.1 200";
    let request = format!(
        "GET /healthz HTTP/1.1\r\nhost: {address}\r\nx-request-id: service-manager\r\nconnection: close\r\n\r\n"
    );
    let probe = async {
        let mut connection = TcpStream::connect(address).await?;
        connection.write_all(request.as_bytes()).await?;
        let mut head = [0; OK.len()];
        connection.read_exact(&mut head).await?;
        Ok::<_, io::Error>(head == OK)
    };
    matches!(timeout(within, probe).await, Ok(Ok(true)))
}
