//! A world: a database, one or two servers on it, and the feeders.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use fastrand::Rng;

use crate::{
    answers,
    check::{self, Check},
    cluster,
    event::TENANTS,
    feeding::Feeding,
    journal::Journal,
    model::LoggedEvent,
    pair::Pair,
    patroni::Patroni,
    plan::{Leg, Store},
    process::wait_until,
    server::{Server, ServerCommand},
    sqlite::{SmallDisk, SqliteFile},
};

/// The folder of the database in that of the world.
const DATABASE: &str = "database";
/// How long feeds may stay away before the campaign goes on without them.
const FEEDS_TIMEOUT: Duration = Duration::from_secs(75);
/// Calls that succeed at each server before a fault.
const WARM_CALLS: u64 = 5;
/// The size of a small disk, in megabytes.
const SMALL_SQLITE_MB: usize = 48;
const SMALL_POSTGRES_MB: usize = 700;

/// What all worlds need.
pub struct Setup {
    /// The command `group-dispatch`.
    pub command: PathBuf,
    /// The folder of PostgreSQL's programs, if there is one.
    pub postgres: Option<PathBuf>,
    pub seed: u64,
}

impl Setup {
    fn postgres(&self) -> Result<&Path> {
        self.postgres.as_deref().context("there is no PostgreSQL")
    }
}

/// The database of a world.
pub enum Database {
    Sqlite(SqliteFile),
    Postgres(Box<Pair>),
    Patroni(Box<Patroni>),
}

/// See the [module](self).
pub struct World {
    // The feeders end first, then the servers, then the database, and the disk last.
    pub feeding: Feeding,
    pub servers: Vec<Arc<Server>>,
    pub database: Database,
    pub disk: Option<SmallDisk>,
    pub folder: PathBuf,
    seed: u64,
}

/// The state of a world after a fault.
pub struct Verdict {
    pub check: Check,
    pub wrong_answers: Vec<String>,
}

impl World {
    /// Opens the world in a folder that a killed run left, or creates it.
    ///
    /// # Errors
    /// If the database or a server does not start.
    pub fn open(setup: &Setup, leg: &Leg, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let journal = folder.join("journal");
        let is_new = !journal.exists();
        let place = folder.join(DATABASE);
        fs::create_dir_all(&place)?;
        let megabytes = if leg.store == Store::Sqlite { SMALL_SQLITE_MB } else { SMALL_POSTGRES_MB };
        let disk = leg.has_small_disk.then(|| SmallDisk::mount(&place, megabytes)).transpose()?;
        let database = match leg.store {
            Store::Sqlite => Database::Sqlite(SqliteFile::in_folder(&place)),
            Store::Postgres => Database::Postgres(Box::new(Pair::open(&place, setup.postgres()?, leg.servers)?)),
            Store::Patroni => Database::Patroni(Box::new(Patroni::open(&place, setup.postgres()?, leg.servers)?)),
        };
        let command = |database, log: &str| {
            let (program, log) = (setup.command.clone(), folder.join(log));
            ServerCommand { program, database, log }
        };
        if is_new {
            let command = command(database.admin_url()?, "tenant.log");
            TENANTS.iter().try_for_each(|tenant| command.add_tenant(*tenant))?;
        }
        let server =
            |number| Ok(Arc::new(Server::new(command(database.url(number), &format!("server-{number}.log")))?));
        let servers: Vec<Arc<Server>> = (0..leg.servers).map(server).collect::<Result<_>>()?;
        for server in &servers {
            server.start()?;
        }
        for server in &servers {
            server.wait_for_answer()?;
        }
        let journal = Journal::open(journal)?;
        let next_batch = journal.records()?.keys().map(|id| id.batch + 1).max().unwrap_or(0);
        let feeding = Feeding::new(setup.seed, &servers, journal, next_batch);
        Ok(Self { feeding, servers, database, disk, folder, seed: setup.seed })
    }

    /// Ends what a killed run left in a folder: servers and PostgreSQL. The database and the journal stay.
    ///
    /// # Errors
    /// If a process does not end.
    pub fn end_left(folder: &Path) -> Result<()> {
        let folder = folder.canonicalize()?;
        for entry in fs::read_dir(&folder)? {
            Server::end_left(&entry?.path());
        }
        cluster::end_left(&folder.join(DATABASE))
    }

    /// Removes what a killed run left in a folder.
    ///
    /// # Errors
    /// If a process does not end, or a file can't be removed.
    pub fn clear_left(folder: &Path) -> Result<()> {
        Self::end_left(folder)?;
        SmallDisk::unmount_left(&folder.join(DATABASE))?;
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
    }

    /// Ends the world. The journal, the logs and a SQLite file stay; the files of PostgreSQL would fill the disk.
    pub fn leave(self) {
        let (is_large, place) = (!matches!(self.database, Database::Sqlite(_)), self.folder.join(DATABASE));
        drop(self);
        if is_large {
            cluster::remove_data(&place);
        }
    }

    /// Lets the feeders send until each server has acknowledged a few batches.
    ///
    /// # Errors
    /// If that takes too long.
    pub fn warm_up(&self) -> Result<()> {
        self.feeding.resume();
        let before: Vec<_> = self.servers.iter().map(|server| server.monitor.successes()).collect();
        wait_until("every server acknowledges batches", FEEDS_TIMEOUT, || {
            self.tend()?;
            let mut calls = self.servers.iter().zip(&before);
            Ok(calls.all(|(server, before)| server.monitor.successes() >= before + WARM_CALLS))
        })
    }

    /// Starts servers that have ended again, as an operator's system does. Returns how they ended.
    ///
    /// # Errors
    /// If one can't be started, or a feeder can't feed.
    pub fn tend(&self) -> Result<Vec<String>> {
        if let Some(problem) = self.feeding.problem() {
            bail!("a feeder failed: {problem}");
        }
        let mut notes = Vec::new();
        for (number, server) in self.servers.iter().enumerate() {
            if let Some(status) = server.exited() {
                notes.push(format!("server {number} ended by itself with {status}"));
                server.start()?;
            }
        }
        Ok(notes)
    }

    /// Lets time pass while a fault lasts.
    ///
    /// # Errors
    /// If a feeder can't feed.
    pub fn hold(&self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.tend()?;
            thread::sleep(Duration::from_millis(100).min(until.saturating_duration_since(Instant::now())));
        }
        Ok(())
    }

    /// Waits until every server acknowledges a batch that was sent after a moment. Returns how long the last one took, or
    /// `None` if it took too long, and adds notes.
    ///
    /// # Errors
    /// If a server can't be started, or a feeder can't feed.
    pub fn wait_for_feeds(&self, since: Instant, notes: &mut Vec<String>) -> Result<Option<Duration>> {
        self.servers.iter().for_each(|server| server.monitor.await_success(since));
        loop {
            notes.append(&mut self.tend()?);
            let took: Option<Vec<_>> = self.servers.iter().map(|server| server.monitor.awaited_success()).collect();
            if let Some(took) = took {
                return Ok(took.into_iter().max());
            }
            if since.elapsed() > FEEDS_TIMEOUT {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Pauses the feeders, and compares the journal, the database and the answers of all servers. `is_alive` says that
    /// servers should answer.
    ///
    /// # Errors
    /// If the database can't be read, or a server does not answer.
    pub fn check(&self, is_alive: bool, rng: &mut Rng) -> Result<Verdict> {
        let is_quiet = self.feeding.pause(if is_alive { FEEDS_TIMEOUT } else { Duration::ZERO });
        if is_alive && !is_quiet {
            // So that no call that was given up is stored later.
            for server in &self.servers {
                server.kill();
                server.start()?;
            }
        }
        if is_alive {
            for server in &self.servers {
                server.wait_for_answer()?;
            }
        }
        let log = self.database.log()?;
        let check = check::compare(self.seed, &self.feeding.journal().records()?, &log);
        let mut wrong_answers = Vec::new();
        for (number, server) in self.servers.iter().enumerate().filter(|_| is_alive) {
            let found = answers::differences(server, &log, rng)?;
            wrong_answers.extend(found.into_iter().map(|found| format!("server {number}: {found}")));
        }
        Ok(Verdict { check, wrong_answers })
    }

    /// Returns the SQLite file.
    ///
    /// # Errors
    /// If the world has another database.
    pub fn file(&self) -> Result<&SqliteFile> {
        match &self.database {
            Database::Sqlite(file) => Ok(file),
            _ => bail!("this world has no SQLite file"),
        }
    }

    /// Returns the PostgreSQL clusters.
    ///
    /// # Errors
    /// If the world has another database.
    pub fn pair(&mut self) -> Result<&mut Pair> {
        match &mut self.database {
            Database::Postgres(pair) => Ok(pair),
            _ => bail!("this world has no pair of PostgreSQL clusters"),
        }
    }

    /// Returns the nodes of Patroni.
    ///
    /// # Errors
    /// If the world has another database.
    pub fn patroni(&mut self) -> Result<&mut Patroni> {
        match &mut self.database {
            Database::Patroni(patroni) => Ok(patroni),
            _ => bail!("this world has no Patroni"),
        }
    }
}

impl Database {
    /// Returns the address for a server.
    fn url(&self, server: usize) -> String {
        match self {
            Self::Sqlite(file) => file.url(),
            Self::Postgres(pair) => pair.url(server),
            Self::Patroni(patroni) => patroni.url(server),
        }
    }

    /// Returns the address for commands.
    fn admin_url(&self) -> Result<String> {
        match self {
            Self::Sqlite(file) => Ok(file.url()),
            Self::Postgres(pair) => Ok(pair.primary_url()),
            Self::Patroni(patroni) => patroni.primary_url(),
        }
    }

    /// Reads the log. A file that is gone has none.
    fn log(&self) -> Result<Vec<LoggedEvent>> {
        match self {
            Self::Sqlite(file) if file.path.exists() => file.log(),
            Self::Sqlite(_) => Ok(Vec::new()),
            Self::Postgres(pair) => pair.log(),
            Self::Patroni(patroni) => patroni.log(),
        }
    }
}
