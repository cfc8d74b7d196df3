//! Two PostgreSQL clusters, a primary and its synchronous standby, and the network between them and each server.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use test_support::postgres::make_folder;

use crate::{cluster::Cluster, event::Event, model::LoggedEvent, process::wait_until, proxy::Proxy, sqlite::EVENTS};

const NAMES: [&str; 2] = ["a", "b"];
/// The database in every cluster.
pub const DATABASE: &str = "chaos";
const STANDBY_TIMEOUT: Duration = Duration::from_secs(120);

/// See the [module](self).
pub struct Pair {
    pub clusters: [Cluster; 2],
    /// Which of them is the primary.
    pub primary: usize,
    /// Of each server, to each cluster.
    pub networks: Vec<[Proxy; 2]>,
    /// Has the name of the primary, for a run that goes on after this one was killed.
    state: PathBuf,
}

impl Pair {
    /// Opens the clusters in a folder, or creates them.
    ///
    /// # Errors
    /// If PostgreSQL does not start.
    pub fn open(folder: &Path, programs: &Path, servers: usize) -> Result<Self> {
        make_folder(folder)?;
        let clusters = [Cluster::new(NAMES[0], folder, programs)?, Cluster::new(NAMES[1], folder, programs)?];
        let network = || Ok([Proxy::new(clusters[0].address)?, Proxy::new(clusters[1].address)?]);
        let networks = (0..servers).map(|_| network()).collect::<Result<_>>()?;
        let state = folder.join("primary");
        let known = fs::read_to_string(&state).ok();
        let primary = known.as_deref().and_then(|known| NAMES.iter().position(|name| *name == known));
        let mut pair = Self { clusters, primary: primary.unwrap_or(0), networks, state };
        match primary {
            None => {
                pair.primary().init()?;
                pair.primary_mut().start()?;
                pair.primary().sql(&format!("CREATE DATABASE {DATABASE}"))?;
                pair.save()?;
            }
            Some(_) => {
                pair.primary_mut().start()?;
                pair.primary().set("default_transaction_read_only", None)?;
                // Otherwise it would wait for a standby that is not there yet.
                pair.primary().set("synchronous_standby_names", None)?;
                if !pair.primary().takes_writes() {
                    pair.primary().promote()?;
                }
            }
        }
        pair.standby().copy_from(pair.primary())?;
        pair.standby_mut().start()?;
        pair.synchronize()?;
        Ok(pair)
    }

    fn save(&self) -> Result<()> {
        fs::write(&self.state, NAMES[self.primary]).context("cannot note which cluster is the primary")
    }

    #[must_use]
    pub fn primary(&self) -> &Cluster {
        &self.clusters[self.primary]
    }

    pub fn primary_mut(&mut self) -> &mut Cluster {
        &mut self.clusters[self.primary]
    }

    #[must_use]
    pub fn standby(&self) -> &Cluster {
        &self.clusters[1 - self.primary]
    }

    pub fn standby_mut(&mut self) -> &mut Cluster {
        &mut self.clusters[1 - self.primary]
    }

    /// Returns the address for a server: both clusters, each behind the server's own network.
    #[must_use]
    pub fn url(&self, server: usize) -> String {
        let [one, other] = &self.networks[server];
        self::url(&format!("{},{}", one.address, other.address), server)
    }

    /// Returns the address of the primary, for the command.
    #[must_use]
    pub fn primary_url(&self) -> String {
        self.primary().url(DATABASE)
    }

    /// From now on a commit waits for the standby.
    ///
    /// # Errors
    /// If the standby does not follow.
    pub fn synchronize(&self) -> Result<()> {
        self.primary().set("synchronous_standby_names", Some("*"))?;
        let position = self.primary().sql("SELECT pg_current_wal_lsn()")?;
        // A standby of another timeline connects again and again, and never gets to this position.
        let query = format!(
            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync' \
             AND replay_lsn >= '{}'",
            position.trim()
        );
        wait_until("the standby is synchronous", STANDBY_TIMEOUT, || Ok(self.primary().sql(&query)?.trim() == "1"))
    }

    /// Makes the standby the primary. It does not wait for a standby of its own until [`rejoin`](Self::rejoin).
    ///
    /// # Errors
    /// If it does not become the primary.
    pub fn fail_over(&mut self) -> Result<()> {
        self.standby().set("synchronous_standby_names", None)?;
        self.primary = 1 - self.primary;
        self.save()?;
        self.primary().promote()
    }

    /// Brings the other cluster back as a standby: what it has more than the primary is taken back or, by chance or
    /// where that fails, all files are copied again. Returns what was done.
    ///
    /// # Errors
    /// If it does not follow.
    pub fn rejoin(&mut self, rng: &mut Rng) -> Result<&'static str> {
        if self.standby().is_started() {
            self.standby().thaw();
            self.standby_mut().stop()?;
        }
        // Until the first checkpoint after a promotion, pg_rewind takes both for clusters of one timeline, and does nothing.
        self.primary().sql("CHECKPOINT")?;
        let is_rewound = rng.bool() && self.standby().rewind_to(self.primary()).is_ok();
        if is_rewound && self.standby_mut().start().is_ok() && self.synchronize().is_ok() {
            return Ok("pg_rewind");
        }
        self.standby_mut().kill()?;
        self.standby().copy_from(self.primary())?;
        self.standby_mut().start()?;
        self.synchronize()?;
        Ok("pg_basebackup")
    }

    /// Reads the log from the primary.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn log(&self) -> Result<Vec<LoggedEvent>> {
        log(self.primary())
    }

    /// Does something to the network of some servers.
    ///
    /// # Errors
    /// If there is no such server.
    pub fn networks(&self, servers: &[usize], change: impl Fn(&Proxy)) -> Result<()> {
        for server in servers {
            let Some(network) = self.networks.get(*server) else { bail!("there is no server {server}") };
            network.iter().for_each(&change);
        }
        Ok(())
    }
}

/// Returns the address for a server of several hosts, of which one takes writes.
#[must_use]
pub fn url(hosts: &str, server: usize) -> String {
    format!("postgres://postgres@{hosts}/{DATABASE}?target_session_attrs=read-write&application_name=server-{server}")
}

/// Reads the log from a cluster.
///
/// # Errors
/// If it can't be read.
pub fn log(cluster: &Cluster) -> Result<Vec<LoggedEvent>> {
    let rows = cluster.sql_in(DATABASE, &format!("SET search_path TO group_dispatch; {EVENTS}"))?;
    rows.lines().map(|row| logged(row).with_context(|| format!("cannot read the row {row}"))).collect()
}

fn logged(row: &str) -> Option<LoggedEvent> {
    let columns: Vec<&str> = row.split('\t').collect();
    let number = |at: usize| columns.get(at).and_then(|column| column.parse::<i64>().ok());
    let text = |at: usize| columns.get(at).filter(|column| **column != "\u{1}").map(|column| (*column).to_owned());
    let event = Event {
        user_id: number(2)?,
        agent_account: text(3)?,
        user_name: text(4),
        number: number(5)?,
        name: text(6),
        status: number(7)?,
        source: number(8)?,
        country: text(9)?,
        detail_status: number(10)?,
        at: number(11)?,
        event_id: text(12).unwrap_or_default(),
    };
    Some(LoggedEvent { seq: number(0)?, tenant: number(1)?.cast_unsigned(), event })
}
