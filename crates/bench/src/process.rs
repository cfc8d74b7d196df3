//! The processes that are measured, and what they use of the machine.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{connection::Connection, core_time::CoreTime};

/// How long a process may take to answer for the first time, and to end.
const PATIENCE: Duration = Duration::from_secs(600);

/// A server that runs until it is dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    /// How long it took from its start until it was ready.
    pub started_in: Duration,
}

impl Process {
    /// Starts a server on a free port, which `command` makes a command line of, and waits until it answers `ready` with
    /// any status below 500. What it says goes to the file `log`.
    ///
    /// # Errors
    /// When it can't be started, or ends.
    pub async fn start(log: &Path, ready: &str, command: impl FnOnce(SocketAddr) -> Command) -> Result<Self> {
        // Taken, and given back for the server to take: another program would have to be very quick.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let said = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = command(address);
        command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
        let began = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot run {}", command.get_program().display()))?;
        let mut process = Self { child, address, started_in: Duration::ZERO };
        let request = format!("GET {ready} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").into_bytes();
        while !answers(address, &request).await {
            if let Some(status) = process.child.try_wait()? {
                bail!("{} ended with {status}: {}", command.get_program().display(), last_words(log));
            }
            if began.elapsed() > PATIENCE {
                bail!("{} is not ready after {PATIENCE:?}: {}", command.get_program().display(), last_words(log));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        process.started_in = began.elapsed();
        Ok(process)
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has used of the cores so far; none where the system does not tell.
    #[must_use]
    pub fn core_time(&self) -> Option<CoreTime> {
        CoreTime::of(self.id())
    }

    /// Tells it to stop, and waits until it has: what it keeps is written then.
    ///
    /// # Errors
    /// When it can't be told, or does not stop.
    pub fn stop(mut self) -> Result<()> {
        // The standard library can only kill.
        Command::new("kill").arg(self.id().to_string()).status().context("cannot run kill")?;
        let told = Instant::now();
        while self.child.try_wait()?.is_none() {
            if told.elapsed() > PATIENCE {
                bail!("a server did not stop");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn answers(address: SocketAddr, request: &[u8]) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.ask(request).await.is_ok_and(|answer| answer.status < 500)
}

fn last_words(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}
