//! Three PostgreSQL nodes under Patroni, with etcd, as operators run them: Patroni decides who is the primary.
//!
//! Each server has a network to each node, and each node one to etcd. Patroni keeps one synchronous standby, without which
//! nothing is committed, and makes only that one the next primary.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use semver::Version;
use test_support::postgres::{command_as_postgres, make_folder};

use crate::{
    cluster::Cluster,
    model::LoggedEvent,
    pair,
    process::{self, Signal, children, run, signal, wait_until},
    proxy::Proxy,
};

const NAMES: [&str; 3] = ["a", "b", "c"];
/// The time of a bootstrap, of an election, and of a node's return.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(180);
/// The lease of the primary, in seconds: the least that Patroni accepts. An election begins when it has expired.
pub const LEASE_SECONDS: u64 = 20;

/// See the [module](self).
pub struct Patroni {
    pub nodes: [Node; 3],
    /// Of each server, to each node.
    pub networks: Vec<[Proxy; 3]>,
    etcd: Child,
}

/// A node: Patroni, and the PostgreSQL that it runs.
pub struct Node {
    pub cluster: Cluster,
    /// From Patroni to etcd.
    pub etcd: Proxy,
    config: PathBuf,
    child: Option<Child>,
}

/// Returns what is missing on this machine.
#[must_use]
pub fn missing() -> Option<&'static str> {
    let is_there = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
    };
    ["patroni", "patronictl", "etcd"].into_iter().find(|name| !is_there(name))
}

/// Returns whether a node that was frozen gives up its lease. Before 3.0.3 it took it back from the next primary, if that was
/// in the v3 API of etcd, and what the next primary had committed was lost.
///
/// # Errors
/// If Patroni does not say its version.
pub fn gives_up_expired_leases() -> Result<bool> {
    let answer = run(Command::new("patroni").arg("--version"))?;
    let version = answer.split_whitespace().last().context("patroni --version printed nothing")?;
    Ok(Version::parse(version).with_context(|| format!("an unknown version of Patroni: {answer}"))?
        >= Version::new(3, 0, 3))
}

impl Patroni {
    /// Opens the nodes in a folder, or creates them.
    ///
    /// # Errors
    /// If etcd or a node does not start.
    pub fn open(folder: &Path, programs: &Path, servers: usize) -> Result<Self> {
        make_folder(folder)?;
        let address = free_address()?;
        let etcd = start_etcd(folder, address)?;
        let node = |name| Node::new(name, folder, programs, address);
        let nodes = [node(NAMES[0])?, node(NAMES[1])?, node(NAMES[2])?];
        let proxy = |node: &Node| Proxy::new(node.cluster.address);
        let network = || Ok([proxy(&nodes[0])?, proxy(&nodes[1])?, proxy(&nodes[2])?]);
        let networks = (0..servers).map(|_| network()).collect::<Result<_>>()?;
        let mut patroni = Self { nodes, networks, etcd };
        // The first one makes the cluster, and the others copy it.
        for node in 0..NAMES.len() {
            patroni.nodes[node].start()?;
            wait_until("a node is the primary", CLUSTER_TIMEOUT, || Ok(patroni.find_primary(&[]).is_some()))?;
        }
        patroni.wait_for_standbys()?;
        let primary = &patroni.nodes[patroni.primary()?].cluster;
        if primary.sql("SELECT datname FROM pg_database")?.lines().all(|name| name != pair::DATABASE) {
            primary.sql(&format!("CREATE DATABASE {}", pair::DATABASE))?;
        }
        Ok(patroni)
    }

    /// Returns the node that takes writes, other than some.
    #[must_use]
    pub fn find_primary(&self, others_than: &[usize]) -> Option<usize> {
        (0..NAMES.len()).find(|node| !others_than.contains(node) && self.nodes[*node].cluster.takes_writes())
    }

    /// Returns the node that takes writes.
    ///
    /// # Errors
    /// If none does.
    pub fn primary(&self) -> Result<usize> {
        self.find_primary(&[]).context("no node is the primary")
    }

    /// Waits until two standbys follow, one of them synchronous, and Patroni has noted which. Before, it makes none of them the
    /// primary.
    ///
    /// # Errors
    /// If they don't.
    pub fn wait_for_standbys(&self) -> Result<()> {
        let query = "SELECT count(*), count(*) FILTER (WHERE sync_state = 'sync') FROM pg_stat_replication \
                     WHERE state = 'streaming' AND application_name IN ('a', 'b', 'c')";
        wait_until("two standbys follow, one of them synchronous", CLUSTER_TIMEOUT, || {
            let Some(primary) = self.find_primary(&[]) else { return Ok(false) };
            let is_followed = self.nodes[primary].cluster.sql(query).is_ok_and(|counts| counts.trim() == "2\t1");
            Ok(is_followed && self.ask_patroni(primary, &["list", "chaos"])?.contains("Sync Standby"))
        })
    }

    /// Returns the address for a server: all nodes, each behind the server's own network.
    #[must_use]
    pub fn url(&self, server: usize) -> String {
        let hosts: Vec<String> = self.networks[server].iter().map(|proxy| proxy.address.to_string()).collect();
        pair::url(&hosts.join(","), server)
    }

    /// Returns the address of the primary, for the command.
    ///
    /// # Errors
    /// If no node is the primary.
    pub fn primary_url(&self) -> Result<String> {
        Ok(self.nodes[self.primary()?].cluster.url(pair::DATABASE))
    }

    /// Asks Patroni to make another node the primary. It refuses until it has noted the synchronous standby.
    ///
    /// # Errors
    /// If `patronictl` fails, or Patroni goes on refusing.
    pub fn switch_over(&self, primary: usize) -> Result<()> {
        wait_until("Patroni accepts a switchover", CLUSTER_TIMEOUT, || {
            let answer = self.ask_patroni(primary, &["switchover", "chaos", "--leader", NAMES[primary], "--force"])?;
            // It exits with 0 in either case.
            Ok(answer.contains("Successfully"))
        })
    }

    fn ask_patroni(&self, node: usize, arguments: &[&str]) -> Result<String> {
        run(Command::new("patronictl").arg("-c").arg(&self.nodes[node].config).args(arguments))
    }

    /// Reads the log from the primary.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn log(&self) -> Result<Vec<LoggedEvent>> {
        pair::log(&self.nodes[self.primary()?].cluster)
    }
}

impl Drop for Patroni {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            node.kill();
        }
        let _ = self.etcd.kill();
        let _ = self.etcd.wait();
    }
}

impl Node {
    fn new(name: &'static str, folder: &Path, programs: &Path, etcd: SocketAddr) -> Result<Self> {
        let node = Self {
            cluster: Cluster::new(name, folder, programs)?,
            etcd: Proxy::new(etcd)?,
            config: folder.canonicalize()?.join(format!("{name}.yml")),
            child: None,
        };
        fs::write(&node.config, node.configuration(programs)?)?;
        Ok(node)
    }

    fn configuration(&self, programs: &Path) -> Result<String> {
        let Cluster { name, address, data, .. } = &self.cluster;
        let (api, etcd, data, programs) = (free_address()?, self.etcd.address, data.display(), programs.display());
        Ok(format!(
            "scope: chaos
name: {name}
restapi: {{listen: '{api}', connect_address: '{api}'}}
etcd3: {{hosts: ['{etcd}'], use_proxies: true}}
bootstrap:
  dcs:
    ttl: {LEASE_SECONDS}
    loop_wait: 2
    retry_timeout: 5
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      parameters: {{fsync: 'off', shared_buffers: 64MB, max_connections: 100, wal_keep_size: 256MB, max_wal_size: 256MB}}
  initdb: [{{encoding: UTF8}}, {{locale: C}}, {{auth: trust}}, no-sync]
postgresql:
  listen: '{address}'
  connect_address: '{address}'
  data_dir: '{data}'
  bin_dir: '{programs}'
  pgpass: '{data}.pgpass'
  authentication: {{superuser: {{username: postgres}}, replication: {{username: postgres}}}}
  parameters: {{unix_socket_directories: ''}}
  pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']
"
        ))
    }

    /// Starts Patroni, which starts PostgreSQL.
    ///
    /// # Errors
    /// If it can't be run.
    pub fn start(&mut self) -> Result<()> {
        let log = File::options().append(true).create(true).open(self.config.with_extension("log"))?;
        let mut patroni = command_as_postgres(Path::new("patroni"));
        patroni.arg(&self.config).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.child = Some(patroni.spawn().context("cannot run patroni")?);
        Ok(())
    }

    /// Returns the processes of PostgreSQL.
    #[must_use]
    pub fn postgres(&self) -> Vec<u32> {
        let file = fs::read_to_string(self.cluster.data.join("postmaster.pid")).unwrap_or_default();
        let postmaster = file.lines().next().and_then(|line| line.trim().parse().ok());
        postmaster.map(|postmaster| [vec![postmaster], children(postmaster)].concat()).unwrap_or_default()
    }

    fn processes(&self) -> Vec<u32> {
        self.child.iter().map(Child::id).chain(self.postgres()).collect()
    }

    /// Freezes everything on the node.
    pub fn freeze(&self) {
        signal(Signal::Stop, &self.processes());
        // Those that were started meanwhile.
        signal(Signal::Stop, &self.processes());
    }

    /// Lets everything on the node go on.
    pub fn thaw(&self) {
        signal(Signal::Continue, &self.processes());
    }

    /// Kills everything on the node.
    pub fn kill(&mut self) {
        signal(Signal::Kill, &self.processes());
        if let Some(mut child) = self.child.take() {
            let _ = child.wait();
        }
        signal(Signal::Kill, &self.postgres());
        // Nobody may have waited for PostgreSQL: then its id stays in use, and it would be taken for running.
        let _ = fs::remove_file(self.cluster.data.join("postmaster.pid"));
    }

    /// Stops Patroni with SIGTERM, which stops PostgreSQL and gives up the lease.
    ///
    /// # Errors
    /// If it does not stop.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        signal(Signal::Terminate, &[child.id()]);
        if process::wait(&mut child, Duration::from_secs(60))?.is_none() {
            self.child = Some(child);
            self.kill();
            bail!("Patroni did not stop within a minute");
        }
        Ok(())
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn start_etcd(folder: &Path, address: SocketAddr) -> Result<Child> {
    let folder = folder.canonicalize()?;
    let log = File::options().append(true).create(true).open(folder.join("etcd.log"))?;
    let (clients, peers) = (format!("http://{address}"), format!("http://{}", free_address()?));
    let mut etcd = command_as_postgres(Path::new("etcd"));
    etcd.args(["--name", "chaos", "--initial-cluster", &format!("chaos={peers}")]);
    etcd.args(["--initial-advertise-peer-urls", &peers, "--listen-peer-urls", &peers]);
    etcd.args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients]);
    etcd.arg("--data-dir").arg(folder.join("etcd")).arg("--unsafe-no-fsync");
    etcd.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn().context("cannot run etcd")
}
