//! `group-dispatch import`: status events from a file or a pipe into a store.

use std::{
    fs::{File, Metadata},
    io::{self, BufRead, BufReader, IsTerminal, Read},
    path::Path,
    process::ExitCode,
    sync::mpsc::{Receiver, sync_channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use group_dispatch_client::TenantId;
use group_dispatch_server::{
    event::StatusEvent,
    store::{Appended, EventLog, StoreError},
};
use group_dispatch_types::UtcOffset;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{arguments::Import, terminal};

/// Events that are appended in one step.
const BATCH: usize = 1000;
/// A line that has waited this long is stored without waiting for a full batch.
const PATIENCE: Duration = Duration::from_millis(200);
/// No event is this long, its end of line aside; a longer line is refused without being held in memory.
const LONGEST_LINE: u64 = 64 * 1024;
/// Some editors begin a file with it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// Refused lines that are reported; of a file that is something else altogether they say enough.
const MOST_COMPLAINTS: u64 = 20;
/// The exit status when lines were refused.
const SOME_REFUSED: u8 = 3;

pub async fn run(arguments: &Import) -> anyhow::Result<ExitCode> {
    let offset = arguments.zone.utc_offset;
    let log = arguments.store.database.open().await?;
    // Before anything is read, for a feeder may have nothing to say for a long time.
    if !log.tenants().await?.iter().any(|tenant| tenant.id == arguments.tenant) {
        return Err(StoreError::UnknownTenant(arguments.tenant).into());
    }
    let (input, size) = open(&arguments.file)?;
    let progress = Progress::new(size, arguments.acknowledge);
    let importer = Importer { log: &*log, tenant: arguments.tenant, progress };
    let outcome = importer.run(lines(input, offset)).await;
    log.close().await?;
    let counts = outcome?;
    let Appended { stored, repeated } = counts.appended;
    if counts.refused > MOST_COMPLAINTS {
        terminal::remark(&format!("… and {} more", counts.refused - MOST_COMPLAINTS));
    }
    terminal::remark(&format!("{stored} stored, {repeated} there already, {} refused", counts.refused));
    Ok(if counts.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}

/// The input, and its size where that is known.
fn open(file: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let metadata = opened.metadata().ok();
    if metadata.as_ref().is_some_and(Metadata::is_dir) {
        bail!("{} is a directory; expected a file of status events, one a line", file.display());
    }
    let size = metadata.filter(Metadata::is_file).map(|metadata| metadata.len());
    Ok((Box::new(opened), size))
}

/// A line of the input.
struct Line {
    number: u64,
    /// None of a blank one; or why there is none.
    event: Result<Option<StatusEvent>, String>,
    /// How much of the input has been read with it.
    position: u64,
}

/// Reads lines in a thread of their own, so that a pause in the input can be noticed, and the next are read while others
/// are stored.
fn lines(input: Box<dyn Read + Send>, offset: UtcOffset) -> Receiver<io::Result<Line>> {
    let (sender, receiver) = sync_channel(2 * BATCH);
    thread::spawn(move || {
        let mut reader = LineReader { input: BufReader::new(input), offset, text: Vec::new(), number: 0, position: 0 };
        while let Some(line) = reader.next_line().transpose() {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

struct LineReader<R> {
    input: BufReader<R>,
    offset: UtcOffset,
    text: Vec<u8>,
    number: u64,
    position: u64,
}

impl<R: Read> LineReader<R> {
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        self.text.clear();
        let mut read = (&mut self.input).take(LONGEST_LINE + 1).read_until(b'\n', &mut self.text)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let too_long = read > LONGEST_LINE && self.text.last() != Some(&b'\n');
        if too_long {
            read += self.input.skip_until(b'\n')? as u64;
        }
        self.number += 1;
        self.position += read;
        let event = if too_long { Err(format!("expected at most {LONGEST_LINE} bytes")) } else { self.event() };
        Ok(Some(Line { number: self.number, event, position: self.position }))
    }

    fn event(&self) -> Result<Option<StatusEvent>, String> {
        let text = self.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.text).trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        StatusEvent::from_json(text, self.offset).map(Some).map_err(|reason| reason.to_string())
    }
}

#[derive(Default)]
struct Counts {
    appended: Appended,
    refused: u64,
}

struct Importer<'a> {
    log: &'a dyn EventLog,
    tenant: TenantId,
    progress: Progress,
}

impl Importer<'_> {
    async fn run(mut self, lines: Receiver<io::Result<Line>>) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        while let Some(batch) = tokio::task::block_in_place(|| next_batch(&lines)) {
            let mut events = Vec::with_capacity(batch.len());
            let mut read_up_to = None;
            let mut broken = None;
            for line in batch {
                match line {
                    Ok(Line { number, event, position }) => {
                        read_up_to = Some((number, position));
                        match event {
                            Ok(event) => events.extend(event),
                            Err(reason) => {
                                counts.refused += 1;
                                if counts.refused <= MOST_COMPLAINTS {
                                    self.progress.complain(&format!("line {number}: {reason}"));
                                }
                            }
                        }
                    }
                    Err(error) => broken = Some(error),
                }
            }
            let logged = self.log.append(self.tenant, events).await?;
            counts.appended.stored += logged.stored.len();
            counts.appended.repeated += logged.repeated;
            if let Some((number, position)) = read_up_to {
                self.progress.stored_up_to(number, position);
            }
            if let Some(error) = broken {
                return Err(error).context("the input broke off; what came before it is stored");
            }
        }
        self.progress.finish();
        Ok(counts)
    }
}

/// Lines up to a full batch, the end of the first one's patience or of the input; none after the end.
fn next_batch(lines: &Receiver<io::Result<Line>>) -> Option<Vec<io::Result<Line>>> {
    let mut batch = vec![lines.recv().ok()?];
    let deadline = Instant::now() + PATIENCE;
    while batch.len() < BATCH
        && let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now()))
    {
        batch.push(line);
    }
    Some(batch)
}

/// What the person or the program that waits for an import gets to see of it.
struct Progress {
    bar: ProgressBar,
    acknowledge: bool,
}

impl Progress {
    fn new(size: Option<u64>, acknowledge: bool) -> Self {
        let bar = match size {
            _ if !io::stderr().is_terminal() => ProgressBar::hidden(),
            Some(size) => {
                ProgressBar::new(size).with_style(style("{bar:30} {percent}% of {total_bytes}, {msg}, {eta} to go"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes}, {msg}")),
        };
        Self { bar, acknowledge }
    }

    fn complain(&self, complaint: &str) {
        self.bar.suspend(|| terminal::remark(complaint));
    }

    fn stored_up_to(&mut self, number: u64, position: u64) {
        self.bar.set_message(format!("{number} lines"));
        self.bar.set_position(position);
        if self.acknowledge
            && let Err(error) = terminal::print(number)
        {
            // The events don't depend on who hears of them.
            self.acknowledge = false;
            self.complain(&format!("no more lines are acknowledged: {error:#}"));
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
