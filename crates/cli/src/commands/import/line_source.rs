//! Reads lines in the background, and hands them out in batches. The first lines of a pipe can be examined before that.

use std::{
    collections::VecDeque,
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use super::{
    line::{Line, Lines},
    order::OrderDetector,
};

/// The number of events that are appended in one transaction.
const BATCH_LINES: usize = 1000;
/// The number of lines by which the order of a pipe is decided.
pub const HEAD_LINES: usize = 10_000;
/// How long a line waits for a full batch.
pub const BATCH_WAIT: Duration = Duration::from_millis(200);

/// The lines of an input. Lines that were examined come first.
pub struct LineSource {
    head: VecDeque<io::Result<Line>>,
    lines: Receiver<io::Result<Line>>,
}

impl LineSource {
    /// Starts a thread that reads, so that a pause of the input can be noticed, and lines are read while others are
    /// stored.
    pub fn start(lines: Lines) -> Self {
        let (sender, receiver) = sync_channel(2 * BATCH_LINES);
        thread::spawn(move || {
            for line in lines {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { head: VecDeque::new(), lines: receiver }
    }

    /// Reads the lines by which the order of a pipe is decided. Returns `false` if the pipe paused longer than `wait`
    /// before its end or [`HEAD_LINES`], as it does if its writer writes events when they happen.
    pub fn read_head(&mut self, wait: Duration) -> bool {
        let mut deadline = (!self.head.is_empty()).then(|| Instant::now() + wait);
        while self.head.len() < HEAD_LINES {
            let line = match deadline {
                None => self.lines.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(deadline) => self.lines.recv_timeout(time_until(deadline)),
            };
            match line {
                Ok(line) => self.head.push_back(line),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
            deadline = deadline.or_else(|| Some(Instant::now() + wait));
        }
        true
    }

    pub fn head_len(&self) -> usize {
        self.head.len()
    }

    /// Returns whether a line of the head is from a log, whose order is known.
    pub fn head_has_log(&self) -> bool {
        self.head.iter().flatten().any(|line| line.is_ordered)
    }

    /// Returns a detector that observed the head.
    pub fn observe_head(&self) -> OrderDetector {
        let mut detector = OrderDetector::default();
        for line in self.head.iter().flatten() {
            detector.observe_line(line);
        }
        detector
    }

    /// Returns the lines of the next batch: a full batch, or what arrives within [`BATCH_WAIT`] after the first line.
    /// Returns `None` at the end of the input.
    pub fn next_batch(&mut self) -> Option<Vec<io::Result<Line>>> {
        if !self.head.is_empty() {
            return Some(self.head.drain(..BATCH_LINES.min(self.head.len())).collect());
        }
        let mut batch = vec![self.lines.recv().ok()?];
        let deadline = Instant::now() + BATCH_WAIT;
        while batch.len() < BATCH_LINES
            && let Ok(line) = self.lines.recv_timeout(time_until(deadline))
        {
            batch.push(line);
        }
        Some(batch)
    }
}

fn time_until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}
