//! What the faults have in common: what was done, and the choices that follow from the seed.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use anyhow::Result;
use fastrand::Rng;

use crate::world::World;

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
    /// One fault that was undone at this moment.
    pub fn healed(healed: Instant) -> Self {
        Self { times: 1, healed: Some(healed), ..Self::default() }
    }

    /// Waits until feeds are back, in the middle of a fault. Returns `false` if they stay away.
    pub fn wait_for_feeds(&mut self, world: &World, since: Instant) -> Result<bool> {
        let took = world.wait_for_feeds(since, &mut self.notes)?;
        self.back = self.back.max(took.unwrap_or_else(|| since.elapsed()));
        Ok(took.is_some())
    }
}

/// Chooses a time.
pub fn seconds(rng: &mut Rng, range: Range<f64>) -> Duration {
    Duration::from_secs_f64(range.start + rng.f64() * (range.end - range.start))
}

/// Chooses one server, or all.
pub fn some_servers(world: &World, rng: &mut Rng) -> Vec<usize> {
    let all = world.servers.len();
    if rng.bool() { (0..all).collect() } else { vec![rng.usize(0..all)] }
}
