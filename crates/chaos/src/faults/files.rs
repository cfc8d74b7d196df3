//! Faults of the SQLite file and of the disk.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use fastrand::Rng;

use super::injected::{Injected, seconds};
use crate::{
    plan::Fault,
    process::Signal,
    sqlite::SqliteFile,
    world::{Database, World},
};

/// How long feeding goes on after the file is gone.
const FEED_AFTER: Duration = Duration::from_secs(4);
/// The time in which a server has to write its copy and to exit, and then after SIGTERM.
const EXIT_TIMEOUT: Duration = Duration::from_secs(15);
const STOP_TIMEOUT: Duration = Duration::from_secs(45);
/// How long a full disk may have room for feeds.
const FULL_TIMEOUT: Duration = Duration::from_secs(20);

pub fn locked(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let lock = world.file()?.lock()?;
    let held = world.hold(seconds(rng, 1.0..15.0));
    drop(lock);
    held.map(|()| Injected::healed(Instant::now()))
}

pub fn disk_full(world: &mut World, rng: &mut Rng) -> Result<Injected> {
    let disk = world.disk.as_ref().context("the database is not on a small disk")?;
    let mut notes = Vec::new();
    disk.fill()?;
    let filled = Instant::now();
    let mut acknowledged = (world.feeding.acknowledged(), Instant::now());
    // A database has some room in its files.
    while acknowledged.1.elapsed() < Duration::from_secs(3) && filled.elapsed() < FULL_TIMEOUT {
        world.hold(Duration::from_millis(100))?;
        let now = world.feeding.acknowledged();
        if now != acknowledged.0 {
            acknowledged = (now, Instant::now());
        }
    }
    if filled.elapsed() >= FULL_TIMEOUT {
        notes.push("feeds went on although the disk was full".to_owned());
    }
    world.hold(seconds(rng, 1.0..4.0))?;
    world.disk.as_ref().context("the database is not on a small disk")?.free()?;
    let healed = Instant::now();
    if let Database::Postgres(pair) = &mut world.database {
        for cluster in &mut pair.clusters {
            if cluster.restart_if_ended()? {
                notes.push(format!("PostgreSQL {} ended on the full disk, and was started again", cluster.name));
            }
        }
    }
    Ok(Injected { notes, ..Injected::healed(healed) })
}

/// The file goes away while it is fed. What a server acknowledges afterwards has to be in the copy that it writes, and
/// the world goes on with that copy.
pub fn gone(world: &mut World, fault: Fault, rng: &mut Rng) -> Result<Injected> {
    let file = world.file()?.clone();
    let away = world.folder.join("away");
    let backup = world.folder.join("backup.db");
    let before = world.feeding.acknowledged();
    match fault {
        Fault::FileRemoved if rng.bool() => fs::remove_file(&file.path)?,
        Fault::FileRemoved => file.remove()?,
        Fault::FileMoved if rng.bool() => {
            fs::create_dir_all(&away)?;
            fs::rename(&file.path, SqliteFile::in_folder(&away).path)?;
        }
        Fault::FileMoved => drop(file.move_to(&away)?),
        _ => {
            file.back_up(&backup)?;
            world.hold(Duration::from_millis(500))?;
            fs::rename(&backup, &file.path)?;
        }
    }
    let mut notes = Vec::new();
    // Not `hold`, which would start a server that exits.
    let until = Instant::now() + FEED_AFTER;
    let mut ended = vec![None; world.servers.len()];
    while Instant::now() < until + EXIT_TIMEOUT && ended.iter().any(Option::is_none) {
        thread::sleep(Duration::from_millis(50));
        for (ended, server) in ended.iter_mut().zip(&world.servers) {
            *ended = ended.or_else(|| server.exited());
        }
    }
    for (number, (ended, server)) in ended.iter().zip(&world.servers).enumerate() {
        match ended {
            Some(status) => notes.push(format!("server {number} ended by itself with {status}")),
            None => {
                let status = server.terminate(STOP_TIMEOUT)?;
                let status = status.map_or("was killed".to_owned(), |status| format!("ended with {status}"));
                notes.push(format!("server {number} served on without its file; after SIGTERM it {status}"));
            }
        }
    }
    notes.push(format!("{} events were acknowledged after the fault", world.feeding.acknowledged() - before));
    let moved = SqliteFile::in_folder(&away);
    match file.rescued() {
        Some(copy) => {
            file.restore(&copy)?;
            notes.push("restored from the rescued copy".to_owned());
        }
        None if moved.path.exists() => {
            notes.push("no rescued copy; the file was moved back".to_owned());
            for (from, to) in moved.files().iter().zip(file.files()).filter(|(from, _)| from.exists()) {
                fs::rename(from, to)?;
            }
        }
        None => notes.push("no rescued copy".to_owned()),
    }
    if !file.path.exists() {
        return Ok(Injected { times: 1, notes, ..Injected::default() });
    }
    let healed = Instant::now();
    for server in &world.servers {
        server.signal(Signal::Continue);
        server.start()?;
    }
    Ok(Injected { notes, ..Injected::healed(healed) })
}
