//! The limit on open connections. A connection beyond it gets a response with 503 and is closed.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

use super::{
    error::ApiError,
    metrics::{InUse, Metrics},
};

/// How many connections are being refused at a time; beyond it, connections are closed without a response.
const MAX_REFUSING: usize = 1024;
/// How long a refusal may take.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Counts open connections and refuses those beyond the limit.
pub struct ConnectionLimit {
    limit: usize,
    metrics: Arc<Metrics>,
    refusals: Arc<Semaphore>,
    /// The response.
    refusal: Arc<str>,
}

impl ConnectionLimit {
    pub fn new(limit: usize, metrics: Arc<Metrics>) -> Self {
        Self { limit, metrics, refusals: Arc::new(Semaphore::new(MAX_REFUSING)), refusal: refusal().into() }
    }

    /// Admits a connection, which counts until what is returned with it is dropped, or refuses it.
    pub fn admit(&self, stream: TcpStream) -> Option<(TcpStream, InUse)> {
        let (open, others) = InUse::new(&self.metrics.connections_open);
        if others < self.limit {
            return Some((stream, open));
        }
        self.metrics.connections_refused.inc();
        if let Ok(permit) = Arc::clone(&self.refusals).try_acquire_owned() {
            let refusal = Arc::clone(&self.refusal);
            tokio::spawn(async move {
                let _ = timeout(REFUSAL_TIMEOUT, send(stream, refusal.as_bytes())).await;
                drop(permit);
            });
        }
        None
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

/// Returns the response, which has the envelope of every error.
fn refusal() -> String {
    let body = ApiError::busy("the server is busy: too many connections").into_json();
    let length = body.len();
    let head =
        "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-type: application/json\r\nretry-after: 1";
    format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}")
}
