//! A client that does not read its answer must not keep it in memory for ever.

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

/// At most so many bytes, in several pieces, are sent as one: the system takes longer to gather them than it takes to copy them.
const WORTH_JOINING: usize = 2 * 1024;
/// What has to be taken within the time if it is not all of it: who takes a byte now and then is no reader either.
const ENOUGH: usize = 64 * 1024;

pin_project! {
    /// A stream whose writing fails where the other end stops reading.
    pub struct Impatient<S> {
        #[pin]
        stream: S,
        timeout: Duration,
        #[pin]
        deadline: Sleep,
        // The pieces that are sent as one.
        joined: Vec<u8>,
        // How much has been written since the deadline was set; none where there is none.
        written: Option<usize>,
    }
}

impl<S> Impatient<S> {
    pub fn new(stream: S, timeout: Duration) -> Self {
        Self { stream, timeout, deadline: sleep(timeout), joined: Vec::new(), written: None }
    }

    /// What is given to writing, unless it is over time.
    fn judge(self: Pin<&mut Self>, cx: &mut Context<'_>, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let mut this = self.project();
        match outcome {
            Poll::Ready(Ok(length)) => {
                *this.written = this.written.map(|written| written + length).filter(|written| *written < ENOUGH);
                outcome
            }
            Poll::Ready(Err(_)) => outcome,
            Poll::Pending => {
                if this.written.is_none() {
                    *this.written = Some(0);
                    this.deadline.as_mut().reset(Instant::now() + *this.timeout);
                }
                ready!(this.deadline.poll(cx));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client did not read its answer in time")))
            }
        }
    }
}

impl<S: AsyncWrite> AsyncWrite for Impatient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = self.as_mut().project().stream.poll_write(cx, bytes);
        self.judge(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.as_mut().project();
        let outcome = if bytes.len() > 1 && bytes.iter().map(|piece| piece.len()).sum::<usize>() <= WORTH_JOINING {
            this.joined.clear();
            bytes.iter().for_each(|piece| this.joined.extend_from_slice(piece));
            this.stream.poll_write(cx, this.joined)
        } else {
            this.stream.poll_write_vectored(cx, bytes)
        };
        self.judge(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        // hyper flushes when it has written all it has.
        *this.written = None;
        this.stream.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_shutdown(cx)
    }
}

impl<S: AsyncRead> AsyncRead for Impatient<S> {
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

    /// A megabyte on its way through a pipe of 64 KiB, of which so much is read, time after time.
    async fn sent_while_read(read: usize, every: Duration) -> io::Result<()> {
        let (ours, mut theirs): (DuplexStream, DuplexStream) = duplex(ENOUGH);
        let reading = tokio::spawn(async move {
            let mut part = vec![0; read];
            while theirs.read_exact(&mut part).await.is_ok() {
                tokio::time::sleep(every).await;
            }
        });
        let ours = Impatient::new(ours, TIMEOUT);
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
    async fn who_reads_is_waited_for_and_who_does_not_is_cut_off() {
        assert!(sent_while_read(ENOUGH, TIMEOUT / 2).await.is_ok(), "slow, but steady");
        for (read, every) in [(1, TIMEOUT / 2), (1024, TIMEOUT / 2), (ENOUGH, 3 * TIMEOUT)] {
            let error = sent_while_read(read, every).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{read} bytes every {every:?}");
        }
    }

    #[tokio::test]
    async fn pieces_arrive_whole_and_in_order_however_little_is_taken_at_a_time() {
        for (length, pipe) in [(WORTH_JOINING / 8, 7), (WORTH_JOINING / 8, WORTH_JOINING), (WORTH_JOINING, 1000)] {
            let pieces: Vec<Vec<u8>> = (0..4).map(|piece| vec![piece; length]).collect();
            let (ours, mut theirs) = duplex(pipe);
            let all = pieces.concat();
            let sending = tokio::spawn(async move {
                let mut ours = Box::pin(Impatient::new(ours, TIMEOUT));
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
    async fn nothing_is_expected_of_a_client_whose_answers_are_sent() {
        let (ours, theirs) = duplex(ENOUGH);
        let ours = Impatient::new(ours, TIMEOUT);
        tokio::pin!(ours);
        assert!(timeout(TIMEOUT / 2, ours.write_all(&vec![7; 2 * ENOUGH])).await.is_err(), "it waits for a reader");
        let mut theirs = theirs;
        theirs.read_exact(&mut vec![0; ENOUGH]).await.unwrap();
        ours.flush().await.unwrap();
        tokio::time::sleep(10 * TIMEOUT).await;
        ours.write_all(&vec![7; ENOUGH]).await.unwrap();
    }
}
