//! A PostgreSQL cluster: initdb, start, kill, freeze, and questions.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use test_support::postgres::command_as_postgres;

use crate::process::{self, Signal, children, is_running, processes_that_name, run, signal, wait_until};

/// How long a start or a promotion may take.
pub const START_TIMEOUT: Duration = Duration::from_secs(120);
/// Crashes of the machine are not part of the campaign: what a killed process has written stays in the system's memory.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
shared_buffers = 64MB
wal_log_hints = on
wal_keep_size = 256MB
max_wal_size = 256MB
fsync = off
";

/// A cluster. It is stopped when it is dropped.
pub struct Cluster {
    /// Its name, also as a standby.
    pub name: &'static str,
    pub address: SocketAddr,
    pub data: PathBuf,
    programs: PathBuf,
    child: Option<Child>,
}

/// Returns the folder of PostgreSQL's programs, if all that the campaign needs are there.
#[must_use]
pub fn programs() -> Option<PathBuf> {
    const NEEDED: [&str; 5] = ["initdb", "postgres", "pg_basebackup", "pg_rewind", "psql"];
    test_support::postgres::programs().filter(|folder| NEEDED.iter().all(|name| folder.join(name).exists()))
}

impl Cluster {
    /// Names a cluster in a folder that PostgreSQL may write to, on a free port.
    ///
    /// # Errors
    /// If there is no free port.
    pub fn new(name: &'static str, folder: &Path, programs: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let data = folder.canonicalize()?.join(name);
        Ok(Self { name, address, data, programs: programs.to_owned(), child: None })
    }

    /// Returns a program of PostgreSQL, as a user that it accepts.
    #[must_use]
    pub fn program(&self, name: &str) -> Command {
        let mut command = command_as_postgres(&self.programs.join(name));
        command.env("PGCONNECT_TIMEOUT", "5");
        command
    }

    /// Creates the cluster's files.
    ///
    /// # Errors
    /// If `initdb` fails.
    pub fn init(&self) -> Result<()> {
        let mut initdb = self.program("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"]);
        run(initdb.arg(&self.data))?;
        let file = self.data.join("postgresql.conf");
        let mut settings = fs::read_to_string(&file)?;
        settings.push_str(SETTINGS);
        fs::write(&file, settings).context("cannot write postgresql.conf")
    }

    /// Starts it, and waits until it accepts connections.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start(&mut self) -> Result<()> {
        let log_path = self.data.with_extension("log");
        let log = File::options().append(true).create(true).open(&log_path)?;
        let mut postgres = self.program("postgres");
        postgres.arg("-D").arg(&self.data).args(["-c", &format!("port={}", self.address.port())]);
        self.child = Some(postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?);
        let what = format!("PostgreSQL accepts connections (see {})", log_path.display());
        wait_until(&what, START_TIMEOUT, || {
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().transpose()).transpose()? {
                bail!("PostgreSQL ended with {status}; see {}", log_path.display());
            }
            Ok(self.sql("SELECT 1").is_ok())
        })
    }

    /// Starts it again if it has ended by itself. Returns whether it had.
    ///
    /// # Errors
    /// If it does not start.
    pub fn restart_if_ended(&mut self) -> Result<bool> {
        let has_ended = self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(Some(_))));
        if has_ended {
            self.child = None;
            self.start()?;
        }
        Ok(has_ended)
    }

    /// Returns whether it was started and not stopped.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.child.is_some()
    }

    /// Returns the id of the postmaster.
    #[must_use]
    pub fn postmaster(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Returns all processes.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        self.postmaster().map(|postmaster| [vec![postmaster], children(postmaster)].concat()).unwrap_or_default()
    }

    /// Freezes all processes.
    pub fn freeze(&self) {
        // The postmaster first: it starts no others then.
        signal(Signal::Stop, &self.postmaster().into_iter().collect::<Vec<_>>());
        signal(Signal::Stop, &self.processes());
    }

    /// Lets all processes go on.
    pub fn thaw(&self) {
        signal(Signal::Continue, &self.processes());
    }

    /// Kills all processes.
    ///
    /// # Errors
    /// If they don't end.
    pub fn kill(&mut self) -> Result<()> {
        let processes = self.processes();
        signal(Signal::Kill, &processes);
        if let Some(mut child) = self.child.take() {
            child.wait()?;
        }
        kill_all(&processes)
    }

    /// Stops it in fast mode, which ends all sessions. If it does not stop, it is killed.
    ///
    /// # Errors
    /// If it can't be waited for.
    pub fn stop(&mut self) -> Result<()> {
        if let Some(child) = &mut self.child {
            signal(Signal::Interrupt, &[child.id()]);
            if process::wait(child, Duration::from_secs(20))?.is_some() {
                self.child = None;
                return Ok(());
            }
        }
        self.kill()
    }

    /// Runs a script in the database `postgres`, and returns its output: rows by line, columns by tabulator.
    ///
    /// # Errors
    /// If it fails, or takes longer than half a minute.
    pub fn sql(&self, script: &str) -> Result<String> {
        self.sql_in("postgres", script)
    }

    /// Runs a script in a database.
    ///
    /// # Errors
    /// If it fails, or takes longer than half a minute.
    pub fn sql_in(&self, database: &str, script: &str) -> Result<String> {
        let mut psql = Command::new("timeout");
        psql.arg("30").arg(self.programs.join("psql")).env("PGCONNECT_TIMEOUT", "5");
        psql.args(["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--field-separator=\t"]);
        psql.args(["--set=ON_ERROR_STOP=1", "--pset=null=\u{1}", &self.conninfo(database), "--command", script]);
        run(&mut psql)
    }

    /// Returns the address for the command.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.address)
    }

    /// Returns the address for PostgreSQL's programs.
    #[must_use]
    pub fn conninfo(&self, database: &str) -> String {
        format!("host=127.0.0.1 port={} user=postgres dbname={database}", self.address.port())
    }

    /// Sets a parameter, or resets it, and reloads the configuration.
    ///
    /// # Errors
    /// If it fails.
    pub fn set(&self, parameter: &str, value: Option<&str>) -> Result<()> {
        let change = match value {
            Some(value) => format!("ALTER SYSTEM SET {parameter} = '{value}'"),
            None => format!("ALTER SYSTEM RESET {parameter}"),
        };
        self.sql(&change)?;
        self.sql("SELECT pg_reload_conf()").map(drop)
    }

    /// Returns whether it takes writes.
    #[must_use]
    pub fn takes_writes(&self) -> bool {
        self.sql("SELECT txid_current()").is_ok()
    }

    /// Returns the processes of clients' sessions.
    ///
    /// # Errors
    /// If the cluster does not answer.
    pub fn sessions(&self) -> Result<Vec<u32>> {
        let sessions =
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        Ok(self.sql(sessions)?.lines().filter_map(|line| line.trim().parse().ok()).collect())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.thaw();
        let _ = self.stop();
    }
}

/// Kills everything that a killed run left at work on a folder's files.
///
/// # Errors
/// If a process does not end.
pub fn end_left(folder: &Path) -> Result<()> {
    // Also a copy that is being made. The sessions of PostgreSQL don't have the folder in their command lines.
    let named = processes_that_name(folder);
    let sessions: Vec<u32> = named.iter().flat_map(|process| children(*process)).collect();
    kill_all(&[named, sessions].concat())?;
    // Nobody may have waited for the process: then its id stays in use, and PostgreSQL would take it for running.
    for cluster in fs::read_dir(folder).into_iter().flatten().flatten() {
        let _ = fs::remove_file(cluster.path().join("postmaster.pid"));
    }
    Ok(())
}

/// Removes the files of the clusters in a folder. Their logs stay.
pub fn remove_data(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for data in entries.map(|entry| entry.path()).filter(|path| path.is_dir()) {
        // What stays takes room, and does no harm.
        let _ = fs::remove_dir_all(data);
    }
}

fn kill_all(processes: &[u32]) -> Result<()> {
    signal(Signal::Kill, processes);
    wait_until("killed processes end", START_TIMEOUT, || Ok(!processes.iter().any(|id| is_running(*id))))
}
