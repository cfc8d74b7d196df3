//! Signals and processes, through the commands of the system.

use std::{
    fs,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Kill,
    Stop,
    Continue,
    Terminate,
    Interrupt,
}

/// Sends a signal. A process that has ended already is no error.
pub fn signal(signal: Signal, processes: &[u32]) {
    let name = match signal {
        Signal::Kill => "-KILL",
        Signal::Stop => "-STOP",
        Signal::Continue => "-CONT",
        Signal::Terminate => "-TERM",
        Signal::Interrupt => "-INT",
    };
    if processes.is_empty() {
        return;
    }
    let ids = processes.iter().map(u32::to_string);
    let _ = Command::new("kill").arg(name).args(ids).stderr(Stdio::null()).status();
}

/// Returns the processes whose parent is `parent`.
#[must_use]
pub fn children(parent: u32) -> Vec<u32> {
    all().filter(|id| parent_of(*id) == Some(parent)).collect()
}

/// Returns the other processes with a path in their command lines.
#[must_use]
pub fn processes_that_name(path: &Path) -> Vec<u32> {
    let path = path.to_string_lossy();
    all().filter(|id| *id != std::process::id() && command_line(*id).contains(&*path)).collect()
}

fn all() -> impl Iterator<Item = u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Returns whether a process runs. One that has ended and was not waited for does not.
#[must_use]
pub fn is_running(id: u32) -> bool {
    stat(id).is_some_and(|stat| !stat.starts_with('Z'))
}

/// Returns the command line of a process.
#[must_use]
pub fn command_line(id: u32) -> String {
    let bytes = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

fn parent_of(id: u32) -> Option<u32> {
    stat(id)?.split(' ').nth(1)?.parse().ok()
}

/// Returns what `/proc` says of a process after its name, which may have blanks in it.
fn stat(id: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    Some(stat.rsplit_once(") ")?.1.to_owned())
}

/// Waits until a process has ended, or a time has passed.
///
/// # Errors
/// If it can't be waited for.
pub fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() > limit {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Runs a command, and returns its output.
///
/// # Errors
/// If it can't be run, or fails.
pub fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Waits until a condition holds.
///
/// # Errors
/// If it does not hold within the limit, or can't be decided.
pub fn wait_until(what: &str, limit: Duration, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !holds()? {
        if began.elapsed() > limit {
            bail!("{what}: not within {limit:?}");
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
