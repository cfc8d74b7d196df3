//! The processes that are measured.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{connection::Connection, core_time::CoreTime};

/// The timeout of a start and of a shutdown.
const PROCESS_TIMEOUT: Duration = Duration::from_secs(600);

/// A server that runs until it is dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    /// The time from the start of the process until it was ready.
    pub started_in: Duration,
}

impl Process {
    /// Starts a server on a free port, with the command line that `command` returns, and waits until it responds to
    /// `ready` with a status below 500. Its output goes to the file `log`.
    ///
    /// # Errors
    /// If it can't be started, or exits.
    pub async fn start(log: &Path, ready: &str, command: impl FnOnce(SocketAddr) -> Command) -> Result<Self> {
        // The port is free until the server binds it, unless another process is very fast.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let output = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = command(address);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let began = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot run {}", command.get_program().display()))?;
        let mut process = Self { child, address, started_in: Duration::ZERO };
        let request = format!("GET {ready} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").into_bytes();
        while !answers(address, &request).await {
            if let Some(status) = process.child.try_wait()? {
                bail!("{} exited with {status}: {}", command.get_program().display(), tail_of_log(log));
            }
            if began.elapsed() > PROCESS_TIMEOUT {
                bail!(
                    "{} is not ready after {PROCESS_TIMEOUT:?}: {}",
                    command.get_program().display(),
                    tail_of_log(log)
                );
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        process.started_in = began.elapsed();
        Ok(process)
    }

    /// Returns the id of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the CPU time so far; `None` if the system does not report it.
    #[must_use]
    pub fn core_time(&self) -> Option<CoreTime> {
        CoreTime::of(self.id())
    }

    /// Stops the server gracefully, so that it writes its snapshot.
    ///
    /// # Errors
    /// If it can't be signaled, or does not stop.
    pub fn stop(mut self) -> Result<()> {
        // The standard library can only send SIGKILL.
        Command::new("kill").arg(self.id().to_string()).status().context("cannot run kill")?;
        let stopped_at = Instant::now();
        while self.child.try_wait()?.is_none() {
            if stopped_at.elapsed() > PROCESS_TIMEOUT {
                bail!("the server did not stop");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn answers(address: SocketAddr, request: &[u8]) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.ask(request).await.is_ok_and(|response| response.status < 500)
}

fn tail_of_log(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}
