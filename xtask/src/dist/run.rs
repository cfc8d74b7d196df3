//! Waits for programs that the parts of a release run, and asks them.

use std::{
    io::Write as _,
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use crate::process::output;

/// How long a condition may take on a slow machine.
pub const WAIT_LIMIT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Waits until `condition` returns a value. Its last error is the reason if it doesn't.
pub fn wait_until<T>(what: &str, mut condition: impl FnMut() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        match condition() {
            Ok(value) => return Ok(value),
            Err(error) if start.elapsed() > WAIT_LIMIT => return Err(error.context(format!("waited for: {what}"))),
            Err(_) => thread::sleep(POLL_INTERVAL),
        }
    }
}

/// Returns a port at which nothing listens now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Returns the status and the rest of the response to a GET.
pub fn get(address: SocketAddr, path: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(WAIT_LIMIT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let response = std::io::read_to_string(stream)?;
    let status = response.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or_else(|| anyhow!("{address}{path} does not respond by HTTP"))?, response))
}

/// A process that ends with this value.
pub struct Running(pub Child);

impl Running {
    /// Sends the signal to stop.
    pub fn stop(&self) -> Result<()> {
        output(Command::new("kill").arg(self.0.id().to_string())).map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns whether this process is root's.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
