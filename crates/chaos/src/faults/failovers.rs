//! Failovers: the standby becomes the primary while servers are fed, and the old primary comes back as its standby.

use std::time::Instant;

use anyhow::Result;
use fastrand::Rng;

use super::injected::{Injected, seconds};
use crate::{plan::Fault, process::wait_until, world::World};

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

/// The standby is frozen while events are fed, so that commits wait for it and callers repeat their calls. The primary
/// starts again, after which it shows what it never confirmed. Then it dies, and the standby has to have all that was
/// acknowledged.
fn standby_gone(world: &mut World, rng: &mut Rng) -> Result<()> {
    world.pair()?.standby().freeze();
    world.hold(seconds(rng, 4.0..14.0))?;
    if rng.u8(0..3) > 0 {
        let primary = world.pair()?.primary_mut();
        if rng.bool() {
            primary.stop()?;
        } else {
            primary.kill()?;
        }
        primary.start()?;
        world.hold(seconds(rng, 2.0..12.0))?;
    }
    let pair = world.pair()?;
    pair.primary_mut().kill()?;
    pair.standby().thaw();
    wait_until("the standby answers", std::time::Duration::from_secs(60), || Ok(pair.standby().sql("SELECT 1").is_ok()))
}
