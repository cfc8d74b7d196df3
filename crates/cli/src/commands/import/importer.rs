//! Appends the lines of an input to a log of events, in the direction in which they happened.

use std::{io, time::Duration};

use anyhow::{Context, anyhow};
use group_dispatch_client::TenantId;
use group_dispatch_server::{
    event::StatusEvent,
    store::{Admin, Appended},
};
use tokio::task::block_in_place;

use super::{
    line_source::{BATCH_WAIT, HEAD_LINES, LineSource},
    order::{Direction, OrderDetector, UNKNOWN_ORDER},
    progress::Progress,
    spool::Spool,
};
use crate::terminal;

/// How many rejected lines are reported. They are enough to see what is wrong.
pub const MAX_REPORTED_LINES: u64 = 20;
/// How long a pipe can pause before its order is decided, if the order is not known and matters.
const ORDER_WAIT: Duration = Duration::from_secs(2);

const DETECTED_TOO_LATE: &str = "the input is newest first, which was not known when its first lines were stored: of events \
                                 of one account and time, the wrong one may count, and importing them again does not change \
                                 that; import into a new database with --order newest-first";

#[derive(Default)]
pub struct Counts {
    pub appended: Appended,
    pub rejected: u64,
    /// Whether events of one account and time were stored before the input proved to be newest first.
    pub has_wrong_order: bool,
}

pub struct Importer<'a> {
    admin: &'a Admin,
    tenant: TenantId,
    progress: Progress,
    counts: Counts,
    lines: LineSource,
    /// Observes the order of a pipe while it is stored.
    detector: Option<OrderDetector>,
    /// Whether a pipe that pauses may be held back until it ends, because nobody waits for acknowledgments.
    may_wait: bool,
}

/// The valid events of a batch.
struct Batch {
    events: Vec<StatusEvent>,
    /// The number of the last line.
    last_line: Option<u64>,
    /// The error that ended the input.
    failure: Option<io::Error>,
}

impl<'a> Importer<'a> {
    pub fn new(admin: &'a Admin, tenant: TenantId, progress: Progress, lines: LineSource, may_wait: bool) -> Self {
        Self { admin, tenant, progress, counts: Counts::default(), lines, detector: None, may_wait }
    }

    /// Stores all lines. Without a direction, the first lines decide it.
    pub async fn run(mut self, direction: Option<Direction>) -> anyhow::Result<Counts> {
        let direction = match direction {
            Some(direction) => direction,
            None => {
                self.detector = Some(OrderDetector::default());
                self.decide_direction()
            }
        };
        match direction {
            Direction::OldestFirst => self.store_forwards().await?,
            Direction::NewestFirst => self.store_backwards().await?,
        }
        self.progress.finish();
        if let Some(detector) = &self.detector
            && detector.has_ties()
            && detector.direction() != Some(direction)
        {
            self.counts.has_wrong_order = detector.direction() == Some(Direction::NewestFirst);
            terminal::print_error_line(match detector.direction() {
                Some(Direction::NewestFirst) => DETECTED_TOO_LATE,
                _ => UNKNOWN_ORDER,
            });
        }
        Ok(self.counts)
    }

    /// Decides the direction of a pipe by its first lines. A pipe that pauses is stored as it arrives, unless it is
    /// newest first, has ties already, and nobody waits for acknowledgments.
    fn decide_direction(&mut self) -> Direction {
        let Self { lines, may_wait, .. } = self;
        let is_enough = block_in_place(|| {
            lines.read_head(BATCH_WAIT) || (lines.observe_head().needs_more() && lines.read_head(ORDER_WAIT))
        });
        let head = lines.observe_head();
        let can_decide = (is_enough || (*may_wait && head.has_ties())) && !lines.head_has_log();
        let direction = if can_decide { head.direction() } else { None }.unwrap_or(Direction::OldestFirst);
        if direction == Direction::NewestFirst && (!is_enough || lines.head_len() == HEAD_LINES) {
            terminal::print_error_line(&format!(
                "by its first {} lines, the input is newest first; it is stored when all of it is read",
                lines.head_len()
            ));
        }
        direction
    }

    fn next_batch(&mut self) -> Option<Batch> {
        let Self { lines, detector, .. } = self;
        let lines = block_in_place(|| lines.next_batch())?;
        let mut batch = Batch { events: Vec::with_capacity(lines.len()), last_line: None, failure: None };
        for line in lines {
            let line = match line {
                Ok(line) => line,
                Err(error) => {
                    batch.failure = Some(error);
                    continue;
                }
            };
            if let Some(detector) = detector {
                detector.observe_line(&line);
            }
            batch.last_line = Some(line.number);
            match line.event {
                Ok(event) => batch.events.extend(event),
                Err(reason) => {
                    self.counts.rejected += 1;
                    if self.counts.rejected <= MAX_REPORTED_LINES {
                        self.progress.report(&reason);
                    }
                }
            }
        }
        Some(batch)
    }

    async fn append(&mut self, events: Vec<StatusEvent>) -> anyhow::Result<()> {
        let appended = self.admin.append(self.tenant, events).await?;
        self.counts.appended.stored += appended.stored;
        self.counts.appended.repeated += appended.repeated;
        Ok(())
    }

    async fn store_forwards(&mut self) -> anyhow::Result<()> {
        while let Some(Batch { events, last_line, failure }) = self.next_batch() {
            self.append(events).await?;
            if let Some(number) = last_line {
                self.progress.stored_up_to(number);
            }
            check_failure(failure)?;
        }
        Ok(())
    }

    /// Reads the whole input, then stores it from its end. The first lines are stored last, so that nothing is
    /// acknowledged before.
    async fn store_backwards(&mut self) -> anyhow::Result<()> {
        let mut spool = Spool::new()?;
        let (mut last, mut first_failure) = (None, None);
        while let Some(Batch { events, last_line, failure }) = self.next_batch() {
            spool.push(&events)?;
            last = last_line.or(last);
            first_failure = failure.or(first_failure);
            if let Some(number) = last {
                self.progress.read_up_to(number);
            }
        }
        while let Some(events) = spool.pop()? {
            self.append(events).await?;
        }
        if let Some(number) = last {
            self.progress.stored_up_to(number);
        }
        check_failure(first_failure)
    }
}

fn check_failure(failure: Option<io::Error>) -> anyhow::Result<()> {
    match failure {
        // With an invalid header, no line can be an event, and nothing is stored.
        Some(error) if error.kind() == io::ErrorKind::InvalidInput => Err(error.into()),
        Some(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(anyhow!("{error}; the lines before it are stored"))
        }
        Some(error) => Err(error).context("cannot read the rest of the input; the lines before it are stored"),
        None => Ok(()),
    }
}
