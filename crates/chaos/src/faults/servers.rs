//! Faults of the servers' processes, and of the feeders' clocks.

use std::time::{Duration, Instant};

use anyhow::Result;
use fastrand::Rng;

use super::injected::{Injected, seconds, some_servers};
use crate::{feeding::FEEDERS, process::Signal, world::World};

/// The time that a server has for its running requests after SIGTERM, and some more.
const STOP_TIMEOUT: Duration = Duration::from_secs(45);
const KILLS: u32 = 3;
const MINUTE: i64 = 60_000;

pub fn killed(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let mut injected = Injected::default();
    for _ in 0..KILLS {
        let killed = some_servers(world, rng);
        killed.iter().for_each(|server| world.servers[*server].kill());
        world.hold(seconds(rng, 0.0..1.0))?;
        let healed = Instant::now();
        for server in killed {
            world.servers[server].start()?;
        }
        injected.times += 1;
        injected.healed = Some(healed);
        if !injected.wait_for_feeds(world, healed)? {
            break;
        }
        world.hold(seconds(rng, 0.1..1.0))?;
    }
    Ok(injected)
}

pub fn stopped(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let mut notes = Vec::new();
    let mut healed = Instant::now();
    for server in some_servers(world, rng) {
        match world.servers[server].terminate(STOP_TIMEOUT)? {
            None => notes.push(format!("server {server} did not stop within {STOP_TIMEOUT:?} after SIGTERM")),
            Some(status) if !status.success() => notes.push(format!("server {server} stopped with {status}")),
            Some(_) => {}
        }
        healed = Instant::now();
        world.servers[server].start()?;
    }
    Ok(Injected { notes, ..Injected::healed(healed) })
}

pub fn frozen(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let frozen = some_servers(world, rng);
    frozen.iter().for_each(|server| world.servers[*server].signal(Signal::Stop));
    let held = world.hold(seconds(rng, 1.0..12.0));
    frozen.iter().for_each(|server| world.servers[*server].signal(Signal::Continue));
    held.map(|()| Injected::healed(Instant::now()))
}

/// One feeder keeps the right time. Some are off by less than the accepted difference, others by more, and these are
/// refused until their clocks are right.
pub fn clocks_off(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    for feeder in 1..FEEDERS {
        let minutes = if rng.bool() { rng.i64(1..5) } else { rng.i64(6..20 * 60) };
        world.feeding.set_clock(feeder, if rng.bool() { minutes } else { -minutes } * MINUTE);
    }
    let held = world.hold(seconds(rng, 2.0..6.0));
    (0..FEEDERS).for_each(|feeder| world.feeding.set_clock(feeder, 0));
    held.map(|()| Injected::healed(Instant::now()))
}
