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
    sqlite::SqliteFile,
    world::{Database, World},
};

/// The time in which a server has to write its copy and to exit: half a minute between two attempts, and some more. It is
/// fed meanwhile.
const EXIT_TIMEOUT: Duration = Duration::from_secs(45);
/// The time in which it has to exit after SIGTERM.
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
    if fault == Fault::BackupRenamed {
        file.back_up(&backup)?;
        world.hold(Duration::from_millis(500))?;
    }
    let before = world.feeding.acknowledged();
    match fault {
        Fault::FileRemoved if rng.bool() => fs::remove_file(&file.path)?,
        Fault::FileRemoved => file.remove()?,
        Fault::FileMoved if rng.bool() => {
            fs::create_dir_all(&away)?;
            fs::rename(&file.path, SqliteFile::in_folder(&away).path)?;
        }
        Fault::FileMoved => drop(file.move_to(&away)?),
        Fault::FileUnmounted => world.disk.take().context("the file is not on a disk of its own")?.unmount()?,
        _ => fs::rename(&backup, &file.path)?,
    }
    let mut notes = Vec::new();
    let gone = Instant::now();
    let mut running: Vec<usize> = (0..world.servers.len()).collect();
    // Not `hold`, which would start a server that exits.
    while gone.elapsed() < EXIT_TIMEOUT && !running.is_empty() {
        thread::sleep(Duration::from_millis(50));
        running.retain(|number| {
            let status = world.servers[*number].exited();
            let took = gone.elapsed().as_secs_f64();
            notes.extend(status.map(|status| format!("server {number} ended with {status} after {took:.1} s")));
            status.is_none()
        });
    }
    for number in running {
        let status = world.servers[number].terminate(STOP_TIMEOUT)?;
        let ended = status.map_or("was killed".to_owned(), |status| format!("ended with {status}"));
        notes
            .push(format!("server {number} served on without its file for {EXIT_TIMEOUT:?}; after SIGTERM it {ended}"));
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
        None => {
            // The file is a backup now: what belonged to the lost file would be applied to it.
            for beside in &file.files()[1..] {
                let _ = fs::remove_file(beside);
            }
            notes.push("no rescued copy".to_owned());
        }
    }
    if !file.path.exists() {
        return Ok(Injected { times: 1, notes, ..Injected::default() });
    }
    let healed = Instant::now();
    for server in &world.servers {
        server.start()?;
    }
    Ok(Injected { notes, ..Injected::healed(healed) })
}
