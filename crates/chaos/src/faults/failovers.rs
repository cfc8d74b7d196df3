//! Failovers: the standby becomes the primary while servers are fed, and the old primary comes back as its standby.

use std::time::{Duration, Instant};

use anyhow::Result;
use fastrand::Rng;

use super::injected::{Injected, seconds};
use crate::{plan::Fault, process::wait_until, world::World};

/// The time until a standby that was frozen answers.
const STANDBY_TIMEOUT: Duration = Duration::from_secs(60);

pub fn fail_over(world: &mut World, fault: Fault, rng: &mut Rng) -> Result<Injected> {
    let old = world.pair()?.primary;
    let mut notes = Vec::new();
    match fault {
        Fault::FailoverFrozen => {
            world.pair()?.primary().freeze();
            world.hold(seconds(rng, 0.0..5.0))?;
        }
        Fault::FailoverKilled => {
            world.pair()?.primary_mut().kill()?;
            world.hold(seconds(rng, 0.0..3.0))?;
        }
        Fault::FailoverFenced => {
            world.pair()?.primary().set("default_transaction_read_only", Some("on"))?;
            world.hold(seconds(rng, 0.5..5.0))?;
        }
        Fault::FailoverIsolated => {
            for network in &world.pair()?.networks {
                network[old].freeze();
            }
            world.hold(seconds(rng, 0.0..5.0))?;
        }
        Fault::FailoverDemoted => world.pair()?.primary_mut().stop()?,
        Fault::FailoverCanceled => commits_canceled(world, rng)?,
        _ => standby_gone(world, rng)?,
    }
    world.pair()?.fail_over()?;
    let healed = Instant::now();
    let mut injected = Injected { notes: Vec::new(), ..Injected::healed(healed) };
    if fault == Fault::FailoverDemoted {
        let pair = world.pair()?;
        pair.standby().follow(pair.primary())?;
        pair.standby_mut().start()?;
    }
    let is_back = injected.wait_for_feeds(world, healed)?;
    if !is_back {
        notes.push("feeds were not back while the old primary was away".to_owned());
    }
    match fault {
        Fault::FailoverFrozen => {
            // For a while there are two primaries. The old one has no standby that would confirm its commits.
            world.pair()?.clusters[old].thaw();
            world.hold(seconds(rng, 0.5..4.0))?;
        }
        Fault::FailoverIsolated => {
            for network in &world.pair()?.networks {
                network[old].open();
            }
            world.hold(seconds(rng, 0.5..4.0))?;
        }
        _ => {}
    }
    let way = if fault == Fault::FailoverDemoted {
        world.pair()?.synchronize()?;
        "as it was"
    } else {
        world.pair()?.rejoin(rng)?
    };
    notes.push(format!("the old primary came back: {way}"));
    injected.notes.append(&mut notes);
    // Feeds have to work with the synchronous standby as well.
    let with_standby = Instant::now();
    injected.wait_for_feeds(world, with_standby)?;
    injected.healed = Some(with_standby);
    Ok(injected)
}

/// The standby dies while events are fed, so that commits wait for it and callers repeat their calls. The primary starts
/// again, after which it shows what it never confirmed. Then it dies as well, and the standby has to have all that was
/// acknowledged.
fn standby_gone(world: &mut World, rng: &mut Rng) -> Result<()> {
    // Frozen, it still gets what waits in its socket. Killed, it does not.
    let is_frozen = rng.u8(0..3) == 0;
    if is_frozen {
        world.pair()?.standby().freeze();
    } else {
        world.pair()?.standby_mut().kill()?;
    }
    world.hold(seconds(rng, 2.0..14.0))?;
    if rng.u8(0..4) > 0 {
        let primary = world.pair()?.primary_mut();
        if rng.bool() {
            primary.stop()?;
        } else {
            primary.kill()?;
        }
        primary.start()?;
        world.hold(seconds(rng, 2.0..12.0))?;
    }
    exchange(world, is_frozen)
}

/// The standby dies, and the commits that wait for it are canceled, as an operator or a timeout may do: they succeed with
/// a warning, and are nowhere but on the primary. Then that dies.
fn commits_canceled(world: &mut World, rng: &mut Rng) -> Result<()> {
    world.pair()?.standby_mut().kill()?;
    for _ in 0..rng.u32(2..6) {
        world.hold(seconds(rng, 0.5..2.0))?;
        let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        world.pair()?.primary().sql(cancel)?;
    }
    exchange(world, false)
}

/// Kills the primary, and brings the standby back.
fn exchange(world: &mut World, is_frozen: bool) -> Result<()> {
    let pair = world.pair()?;
    pair.primary_mut().kill()?;
    if is_frozen {
        pair.standby().thaw();
        wait_until("the standby answers", STANDBY_TIMEOUT, || Ok(pair.standby().sql("SELECT 1").is_ok()))
    } else {
        pair.standby_mut().start()
    }
}
