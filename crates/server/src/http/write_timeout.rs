//! The write timeout: a client that doesn't read its response must not keep it in memory.
//!
//! tokio-io-timeout resets its timeout with each write, so that a client that reads one byte at a time keeps a response for
//! ever.

use std::{
    future::Future,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use pin_project_lite::pin_project;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// Up to this length, slices are copied into one buffer: a vectored write of so few bytes takes longer. It pays for the goals of
/// the short queries (0.80 of the limit): without it they got 0.82 to 0.88 instead of 0.87 to 0.94 (`cargo xtask bench --quick
/// --only presence`, two runs in turns).
const MAX_COPIED_BYTES: usize = 2 * 1024;
/// How much a client has to read within the timeout: a client that reads one byte at a time still counts as stalled.
const MIN_PROGRESS_BYTES: usize = 64 * 1024;

pin_project! {
    /// A stream whose writes fail with `TimedOut` if the other end stops reading.
    pub struct WriteTimeout<S> {
        #[pin]
        stream: S,
        timeout: Duration,
        #[pin]
        deadline: Sleep,
        // The slices that are written as one.
        copied: Vec<u8>,
        // How many bytes were written since the deadline was set. None if there is no deadline.
        written: Option<usize>,
    }
}

impl<S> WriteTimeout<S> {
    pub fn new(stream: S, timeout: Duration) -> Self {
        Self { stream, timeout, deadline: sleep(timeout), copied: Vec::new(), written: None }
    }

    /// Passes the outcome of a write on, unless the timeout is over.
    fn check(self: Pin<&mut Self>, cx: &mut Context<'_>, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let mut this = self.project();
        match outcome {
            Poll::Ready(Ok(length)) => {
                *this.written =
                    this.written.map(|written| written + length).filter(|written| *written < MIN_PROGRESS_BYTES);
                outcome
            }
            Poll::Ready(Err(_)) => outcome,
            Poll::Pending => {
                if this.written.is_none() {
                    *this.written = Some(0);
                    this.deadline.as_mut().reset(Instant::now() + *this.timeout);
                }
                ready!(this.deadline.poll(cx));
                Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the client did not read its response in time",
                )))
            }
        }
    }
}

impl<S: AsyncWrite> AsyncWrite for WriteTimeout<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = self.as_mut().project().stream.poll_write(cx, bytes);
        self.check(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.as_mut().project();
        let outcome = if bytes.len() > 1 && bytes.iter().map(|slice| slice.len()).sum::<usize>() <= MAX_COPIED_BYTES {
            this.copied.clear();
            bytes.iter().for_each(|slice| this.copied.extend_from_slice(slice));
            this.stream.poll_write(cx, this.copied)
        } else {
            this.stream.poll_write_vectored(cx, bytes)
        };
        self.check(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        // hyper flushes when it has written everything.
        *this.written = None;
        this.stream.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_shutdown(cx)
    }
}

impl<S: AsyncRead> AsyncRead for WriteTimeout<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_read(cx, buffer)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        time::timeout,
    };

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(20);

    /// Sends a megabyte through a pipe of 64 KiB, from which `read` bytes are read every now and then.
    async fn sent_while_read(read: usize, every: Duration) -> io::Result<()> {
        let (ours, mut theirs): (DuplexStream, DuplexStream) = duplex(MIN_PROGRESS_BYTES);
        let reading = tokio::spawn(async move {
            let mut part = vec![0; read];
            while theirs.read_exact(&mut part).await.is_ok() {
                tokio::time::sleep(every).await;
            }
        });
        let ours = WriteTimeout::new(ours, TIMEOUT);
        tokio::pin!(ours);
        let sent = async {
            ours.write_all(&vec![7; 1 << 20]).await?;
            ours.flush().await
        }
        .await;
        reading.abort();
        sent
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_is_waited_for_and_a_stalled_one_times_out() {
        assert!(sent_while_read(MIN_PROGRESS_BYTES, TIMEOUT / 2).await.is_ok(), "slow, but steady");
        for (read, every) in [(1, TIMEOUT / 2), (1024, TIMEOUT / 2), (MIN_PROGRESS_BYTES, 3 * TIMEOUT)] {
            let error = sent_while_read(read, every).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{read} bytes every {every:?}");
        }
    }

    #[tokio::test]
    async fn slices_arrive_whole_and_in_order_in_short_writes_too() {
        for (length, pipe) in
            [(MAX_COPIED_BYTES / 8, 7), (MAX_COPIED_BYTES / 8, MAX_COPIED_BYTES), (MAX_COPIED_BYTES, 1000)]
        {
            let pieces: Vec<Vec<u8>> = (0..4).map(|piece| vec![piece; length]).collect();
            let (ours, mut theirs) = duplex(pipe);
            let all = pieces.concat();
            let sending = tokio::spawn(async move {
                let mut ours = Box::pin(WriteTimeout::new(ours, TIMEOUT));
                let mut slices: Vec<_> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
                let mut rest = slices.as_mut_slice();
                while !rest.is_empty() {
                    let sent = ours.write_vectored(rest).await.unwrap();
                    IoSlice::advance_slices(&mut rest, sent);
                }
            });
            let mut arrived = Vec::new();
            theirs.read_to_end(&mut arrived).await.unwrap();
            sending.await.unwrap();
            assert_eq!(arrived, all);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_client_whose_responses_are_sent_does_not_time_out() {
        let (ours, theirs) = duplex(MIN_PROGRESS_BYTES);
        let ours = WriteTimeout::new(ours, TIMEOUT);
        tokio::pin!(ours);
        assert!(
            timeout(TIMEOUT / 2, ours.write_all(&vec![7; 2 * MIN_PROGRESS_BYTES])).await.is_err(),
            "it waits for a reader"
        );
        let mut theirs = theirs;
        theirs.read_exact(&mut vec![0; MIN_PROGRESS_BYTES]).await.unwrap();
        ours.flush().await.unwrap();
        tokio::time::sleep(10 * TIMEOUT).await;
        ours.write_all(&vec![7; MIN_PROGRESS_BYTES]).await.unwrap();
    }
}
