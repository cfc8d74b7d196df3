//! A keep-alive connection with a minimal HTTP client, so that the load generator takes little CPU time from the
//! servers.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection to a server.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// A response. Its body borrows from the connection.
pub struct Response<'a> {
    pub status: u16,
    pub head: &'a str,
    pub body: &'a [u8],
}

impl Connection {
    /// # Errors
    /// If there is no server.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request, and reads the whole response.
    ///
    /// # Errors
    /// If the connection breaks, or the response has no length.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Response<'_>> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let (mut seen, mut whole) = (0, None);
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                bail!("the server closed the connection");
            }
            if whole.is_none() {
                whole = head_end(&self.read, seen)
                    .map(|end| Ok::<_, anyhow::Error>((end, end + content_length(&self.read[..end])?)))
                    .transpose()?;
                seen = self.read.len();
                if let Some((_, end)) = whole {
                    self.read.reserve(end.saturating_sub(seen));
                }
            }
            if let Some((head, end)) = whole.filter(|(_, end)| self.read.len() >= *end) {
                let (head, body) = (&self.read[..head], &self.read[head..end]);
                let head = str::from_utf8(head).context("the head of a response is not text")?;
                let status = head.get(9..12).and_then(|code| code.parse().ok()).context("a response has no status")?;
                return Ok(Response { status, head, body });
            }
        }
    }
}

/// Returns where the body begins. Bytes before `seen` were searched already.
fn head_end(read: &[u8], seen: usize) -> Option<usize> {
    let from = seen.saturating_sub(3);
    read[from..].windows(4).position(|four| four == b"\r\n\r\n").map(|at| from + at + 4)
}

fn content_length(head: &[u8]) -> Result<usize> {
    const NAME: &[u8] = b"content-length:";
    let lines = head.split(|byte| *byte == b'\n');
    let value =
        lines.filter_map(|line| line.split_at_checked(NAME.len())).find(|(name, _)| name.eq_ignore_ascii_case(NAME));
    let text = value.and_then(|(_, value)| str::from_utf8(value).ok()).context("a response has no content-length")?;
    text.trim().parse().context("invalid content-length of a response")
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn responses_may_arrive_byte_by_byte() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4];
            for response in
                ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 429 No\r\ncontent-length:0\r\n\r\n"]
            {
                stream.read_exact(&mut request).await.unwrap();
                for byte in response.bytes() {
                    stream.write_all(&[byte]).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
            stream.read_exact(&mut request).await.unwrap();
        });
        let mut connection = Connection::open(address).await.unwrap();
        let response = connection.ask(b"ask1").await.unwrap();
        assert_eq!((response.status, response.body), (200, &b"hello"[..]));
        let response = connection.ask(b"ask2").await.unwrap();
        assert_eq!((response.status, response.body), (429, &b""[..]));
        assert!(connection.ask(b"ask3").await.is_err(), "closed");
    }
}
