//! Faults of PostgreSQL, and of the network to it, after which the same cluster is the primary.

use std::time::{Duration, Instant};

use anyhow::Result;
use fastrand::Rng;

use super::injected::{Injected, seconds, some_servers};
use crate::{
    process::{Signal, signal},
    proxy::Proxy,
    world::World,
};

pub fn killed(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    world.pair()?.primary_mut().kill()?;
    world.hold(seconds(rng, 0.0..3.0))?;
    world.pair()?.primary_mut().start()?;
    let healed = Instant::now();
    world.pair()?.synchronize()?;
    Ok(Injected::healed(healed))
}

pub fn frozen(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    world.pair()?.primary().freeze();
    let held = world.hold(seconds(rng, 2.0..20.0));
    world.pair()?.primary().thaw();
    held.map(|()| Injected::healed(Instant::now()))
}

pub fn standby_frozen(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    world.pair()?.standby().freeze();
    let held = world.hold(seconds(rng, 2.0..20.0));
    world.pair()?.standby().thaw();
    held.map(|()| Injected::healed(Instant::now()))
}

pub fn postmaster_frozen(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let postmaster: Vec<u32> = world.pair()?.primary().postmaster().into_iter().collect();
    signal(Signal::Stop, &postmaster);
    let held = world.hold(seconds(rng, 2.0..15.0));
    signal(Signal::Continue, &postmaster);
    held.map(|()| Injected::healed(Instant::now()))
}

/// A frozen session may hold locks that others need, so that feeds have to be back only when it goes on.
pub fn backends_frozen(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let mut sessions = world.pair()?.primary().sessions()?;
    if rng.bool() {
        rng.shuffle(&mut sessions);
        sessions.truncate(sessions.len().div_ceil(2));
    }
    signal(Signal::Stop, &sessions);
    let held = world.hold(seconds(rng, 2.0..15.0));
    signal(Signal::Continue, &sessions);
    held.map(|()| Injected::healed(Instant::now()))
}

pub fn network_cut(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let servers = some_servers(world, rng);
    world.pair()?.networks(&servers, Proxy::cut)?;
    let held = world.hold(seconds(rng, 0.5..8.0));
    world.pair()?.networks(&servers, Proxy::open)?;
    held.map(|()| Injected::healed(Instant::now()))
}

pub fn network_frozen(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let servers = some_servers(world, rng);
    world.pair()?.networks(&servers, Proxy::freeze)?;
    let held = world.hold(seconds(rng, 2.0..20.0));
    world.pair()?.networks(&servers, Proxy::open)?;
    held.map(|()| Injected::healed(Instant::now()))
}

/// New connections work, so that feeds have to be back although the old connections stay frozen.
pub fn connections_frozen(world: &mut World) -> Result<Injected> {
    let servers: Vec<usize> = (0..world.servers.len()).collect();
    let mut injected = Injected::healed(Instant::now());
    world.pair()?.networks(&servers, Proxy::freeze_existing)?;
    let waited = injected.wait_for_feeds(world, Instant::now());
    world.hold(Duration::from_secs(1))?;
    world.pair()?.networks(&servers, Proxy::open)?;
    injected.healed = Some(Instant::now());
    waited.map(|_| injected)
}
