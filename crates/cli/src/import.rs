//! `group-dispatch import`: status events from a file or a pipe into a store.
//!
//! An input is recognized by its content (`recognize`), read in a thread of its own (`format`, `csv`, `documents`), and
//! appended in batches. Of events of one account and time the later one in the store counts, so a newest-first input is
//! stored from its end (`order`).

mod csv;
mod documents;
mod encoding;
mod format;
mod input;
mod order;
mod progress;
mod recognize;
mod records;

use std::{
    collections::VecDeque,
    io,
    process::ExitCode,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use anyhow::Context;
use group_dispatch_client::TenantId;
use group_dispatch_server::{
    event::StatusEvent,
    store::{Admin, Appended, StoreError},
};

use self::{
    format::{Line, in_background, read},
    input::Input,
    order::{Detector, Direction, Spool},
    progress::Progress,
};
use crate::{
    arguments::{Import, Order},
    terminal,
};

/// Events that are appended in one step.
const BATCH: usize = 1000;
/// Lines of a pipe by which its order is decided.
const PIPE_HEAD: usize = 10_000;
/// A line that has waited this long is stored without waiting for a full batch.
const BATCH_WAIT: Duration = Duration::from_millis(200);
/// How long more lines of a pipe are waited for whose order is not known and matters.
const ORDER_WAIT: Duration = Duration::from_secs(2);
/// Refused lines that are reported; of a file that is something else altogether they say enough.
const MOST_COMPLAINTS: u64 = 20;
/// The exit status when lines were refused, or when events of one time are stored in the wrong order.
const INCOMPLETE: u8 = 3;

pub async fn run(arguments: &Import) -> anyhow::Result<ExitCode> {
    let admin = arguments.store.database.open().await?;
    // Before anything is read, for a feeder may have nothing to say for a long time.
    if !admin.tenants().await?.iter().any(|tenant| tenant.id == arguments.tenant) {
        return Err(StoreError::UnknownTenant(arguments.tenant).into());
    }
    let outcome = import(arguments, &admin).await;
    admin.close().await?;
    let counts = outcome?;
    let Appended { stored, repeated } = counts.appended;
    if counts.refused > MOST_COMPLAINTS {
        terminal::remark(&format!("… and {} more", counts.refused - MOST_COMPLAINTS));
    }
    terminal::remark(&format!("{stored} stored, {repeated} there already, {} refused", counts.refused));
    let is_complete = counts.refused == 0 && !counts.has_wrong_order;
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::from(INCOMPLETE) })
}

async fn import(arguments: &Import, admin: &Admin) -> anyhow::Result<Counts> {
    let offset = arguments.zone.utc_offset;
    let input = tokio::task::block_in_place(|| Input::open(&arguments.file))?;
    let progress = Progress::new(&input, arguments.acknowledge);
    let mut detector = None;
    let mut direction = arguments.order.direction();
    if direction.is_none() {
        let mut found = Detector::default();
        if input.is_file() {
            let first_pass = Input::open(&arguments.file)?;
            tokio::task::block_in_place(|| {
                for line in read(first_pass, offset, Direction::OldestFirst).map_while(Result::ok) {
                    observe(&mut found, &line);
                }
            });
            direction = Some(found.direction().unwrap_or(Direction::OldestFirst));
            if found.direction().is_none() && found.has_ties() {
                terminal::remark(UNKNOWN_ORDER);
            }
        } else {
            detector = Some(found);
        }
    }
    let lines = Source {
        head: VecDeque::new(),
        lines: in_background(read(input, offset, of_logs(arguments.order, direction))),
    };
    let counts = Counts::default();
    let may_wait = !arguments.acknowledge;
    Importer { admin, tenant: arguments.tenant, progress, counts, lines, detector, may_wait }.run(direction).await
}

/// Returns the direction in which a log within the input is read. Each agent's list in an answer is newest first by
/// contract; where the whole input is stored from its end, that reverses the lists as well.
const fn of_logs(order: Order, direction: Option<Direction>) -> Direction {
    match (order, direction) {
        (Order::Auto, None | Some(Direction::OldestFirst)) => Direction::NewestFirst,
        _ => Direction::OldestFirst,
    }
}

const UNKNOWN_ORDER: &str = "an account has several events at one time, and the times of the input don't show which came \
                             first: taken as oldest first; --order newest-first or --order oldest-first says it";

fn observe(detector: &mut Detector, line: &Line) {
    if let Line { event: Ok(Some(event)), is_ordered: false, .. } = line {
        detector.observe(event);
    }
}

impl Order {
    const fn direction(self) -> Option<Direction> {
        match self {
            Self::Auto => None,
            Self::OldestFirst => Some(Direction::OldestFirst),
            Self::NewestFirst => Some(Direction::NewestFirst),
        }
    }
}

#[derive(Default)]
struct Counts {
    appended: Appended,
    refused: u64,
    /// Whether events of one account and time were stored before the input proved to be newest first.
    has_wrong_order: bool,
}

/// The lines of the input; those that were looked at for their order come first.
struct Source {
    head: VecDeque<io::Result<Line>>,
    lines: Receiver<io::Result<Line>>,
}

impl Source {
    /// Reads the lines by which the order of a pipe is decided. Returns whether they are all, or as many as are looked at;
    /// otherwise the pipe paused, as one does whose feeder writes events when they happen.
    fn read_head(&mut self, wait: Duration) -> bool {
        let mut deadline = (!self.head.is_empty()).then(|| Instant::now() + wait);
        while self.head.len() < PIPE_HEAD {
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

    fn observed(&self) -> Detector {
        let mut detector = Detector::default();
        for line in self.head.iter().flatten() {
            observe(&mut detector, line);
        }
        detector
    }

    /// Lines up to a full batch, [`BATCH_WAIT`] after the first one, or up to the end of the input; none after the end.
    fn next_batch(&mut self) -> Option<Vec<io::Result<Line>>> {
        if !self.head.is_empty() {
            return Some(self.head.drain(..BATCH.min(self.head.len())).collect());
        }
        let mut batch = vec![self.lines.recv().ok()?];
        let deadline = Instant::now() + BATCH_WAIT;
        while batch.len() < BATCH
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

struct Importer<'a> {
    admin: &'a Admin,
    tenant: TenantId,
    progress: Progress,
    counts: Counts,
    lines: Source,
    /// Watches the order of a pipe.
    detector: Option<Detector>,
    /// Whether a pipe that pauses may be held back until it ends: nobody waits for acknowledgements.
    may_wait: bool,
}

/// The usable part of a batch.
struct Batch {
    events: Vec<StatusEvent>,
    /// The number of the last line.
    read_up_to: Option<u64>,
    broken: Option<io::Error>,
}

impl Importer<'_> {
    async fn run(mut self, direction: Option<Direction>) -> anyhow::Result<Counts> {
        let direction = direction.unwrap_or_else(|| self.decide());
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
            terminal::remark(match detector.direction() {
                Some(Direction::NewestFirst) => SEEN_TOO_LATE,
                _ => UNKNOWN_ORDER,
            });
        }
        Ok(self.counts)
    }

    /// Decides the direction of a pipe by its first lines. One that pauses is stored as it comes, unless it is newest first,
    /// has ties already, and nobody waits for acknowledgements.
    fn decide(&mut self) -> Direction {
        let Self { lines, detector, may_wait, .. } = self;
        let is_enough = tokio::task::block_in_place(|| {
            lines.read_head(BATCH_WAIT) || (lines.observed().needs_more() && lines.read_head(ORDER_WAIT))
        });
        let head = lines.observed();
        let has_log = lines.head.iter().flatten().any(|line| line.is_ordered);
        let is_decided = is_enough || (*may_wait && head.has_ties());
        let direction = if is_decided && !has_log { head.direction() } else { None };
        let direction = direction.unwrap_or(Direction::OldestFirst);
        if direction == Direction::NewestFirst && (!is_enough || lines.head.len() == PIPE_HEAD) {
            let decided = format!(
                "by its first {} lines the input is newest first; it is stored when all is read",
                lines.head.len()
            );
            terminal::remark(&decided);
        }
        detector.get_or_insert_default();
        direction
    }

    fn next_batch(&mut self) -> Option<Batch> {
        let Self { lines, detector, .. } = self;
        let lines = tokio::task::block_in_place(|| lines.next_batch())?;
        let mut batch = Batch { events: Vec::with_capacity(lines.len()), read_up_to: None, broken: None };
        for line in lines {
            let line = match line {
                Ok(line) => line,
                Err(error) => {
                    batch.broken = Some(error);
                    continue;
                }
            };
            if let Some(detector) = detector {
                observe(detector, &line);
            }
            batch.read_up_to = Some(line.number);
            match line.event {
                Ok(event) => batch.events.extend(event),
                Err(reason) => {
                    self.counts.refused += 1;
                    if self.counts.refused <= MOST_COMPLAINTS {
                        self.progress.complain(&reason);
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
        while let Some(Batch { events, read_up_to, broken }) = self.next_batch() {
            self.append(events).await?;
            if let Some(number) = read_up_to {
                self.progress.stored_up_to(number);
            }
            check(broken)?;
        }
        Ok(())
    }

    /// Reads all, then stores it from its end. Nothing is acknowledged before all is stored, for the first lines come last.
    async fn store_backwards(&mut self) -> anyhow::Result<()> {
        let mut spool = Spool::new()?;
        let (mut last, mut failure) = (None, None);
        while let Some(Batch { events, read_up_to, broken }) = self.next_batch() {
            spool.push(&events)?;
            last = read_up_to.or(last);
            failure = broken.or(failure);
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
        check(failure)
    }
}

const SEEN_TOO_LATE: &str = "the input is newest first, which was not known when its first lines were stored: of events of \
                             one account and time the wrong one may count, and importing them again does not change that; \
                             import into a new database with --order newest-first";

fn check(broken: Option<io::Error>) -> anyhow::Result<()> {
    match broken {
        // The header shows that no line can be an event, so that nothing was stored.
        Some(error) if error.kind() == io::ErrorKind::InvalidInput => Err(error.into()),
        Some(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(anyhow::anyhow!("{error}; what came before it is stored"))
        }
        Some(error) => Err(error).context("the input broke off; what came before it is stored"),
        None => Ok(()),
    }
}
