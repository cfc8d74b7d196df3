//! How many connections are open, and what becomes of those that are too many.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::response::IntoResponse;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{error::Failure, metrics::Metrics};

/// How many are told at a time that they are refused; the others are closed without a word.
const LINGERING: usize = 1024;
/// How long that may take.
const LINGER: Duration = Duration::from_secs(5);

/// Counts connections, and refuses those beyond the limit.
pub struct Connections {
    most: usize,
    metrics: Arc<Metrics>,
    lingering: Arc<AtomicUsize>,
    refusal: Arc<[u8]>,
}

/// A connection that is open.
pub struct Open(Arc<Metrics>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.connections_open.dec();
    }
}

impl Connections {
    pub async fn new(most: usize, metrics: Arc<Metrics>) -> Self {
        Self { most, metrics, lingering: Arc::default(), refusal: refusal().await.into() }
    }

    /// Lets a connection in, or tells it that there is no room.
    pub fn admit(&self, stream: TcpStream) -> Option<(TcpStream, Open)> {
        let others = self.metrics.connections_open.inc();
        let open = Open(Arc::clone(&self.metrics));
        if usize::try_from(others).unwrap_or_default() < self.most {
            return Some((stream, open));
        }
        self.metrics.connections_refused.inc();
        self.refuse(stream);
        None
    }

    fn refuse(&self, stream: TcpStream) {
        let (lingering, refusal) = (Lingering::begin(&self.lingering), Arc::clone(&self.refusal));
        if lingering.others < LINGERING {
            tokio::spawn(async move {
                let _ = timeout(LINGER, tell(stream, &refusal)).await;
                drop(lingering);
            });
        }
    }
}

/// Clients take no answer before they have begun to ask. And a connection that is closed before all of a request is read is
/// reset, which may take the answer with it.
async fn tell(mut stream: TcpStream, refusal: &[u8]) -> io::Result<()> {
    stream.peek(&mut [0]).await?;
    stream.write_all(refusal).await?;
    stream.shutdown().await?;
    while stream.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}

struct Lingering {
    all: Arc<AtomicUsize>,
    others: usize,
}

impl Lingering {
    fn begin(all: &Arc<AtomicUsize>) -> Self {
        Self { others: all.fetch_add(1, Relaxed), all: Arc::clone(all) }
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Relaxed);
    }
}

/// The bytes that a connection is refused with: the envelope, as any other answer.
async fn refusal() -> Vec<u8> {
    let (head, body) = Failure::busy("the server is busy: too many connections").into_response().into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut bytes =
        format!("HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: {}\r\n", head.status, body.len()).into_bytes();
    for (name, value) in &head.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}
