//! The limit on open connections. A connection beyond it gets a response with 503 and is closed.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use http_body_util::BodyExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{error::ApiError, metrics::Metrics};

/// How many connections are being refused at a time; beyond it, connections are closed without a response.
const MAX_REFUSING: usize = 1024;
/// How long a refusal may take.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Counts open connections and refuses those beyond the limit.
pub struct ConnectionLimit {
    limit: usize,
    metrics: Arc<Metrics>,
    refusing: Arc<AtomicUsize>,
    /// The response, as bytes.
    refusal: Arc<[u8]>,
}

/// An open connection. It counts until this is dropped.
pub struct OpenConnection(Arc<Metrics>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections_open.dec();
    }
}

impl ConnectionLimit {
    pub async fn new(limit: usize, metrics: Arc<Metrics>) -> Self {
        Self { limit, metrics, refusing: Arc::default(), refusal: refusal().await.into() }
    }

    /// Admits a connection, or refuses it.
    pub fn admit(&self, stream: TcpStream) -> Option<(TcpStream, OpenConnection)> {
        let others = self.metrics.connections_open.inc();
        let open = OpenConnection(Arc::clone(&self.metrics));
        if usize::try_from(others).unwrap_or_default() < self.limit {
            return Some((stream, open));
        }
        self.metrics.connections_refused.inc();
        self.refuse(stream);
        None
    }

    fn refuse(&self, stream: TcpStream) {
        let (refusing, refusal) = (Arc::clone(&self.refusing), Arc::clone(&self.refusal));
        if refusing.fetch_add(1, Relaxed) < MAX_REFUSING {
            tokio::spawn(async move {
                let _ = timeout(REFUSAL_TIMEOUT, send(stream, &refusal)).await;
                refusing.fetch_sub(1, Relaxed);
            });
        } else {
            refusing.fetch_sub(1, Relaxed);
        }
    }
}

/// Clients read no response before they have begun to send. And a connection that is closed before the whole request was read
/// is reset, so that the response can be lost.
async fn send(mut stream: TcpStream, refusal: &[u8]) -> io::Result<()> {
    stream.peek(&mut [0]).await?;
    stream.write_all(refusal).await?;
    stream.shutdown().await?;
    while stream.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}

/// Returns the bytes of the response, which has the envelope of every error.
async fn refusal() -> Vec<u8> {
    let (head, body) = ApiError::busy("the server is busy: too many connections").into_response().into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let mut bytes =
        format!("HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: {}\r\n", head.status, body.len()).into_bytes();
    for (name, value) in &head.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}
