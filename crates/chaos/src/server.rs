//! A server under test: the command `group-dispatch serve` as a process, which can be killed, frozen and started again at
//! the same address.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{
    http::{API_KEY, Client, get},
    monitor::Monitor,
    process::{self, Signal, command_line, signal, wait_until},
};

/// The ending of the file with the id of a server's process.
const ID_FILE: &str = "pid";
/// How long a server may take until it answers.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How long an answer to a probe may take before it counts as none.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// The command `group-dispatch`, and the database for a server.
#[derive(Clone, Debug)]
pub struct ServerCommand {
    pub program: PathBuf,
    pub database: String,
    /// Its output is appended to this file.
    pub log: PathBuf,
}

/// See the [module](self).
pub struct Server {
    pub address: SocketAddr,
    pub monitor: Monitor,
    command: ServerCommand,
    child: Mutex<Option<Child>>,
}

impl Server {
    /// Chooses a free port; it is free again until the process listens there.
    ///
    /// # Errors
    /// If there is none.
    pub fn new(command: ServerCommand) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self { address, monitor: Monitor::default(), command, child: Mutex::default() })
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the process.
    ///
    /// # Errors
    /// If it can't be run.
    pub fn start(&self) -> Result<()> {
        let ServerCommand { program, database, log } = &self.command;
        let log = File::options().append(true).create(true).open(log)?;
        let mut command = Command::new(program);
        command.args(["serve", "--database", database, "--listen", &self.address.to_string()]);
        // The rate limit would end the feeding early, and lines about requests would fill the disk.
        command.args(["--requests-per-second", "0", "--log", "info,group_dispatch_server::request_log=off"]);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().with_context(|| format!("cannot run {}", program.display()))?;
        fs::write(self.command.log.with_extension(ID_FILE), child.id().to_string())?;
        *self.child() = Some(child);
        Ok(())
    }

    /// Kills the server that a killed run left, if this is the file with its id.
    pub fn end_left(file: &Path) {
        if file.extension().is_some_and(|ending| ending == ID_FILE)
            && let Some(id) = fs::read_to_string(file).ok().and_then(|text| text.parse().ok())
            && command_line(id).contains(" serve --database ")
        {
            signal(Signal::Kill, &[id]);
        }
    }

    /// Waits until the server answers at all.
    ///
    /// # Errors
    /// If it does not.
    pub fn wait_for_answer(&self) -> Result<()> {
        let what = format!("the server with the log {} answers", self.command.log.display());
        wait_until(&what, START_TIMEOUT, || {
            if self.exited().is_some() {
                self.start()?;
            }
            Ok(self.probe("/healthz").is_some())
        })
    }

    /// Returns the status of a GET request, if there is a response.
    #[must_use]
    pub fn probe(&self, path: &str) -> Option<u16> {
        Some(Client::new(self.address, PROBE_TIMEOUT).ask(&get(path)).ok()?.status)
    }

    /// Returns the id of the process.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child().as_ref().map(Child::id)
    }

    /// Sends a signal to the process.
    pub fn signal(&self, which: Signal) {
        signal(which, &self.id().into_iter().collect::<Vec<_>>());
    }

    /// Returns how the process ended, once: afterwards there is no process.
    pub fn exited(&self) -> Option<ExitStatus> {
        let mut child = self.child();
        let status = child.as_mut()?.try_wait().ok()??;
        *child = None;
        Some(status)
    }

    /// Kills the process.
    pub fn kill(&self) {
        if let Some(mut child) = self.child().take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Sends SIGTERM, and waits for the end. Returns `None` if the process did not end in time; then it is killed.
    ///
    /// # Errors
    /// If it can't be waited for.
    pub fn terminate(&self, limit: Duration) -> Result<Option<ExitStatus>> {
        self.signal(Signal::Terminate);
        let mut child = self.child();
        let status = child.as_mut().map(|child| process::wait(child, limit)).transpose()?.flatten();
        drop(child);
        self.kill();
        Ok(status)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

impl ServerCommand {
    /// Adds a tenant to the database, which creates the database if it is missing.
    ///
    /// # Errors
    /// If the command fails.
    pub fn add_tenant(&self, tenant: u64) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.args(["tenant", "add", &tenant.to_string(), "--api-key", API_KEY, "--database", &self.database]);
        process::run(&mut command).map(drop)
    }
}
