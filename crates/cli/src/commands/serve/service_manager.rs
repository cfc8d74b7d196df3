//! Reports to systemd, or another service manager with its protocol: that the server serves, that it is still starting or
//! stopping, and that it is alive.
//!
//! Without `NOTIFY_SOCKET` nothing is sent. With it, `READY=1` follows the first answer of `/healthz`, after recovery.
//! `EXTEND_TIMEOUT_USEC` is sent again and again while the server starts or stops, so that no timeout of the manager has to fit
//! the size of a log or `--drain`; it ends when the server's own threads hang.
//!
//! `WATCHDOG=1` is sent while `/healthz` is answered. It says nothing of the database: queries are answered from memory while a
//! database is away, and a restart would end that. What a restart does mend is a server whose threads no longer run.
//!
//! The crate `sd-notify` 0.5.0 takes an abstract address (`@name`), which containers use, for the path of a file.

use std::{
    cell::Cell, convert::Infallible, env, future::pending, io, net::SocketAddr, pin::pin, process, time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

#[cfg(unix)]
type Socket = std::os::unix::net::UnixDatagram;
#[cfg(not(unix))]
type Socket = Infallible;

/// How often a server that starts or stops says so.
const REPORT_INTERVAL: Duration = Duration::from_secs(5);
/// How long the manager then waits for the next message.
const EXTENSION: Duration = Duration::from_secs(30);
/// How soon `/healthz` is asked again until it answers for the first time.
const FIRST_PROBE_INTERVAL: Duration = Duration::from_millis(20);
/// How long `/healthz` may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a message may wait for a manager that does not read.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

/// The service manager that started this process, if it wants messages.
pub struct ServiceManager {
    socket: Option<Socket>,
    /// Within which time the manager expects a sign of life.
    watchdog: Option<Duration>,
    /// What the server is doing while it stops.
    stopping: Cell<Option<&'static str>>,
}

impl ServiceManager {
    /// Reads the variables that a manager sets.
    pub fn from_env() -> Self {
        let address = env::var("NOTIFY_SOCKET").ok().filter(|address| !address.is_empty());
        let socket = address.and_then(|address| match connect(&address) {
            Ok(socket) => Some(socket),
            Err(error) => {
                tracing::warn!(%error, "NOTIFY_SOCKET: the service manager can't be reached and will wait in vain");
                None
            }
        });
        let number = |name| env::var(name).ok()?.trim().parse::<u64>().ok();
        let is_for_this = number("WATCHDOG_PID").is_none_or(|id| id == u64::from(process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|time| *time > 0 && is_for_this).map(Duration::from_micros);
        Self { socket, watchdog, stopping: Cell::new(None) }
    }

    /// Runs a part of the start, and reports what it is doing until it ends.
    pub async fn extend_while<T>(&self, work: impl Future<Output = T>, status: impl Fn() -> String) -> T {
        if self.socket.is_none() {
            return work.await;
        }
        let mut work = pin!(work);
        let mut ticks = interval(REPORT_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                _ = ticks.tick() => self.send(&format!("STATUS={}\n{}", status(), extension())),
            }
        }
    }

    /// Reports that the server serves, as soon as it does, and then that it is alive; later that it still stops. Never ends.
    pub async fn report_health(&self, address: SocketAddr) -> Infallible {
        if self.socket.is_none() {
            return pending().await;
        }
        while !is_healthy(address).await {
            sleep(FIRST_PROBE_INTERVAL).await;
        }
        self.send(&format!("READY=1\nSTATUS=serving at {address}"));
        // Three chances within the time of the watchdog.
        let probes = self.watchdog.map_or(REPORT_INTERVAL, |time| time / 3).min(EXTENSION / 2);
        let mut ticks = interval(probes);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.stopping.get() {
                // It accepts no connections any more.
                Some(doing) => {
                    let alive = if self.watchdog.is_some() { "\nWATCHDOG=1" } else { "" };
                    self.send(&format!("STATUS={doing}\n{}{alive}", extension()));
                }
                None if self.watchdog.is_some() && is_healthy(address).await => self.send("WATCHDOG=1"),
                None => {}
            }
        }
    }

    /// Reports that the server stops, and what it is doing.
    pub fn announce_stop(&self, doing: &'static str) {
        self.stopping.set(Some(doing));
        self.send(&format!("STOPPING=1\nSTATUS={doing}\n{}", extension()));
    }

    /// Reports why the server ends. The error has no secrets.
    pub fn report_failure(&self, error: &anyhow::Error) {
        self.send(&format!("STATUS=failed: {}", format!("{error:#}").replace('\n', " ")));
    }

    #[cfg(unix)]
    fn send(&self, lines: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(error) = socket.send(lines.as_bytes()) {
            tracing::warn!(%error, "NOTIFY_SOCKET: a message to the service manager is lost");
        }
    }

    #[cfg(not(unix))]
    fn send(&self, _: &str) {}
}

fn extension() -> String {
    format!("EXTEND_TIMEOUT_USEC={}", EXTENSION.as_micros())
}

/// Connects to the socket of a manager: the path of a file, or an abstract address that begins with `@`.
#[cfg(unix)]
fn connect(address: &str) -> io::Result<Socket> {
    let socket = Socket::unbound()?;
    socket.set_write_timeout(Some(SEND_TIMEOUT))?;
    match address.strip_prefix('@') {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        Some(name) => {
            use std::os::{linux::net::SocketAddrExt, unix::net::SocketAddr};
            socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?;
        }
        _ if address.starts_with('/') => socket.connect(address)?,
        _ => return Err(io::Error::new(io::ErrorKind::Unsupported, "expected an absolute path, or @ and a name")),
    }
    Ok(socket)
}

#[cfg(not(unix))]
fn connect(_: &str) -> io::Result<Socket> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Returns whether the server at an address answers `/healthz`.
async fn is_healthy(address: SocketAddr) -> bool {
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
    matches!(timeout(PROBE_TIMEOUT, probe).await, Ok(Ok(true)))
}
