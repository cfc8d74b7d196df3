//! A minimal HTTP client that gives up after a time, and signs requests with a clock that may be wrong.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use group_dispatch_types::signing::{Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER};

/// The API key of every tenant.
pub const API_KEY: &str = "chaos-api-key";

/// A client of one server. It keeps its connection while that works.
pub struct Client {
    address: SocketAddr,
    timeout: Duration,
    stream: Option<TcpStream>,
}

/// A response.
pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Client {
    #[must_use]
    pub fn new(address: SocketAddr, timeout: Duration) -> Self {
        Self { address, timeout, stream: None }
    }

    /// Sends a request, and reads the whole response.
    ///
    /// # Errors
    /// If the server does not respond in time, or the connection breaks.
    pub fn ask(&mut self, request: &[u8]) -> Result<Response> {
        let deadline = Instant::now() + self.timeout;
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect_timeout(&self.address, self.timeout).context("cannot connect")?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        stream.set_write_timeout(Some(left(deadline)?))?;
        stream.write_all(request).context("cannot send")?;
        let mut read = Vec::new();
        let head_end = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            read_more(&mut stream, deadline, &mut read)?;
        };
        let head =
            str::from_utf8(&read[..head_end]).context("the head of a response is not text")?.to_ascii_lowercase();
        let status = head.get(9..12).and_then(|code| code.parse().ok()).context("a response has no status")?;
        let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let length: usize = value("content-length:").context("a response has no content-length")?.parse()?;
        while read.len() < head_end + length {
            read_more(&mut stream, deadline, &mut read)?;
        }
        if value("connection:") != Some("close") {
            self.stream = Some(stream);
        }
        Ok(Response { status, body: read[head_end..head_end + length].to_vec() })
    }
}

fn left(deadline: Instant) -> Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        bail!("no response in time");
    }
    Ok(left)
}

fn read_more(stream: &mut TcpStream, deadline: Instant, read: &mut Vec<u8>) -> Result<()> {
    stream.set_read_timeout(Some(left(deadline)?))?;
    let mut buffer = [0; 16 * 1024];
    let length = stream.read(&mut buffer).context("cannot read the response")?;
    if length == 0 {
        bail!("the server closed the connection");
    }
    read.extend_from_slice(&buffer[..length]);
    Ok(())
}

/// Returns the time of this machine, in Unix epoch milliseconds.
#[must_use]
pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or_default()
}

/// Returns a GET request.
#[must_use]
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").into_bytes()
}

/// Returns a signed POST request with a JSON body. `clock` is the time of the sender.
#[must_use]
pub fn signed(path: &str, tenant: u64, clock: i64, body: &str) -> Vec<u8> {
    let timestamp = clock.to_string();
    let token = Credentials::new(tenant, API_KEY).token(&timestamp);
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{TENANT_ID_HEADER}: {tenant}\r\n\
         {TIMESTAMP_HEADER}: {timestamp}\r\n{TOKEN_HEADER}: {token}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
