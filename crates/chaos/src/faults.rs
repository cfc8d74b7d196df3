//! Injects faults, and undoes them.

mod failovers;
mod files;
mod injected;
mod patroni;
mod postgres;
mod servers;

use anyhow::Result;
use fastrand::Rng;

pub use self::injected::Injected;
use crate::{plan::Fault, world::World};

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
        Fault::FileRemoved | Fault::FileMoved | Fault::FileUnmounted | Fault::BackupRenamed => {
            files::gone(world, fault, rng)
        }
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
        | Fault::FailoverStandbyGone
        | Fault::FailoverCanceled => failovers::fail_over(world, fault, rng),
        Fault::PatroniKilled
        | Fault::PatroniFrozen
        | Fault::PatroniStopped
        | Fault::PatroniPostgresKilled
        | Fault::PatroniIsolated
        | Fault::PatroniSwitchover => patroni::fail_over(world, fault, rng),
    }
}
