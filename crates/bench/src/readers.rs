//! Readers of changes: connections on which each change arrives, and when.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::query::signed;

/// The path of the stream.
pub const PATH: &str = "/history/v1/changes";

/// What is in each change, once.
const MARK: &[u8] = br#""type":"event""#;
/// How long a change may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connections that read until they are dropped.
pub struct Readers {
    arrivals: UnboundedReceiver<Instant>,
    reading: JoinSet<Result<()>>,
    count: usize,
}

impl Readers {
    /// Opens connections, and waits until each has the head of its response and the lines that come at once.
    ///
    /// # Errors
    /// If a connection can't be opened, or the response is not a stream.
    pub async fn open(address: SocketAddr, count: usize) -> Result<Self> {
        let (sender, arrivals) = unbounded_channel();
        let mut reading = JoinSet::new();
        let request = signed(PATH, "{}");
        let head_end = request.windows(4).position(|four| four == b"\r\n\r\n").context("a request without an end")?;
        let request = [&request[..head_end], b"\r\naccept: text/event-stream", &request[head_end..]].concat();
        for _ in 0..count {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(&request).await?;
            let mut head = vec![0; 12];
            stream.read_exact(&mut head).await?;
            ensure!(head.ends_with(b" 200"), "a stream has the status line {}", String::from_utf8_lossy(&head));
            reading.spawn(read(stream, sender.clone()));
        }
        Ok(Self { arrivals, reading, count })
    }

    /// Waits until a change has arrived everywhere, and returns the delays since it was sent.
    ///
    /// # Errors
    /// If a reader ends, or the change does not arrive.
    pub async fn next(&mut self, sent: Instant) -> Result<Vec<Duration>> {
        let mut delays = Vec::with_capacity(self.count);
        while delays.len() < self.count {
            tokio::select! {
                arrival = timeout(PATIENCE, self.arrivals.recv()) => {
                    let arrival = arrival.with_context(|| format!("{} of {} readers have a change", delays.len(), self.count))?;
                    delays.push(arrival.context("no reader is left")? - sent);
                }
                Some(ended) = self.reading.join_next() => bail!("a reader ended: {:?}", ended?),
            }
        }
        Ok(delays)
    }
}

async fn read(mut stream: TcpStream, arrivals: UnboundedSender<Instant>) -> Result<()> {
    let (mut buffer, mut kept) = (vec![0; 4096], 0);
    loop {
        let length = stream.read(&mut buffer[kept..]).await?;
        ensure!(length > 0, "the server closed the connection");
        let at = Instant::now();
        let read = kept + length;
        let marks = buffer[..read].windows(MARK.len()).filter(|bytes| *bytes == MARK).count();
        for _ in 0..marks {
            let _ = arrivals.send(at);
        }
        // The beginning of a mark may be at the end.
        kept = read.min(MARK.len() - 1);
        buffer.copy_within(read - kept..read, 0);
    }
}
