//! `group-dispatch import`: status events from a file or a pipe into a store.

mod format;
mod input;
mod progress;

use std::{
    io,
    process::ExitCode,
    sync::mpsc::Receiver,
    time::{Duration, Instant},
};

use anyhow::Context;
use group_dispatch_client::TenantId;
use group_dispatch_server::store::{Appended, EventLog, StoreError};

use self::{
    format::{Line, lines},
    input::open,
    progress::Progress,
};
use crate::{arguments::Import, terminal};

/// Events that are appended in one step.
const BATCH: usize = 1000;
/// A line that has waited this long is stored without waiting for a full batch.
const PATIENCE: Duration = Duration::from_millis(200);
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
