//! Faults of the primary's node under Patroni, which decides who is the primary afterwards.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use fastrand::Rng;

use super::injected::{Injected, seconds};
use crate::{
    patroni::gives_up_expired_leases,
    plan::Fault,
    process::{Signal, signal},
    world::World,
};

/// The lease expires, and then there is an election.
const ELECTION_TIMEOUT: Duration = Duration::from_secs(120);

pub fn fail_over(world: &mut World, fault: Fault, rng: &mut Rng) -> Result<Injected> {
    if fault == Fault::PatroniFrozen && !gives_up_expired_leases()? {
        let note =
            "skipped: Patroni before 3.0.3 lets a node that was frozen take the lease back from the next primary";
        return Ok(Injected { times: 0, notes: vec![note.to_owned()], ..Injected::healed(Instant::now()) });
    }
    let old = world.patroni()?.primary()?;
    let node = &mut world.patroni()?.nodes[old];
    match fault {
        Fault::PatroniKilled => node.kill(),
        Fault::PatroniFrozen => node.freeze(),
        Fault::PatroniStopped => node.stop()?,
        Fault::PatroniPostgresKilled => signal(Signal::Kill, &node.postgres()),
        Fault::PatroniIsolated => node.etcd.freeze(),
        _ => world.patroni()?.switch_over(old)?,
    }
    // Patroni starts a PostgreSQL that was killed again, or lets another node take over. A frozen node can't be asked.
    let others_than: &[usize] = if fault == Fault::PatroniPostgresKilled { &[] } else { &[old] };
    let began = Instant::now();
    let new = loop {
        world.hold(Duration::from_millis(100))?;
        if let Some(new) = world.patroni()?.find_primary(others_than) {
            break new;
        }
        if began.elapsed() > ELECTION_TIMEOUT {
            bail!("no other node became the primary within {ELECTION_TIMEOUT:?}");
        }
    };
    let healed = Instant::now();
    let mut injected = Injected::healed(healed);
    let names = world.patroni()?.nodes.each_ref().map(|node| node.cluster.name);
    injected.notes.push(format!("{} -> {} after {:.1} s", names[old], names[new], (healed - began).as_secs_f64()));
    injected.wait_for_feeds(world, healed)?;
    world.hold(seconds(rng, 0.5..4.0))?;
    let node = &mut world.patroni()?.nodes[old];
    match fault {
        Fault::PatroniKilled | Fault::PatroniStopped => node.start()?,
        Fault::PatroniFrozen => node.thaw(),
        Fault::PatroniIsolated => node.etcd.open(),
        _ => {}
    }
    world.patroni()?.wait_for_standbys()?;
    let with_standbys = Instant::now();
    injected.wait_for_feeds(world, with_standbys)?;
    injected.healed = Some(with_standbys);
    Ok(injected)
}
