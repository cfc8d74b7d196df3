//! Runs servers with the arguments and variables that a chart or a compose file gives them, over a PostgreSQL of this machine.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use test_support::postgres;

use super::run::{Running, free_port, wait_until};
use crate::process::output;

/// The user and the database of the chart and the compose file.
const USER: &str = "group_dispatch";

/// A PostgreSQL that asks for its password, and ends with this value.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Starts a PostgreSQL as its image does: with one user, whose password is this, and a database. Returns `None` if this
    /// machine has no PostgreSQL.
    pub fn start(password: &str) -> Result<Option<Self>> {
        let Some(programs) = postgres::programs() else { return Ok(None) };
        let cluster = Self { folder: tempfile::tempdir()?, programs, port: free_port()? };
        postgres::make_folder(cluster.folder.path())?;
        let password_file = cluster.folder.path().join("password");
        fs::write(&password_file, password)?;
        output(Command::new("chmod").arg("644").arg(&password_file))?;
        let initdb =
            ["--auth=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C", "--username", USER, "--pwfile"];
        output(cluster.program("initdb").args(initdb).arg(&password_file).arg("--pgdata").arg(cluster.data()))?;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c fsync=off -c unix_socket_directories={}",
            cluster.port,
            cluster.folder.path().display()
        );
        let log = cluster.folder.path().join("log");
        let start = ["start", "--wait", "--silent", "--options", &options, "--log"];
        output(cluster.program("pg_ctl").args(start).arg(log).arg("--pgdata").arg(cluster.data()))?;
        let port = cluster.port.to_string();
        let created = ["--host", "127.0.0.1", "--port", &port, "--username", USER, "--no-password", USER];
        output(cluster.program("createdb").args(created).env("PGPASSWORD", password))?;
        Ok(Some(cluster))
    }

    fn program(&self, name: &str) -> Command {
        postgres::command_as_postgres(&self.programs.join(name))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Returns an address for this cluster: the host and the port of `url`, which exist elsewhere, are replaced.
    fn reach(&self, url: &str) -> Result<String> {
        let (before, rest) = url.split_once('@').context("expected an address with a password")?;
        let (_, database) = rest.split_once('/').context("expected an address with a database")?;
        Ok(format!("{before}@127.0.0.1:{}/{database}", self.port))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = ["stop", "--mode", "immediate", "--silent", "--pgdata"];
        let _ = output(self.program("pg_ctl").args(stop).arg(self.data()));
    }
}

/// A container as a chart or a compose file describes it.
pub struct Container {
    pub arguments: Vec<String>,
    pub variables: BTreeMap<String, String>,
    /// The content of the file that has the address of the database, by its path in the container.
    pub database_url: (String, String),
}

/// A running server.
pub struct Server {
    pub process: Running,
    pub address: SocketAddr,
    pub metrics: SocketAddr,
    variables: BTreeMap<String, String>,
    program: PathBuf,
    _folder: TempDir,
}

impl Server {
    /// Starts the program as the container would, but at free ports of this machine, over `cluster`.
    pub fn start(program: &Path, container: &Container, cluster: &Cluster) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (path, url) = &container.database_url;
        let mut variables = container.variables.clone();
        let given = variables.get("GROUP_DISPATCH_DATABASE").context("the container has no GROUP_DISPATCH_DATABASE")?;
        if *given != format!("file://{path}") {
            bail!("GROUP_DISPATCH_DATABASE is {given}, but the file with the address is {path}");
        }
        let file = folder.path().join("database-url");
        fs::write(&file, cluster.reach(url)?)?;
        variables.insert("GROUP_DISPATCH_DATABASE".into(), format!("file://{}", file.display()));
        variables.insert("GROUP_DISPATCH_LISTEN".into(), "127.0.0.1:0".into());
        let mut metrics = None;
        if let Some(listen) = variables.get_mut("GROUP_DISPATCH_METRICS_LISTEN") {
            let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
            *listen = address.to_string();
            metrics = Some(address);
        }
        let mut command = Command::new(program);
        command.args(&container.arguments).env_clear().envs(&variables);
        let mut process = Running(command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?);
        let mut log = BufReader::new(process.0.stderr.take().context("no standard error")?);
        let address = listening_address(&mut log)?;
        // Otherwise the server would wait when the pipe is full.
        thread::spawn(move || log.lines().for_each(drop));
        let program = program.to_owned();
        Ok(Self { process, address, metrics: metrics.unwrap_or(address), variables, program, _folder: folder })
    }

    /// Returns what the program prints beside the server, in the same container.
    pub fn exec(&self, arguments: &[&str]) -> Result<String> {
        output(Command::new(&self.program).args(arguments).env_clear().envs(&self.variables))
    }

    /// Returns what a query of this server prints.
    pub fn query(&self, key: &str, arguments: &[&str]) -> Result<String> {
        let url = format!("http://{}", self.address);
        let mut command = Command::new(&self.program);
        command.args(arguments).env_clear().env("GROUP_DISPATCH_URL", url);
        output(command.env("GROUP_DISPATCH_TENANT_ID", TENANT).env("GROUP_DISPATCH_API_KEY", key))
    }
}

/// Reads the log of a server until it listens.
pub fn listening_address(log: &mut impl BufRead) -> Result<SocketAddr> {
    let mut said = String::new();
    for line in log.lines() {
        let line = line?;
        let value: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if value["message"] == "listening" {
            return value["address"]
                .as_str()
                .context("no address in the log")?
                .parse()
                .context("the address in the log");
        }
        said.push_str(&line);
        said.push('\n');
    }
    bail!("the server ended before it listened:\n{said}")
}

pub const TENANT: &str = "500766";

/// Adds a tenant in the container of the first server, imports the sample there, and waits until the last server answers
/// queries from it.
pub fn try_together(servers: &[Server], sample: &Path) -> Result<()> {
    let (Some(first), Some(last)) = (servers.first(), servers.last()) else { bail!("no servers") };
    let key = first.exec(&["tenant", "add", TENANT])?;
    first.exec(&["import", &sample.display().to_string(), "--tenant", TENANT])?;
    wait_until("the events that one server stored, in the answers of another", || {
        let online = last.query(key.trim(), &["all", "--output", "ndjson"])?;
        if online.lines().count() < 2 { bail!("nobody is online") } else { Ok(()) }
    })
}
