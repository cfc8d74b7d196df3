//! The system of a [`Root`] with systemd as its first process, in namespaces of its own: `boot.sh` makes them.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio, id},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::root::{Root, clear_variables};

/// How long systemd may take to start its own services.
const BOOT_LIMIT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(200);
const BOOT: &str = include_str!("boot.sh");

/// A system that runs. It ends when this is dropped.
pub struct Booted {
    unshare: Child,
    /// The process id of systemd, outside its namespace.
    init: String,
    group: String,
}

impl Booted {
    /// Starts systemd.
    ///
    /// # Errors
    /// With the reason, if this machine does not allow it.
    pub fn boot(root: &Root) -> Result<Self> {
        let group = format!("group-dispatch-dist-{}", id());
        let unshare = Command::new("sh")
            .args(["-c", BOOT, "boot.sh"])
            .arg(&root.folder)
            .arg(&group)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("sh can't be run")?;
        let mut booted = Self { unshare, init: String::new(), group };
        let began = Instant::now();
        while began.elapsed() < BOOT_LIMIT {
            if let Some(status) = booted.unshare.try_wait().context("cannot wait for systemd")? {
                let said =
                    booted.unshare.stderr.take().map(std::io::read_to_string).and_then(Result::ok).unwrap_or_default();
                bail!("it can't be started ({status}): {}", said.lines().last().unwrap_or("it says nothing"));
            }
            if booted.is_running() {
                return Ok(booted);
            }
            sleep(POLL_INTERVAL);
        }
        bail!("it does not reach its target within {} seconds", BOOT_LIMIT.as_secs())
    }

    fn is_running(&mut self) -> bool {
        let unshare = self.unshare.id();
        let children = fs::read_to_string(format!("/proc/{unshare}/task/{unshare}/children")).unwrap_or_default();
        self.init = children.trim().to_owned();
        let is_systemd =
            fs::read_to_string(format!("/proc/{}/comm", self.init)).is_ok_and(|name| name.trim() == "systemd");
        let state = is_systemd.then(|| self.command(&["systemctl", "is-system-running"]).output());
        let state = state.and_then(Result::ok).map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        state.is_some_and(|state| ["running", "degraded"].contains(&state.as_str()))
    }

    /// Returns a command that runs a program in the system.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args([
            "--target", &self.init, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd=/",
        ]);
        command.arg("--").args(words);
        clear_variables(&mut command);
        command
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        let _ = self.unshare.kill();
        let _ = self.unshare.wait();
        for hierarchy in ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"] {
            let group = Path::new(hierarchy).join(&self.group);
            let began = Instant::now();
            // The processes end a moment after the first one.
            while group.exists() && began.elapsed() < BOOT_LIMIT {
                let _ = Command::new("find")
                    .arg(&group)
                    .args(["-depth", "-type", "d", "-exec", "rmdir", "{}", "+"])
                    .stderr(Stdio::null())
                    .status();
                sleep(POLL_INTERVAL);
            }
        }
    }
}
