//! Injects faults, and undoes them.

mod failovers;
mod files;
mod postgres;
mod servers;

use std::time::{Duration, Instant};

use anyhow::Result;
use fastrand::Rng;

use crate::{plan::Fault, world::World};

/// What was done.
#[derive(Debug, Default)]
pub struct Injected {
    /// How often the fault happened.
    pub times: u32,
    /// When the fault was undone, or since when the rest of the system is healthy. Feeds have to be back soon afterwards.
    /// `None`: nothing is left to be fed.
    pub healed: Option<Instant>,
    /// The longest time until feeds were back, where that was waited for already.
    pub back: Duration,
    pub notes: Vec<String>,
}

impl Injected {
    fn healed(healed: Instant) -> Self {
        Self { times: 1, healed: Some(healed), ..Self::default() }
    }

    /// Waits until feeds are back, in the middle of a fault. Returns `false` if they stay away.
    fn wait_for_feeds(&mut self, world: &World, since: Instant) -> Result<bool> {
        let took = world.wait_for_feeds(since, &mut self.notes)?;
        self.back = self.back.max(took.unwrap_or_else(|| since.elapsed()));
        Ok(took.is_some())
    }
}

/// Injects a fault while the world is fed, and undoes it.
///
/// # Errors
/// If the fault can't be injected or undone.
pub fn inject(world: &mut World, fault: Fault, rng: &mut Rng) -> Result<Injected> {
    match fault {
        Fault::ServerKilled => servers::killed(world, rng),
        Fault::ServerStopped => servers::stopped(world, rng),
        Fault::ServerFrozen => servers::frozen(world, rng),
        Fault::ClocksOff => servers::clocks_off(world, rng),
        Fault::FileLocked => files::locked(world, rng),
        Fault::FileRemoved | Fault::FileMoved | Fault::BackupRenamed => files::gone(world, fault, rng),
        Fault::DiskFull => files::disk_full(world, rng),
        Fault::DatabaseKilled => postgres::killed(world, rng),
        Fault::DatabaseFrozen => postgres::frozen(world, rng),
        Fault::PostmasterFrozen => postgres::postmaster_frozen(world, rng),
        Fault::BackendsFrozen => postgres::backends_frozen(world, rng),
        Fault::NetworkCut => postgres::network_cut(world, rng),
        Fault::NetworkFrozen => postgres::network_frozen(world, rng),
        Fault::ConnectionsFrozen => postgres::connections_frozen(world),
        Fault::StandbyFrozen => postgres::standby_frozen(world, rng),
        Fault::FailoverFrozen
        | Fault::FailoverKilled
        | Fault::FailoverFenced
        | Fault::FailoverDemoted
        | Fault::FailoverIsolated
        | Fault::FailoverStandbyGone => failovers::fail_over(world, fault, rng),
    }
}

fn seconds(rng: &mut Rng, range: std::ops::Range<f64>) -> Duration {
    Duration::from_secs_f64(range.start + rng.f64() * (range.end - range.start))
}

/// Chooses one server, or all.
fn some_servers(world: &World, rng: &mut Rng) -> Vec<usize> {
    let all = world.servers.len();
    if rng.bool() { (0..all).collect() } else { vec![rng.usize(0..all)] }
}
