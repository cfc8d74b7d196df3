//! Measures the CPU time and the memory of a process over time.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::{Instant, sleep_until};

use crate::{core_time::CoreTime, memory, process::Process};

/// Threads that are idle for several seconds end, and their CPU time with them. Until then it is read.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(1);

/// A process that is measured.
pub struct Meter {
    process: u32,
    last: CoreTime,
    seconds: f64,
    /// The resident memory at each sample, in bytes.
    pub resident: Vec<u64>,
}

impl Meter {
    /// # Errors
    /// If the system does not report CPU time and memory.
    pub fn new(process: &Process) -> Result<Self> {
        let last = process.core_time().context("this system does not report CPU time")?;
        Ok(Self { process: process.id(), last, seconds: 0.0, resident: Vec::new() })
    }

    /// Returns the CPU seconds since the last call.
    pub fn take_seconds(&mut self) -> f64 {
        std::mem::take(&mut self.seconds)
    }

    fn sample(&mut self) -> Result<()> {
        let now = CoreTime::of(self.process).context("a process ended")?;
        self.seconds += now.seconds_since(&self.last);
        self.last = now;
        self.resident.push(memory::resident(self.process)?);
        Ok(())
    }
}

/// Measures until a time.
///
/// # Errors
/// If a process ends.
pub async fn run_until(meters: &mut [Meter], until: Instant) -> Result<()> {
    let mut next = Instant::now();
    while next < until {
        next = (next + SAMPLE_INTERVAL).min(until);
        sleep_until(next).await;
        meters.iter_mut().try_for_each(Meter::sample)?;
    }
    Ok(())
}
