//! A PostgreSQL cluster for the benchmark, or the one that `GROUP_DISPATCH_TEST_POSTGRES_URL` names.

use std::{
    env, fs,
    io::Write,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use test_support::postgres::{command_as_postgres, make_folder, programs};

use crate::{databases, dataset::Dataset, environment::Environment};

/// A PostgreSQL cluster that runs until it is dropped.
pub struct Cluster {
    binaries: PathBuf,
    /// The address without a database, such as `postgres://postgres@127.0.0.1:5432`.
    url: String,
    running: Option<Child>,
}

impl Cluster {
    /// Starts the cluster, with its files beside the other databases. If run as root, which PostgreSQL refuses, starts
    /// it as the user `postgres`.
    ///
    /// # Errors
    /// If there is no PostgreSQL, or it does not start.
    pub async fn start(environment: &Environment) -> Result<Self> {
        let binaries = programs().context("there is no PostgreSQL (no /usr/lib/postgresql, no pg_config)")?;
        if let Ok(url) = env::var("GROUP_DISPATCH_TEST_POSTGRES_URL") {
            let host = url.find("://").and_then(|at| url[at + 3..].find('/').map(|path| at + 3 + path));
            return Ok(Self { binaries, url: url[..host.unwrap_or(url.len())].to_owned(), running: None });
        }
        let files = environment.data.canonicalize()?.join("postgres");
        if !files.join("PG_VERSION").exists() {
            make_folder(&files)?;
            let mut initdb = command_as_postgres(&binaries.join("initdb"));
            initdb.args(["--auth", "trust", "--username", "postgres", "--pgdata"]).arg(&files);
            run_checked(&mut initdb)?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut postgres = command_as_postgres(&binaries.join("postgres"));
        postgres.arg("-D").arg(&files);
        for setting in [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            "unix_socket_directories=".to_owned(),
            "shared_buffers=1GB".to_owned(),
            "max_wal_size=1GB".to_owned(),
        ] {
            postgres.args(["-c", &setting]);
        }
        let log = fs::File::create(environment.work.join("postgres.log"))?;
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let running = postgres.spawn().context("cannot run postgres")?;
        let cluster = Self { binaries, url: format!("postgres://postgres@127.0.0.1:{port}"), running: Some(running) };
        let began = Instant::now();
        while cluster.sql(&format!("{}/postgres", cluster.url), "SELECT 1").is_err() {
            if began.elapsed() > Duration::from_secs(120) {
                bail!("postgres does not respond; see {}", environment.work.join("postgres.log").display());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(cluster)
    }

    /// Returns the address of a database with the events of the dataset: a copy for this run of a database that is
    /// kept.
    ///
    /// # Errors
    /// If it can't be created.
    pub fn filled(&self, environment: &Environment, dataset: Dataset) -> Result<String> {
        let admin = format!("{}/postgres", self.url);
        let kept = format!("bench_{}_{}", dataset.accounts, dataset.events);
        let known = self.sql(&admin, &format!("SELECT count(*) FROM pg_database WHERE datname = '{kept}'"))?;
        if known.trim() == "0" {
            eprintln!(
                "creating a database of {} accounts and {} events in PostgreSQL",
                dataset.accounts, dataset.events
            );
            self.sql(&admin, &format!("DROP DATABASE IF EXISTS {kept}_new"))?;
            self.sql(&admin, &format!("CREATE DATABASE {kept}_new"))?;
            let new = format!("{}/{kept}_new", self.url);
            databases::add_tenant(environment, &new)?;
            databases::import(environment, &new, dataset)?;
            self.sql(&admin, &format!("ALTER DATABASE {kept}_new RENAME TO {kept}"))?;
        }
        self.remove_run_database()?;
        self.sql(&admin, &format!("CREATE DATABASE bench_run TEMPLATE {kept}"))?;
        Ok(format!("{}/bench_run", self.url))
    }

    /// Removes the copy that [`filled`](Self::filled) created for this run.
    ///
    /// # Errors
    /// If it is still in use.
    pub fn remove_run_database(&self) -> Result<()> {
        self.sql(&format!("{}/postgres", self.url), "DROP DATABASE IF EXISTS bench_run").map(drop)
    }

    /// Runs a script in `psql`, and returns its output without headings.
    ///
    /// # Errors
    /// If the script fails.
    pub fn sql(&self, url: &str, script: &str) -> Result<String> {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", url]);
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        // The output is a line or two, so that the whole script can be written before it is read.
        let written = child.stdin.take().context("psql has no standard input")?.write_all(script.as_bytes());
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("psql: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        written?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        // SIGINT is a fast shutdown. SIGKILL would leave child processes behind.
        let _ = Command::new("kill").args(["-INT", &running.id().to_string()]).status();
        let _ = running.wait();
    }
}

fn run_checked(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!("{}: {}", command.get_program().display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
