//! A PostgreSQL of one's own, or the one that is named by `GROUP_DISPATCH_TEST_POSTGRES_URL`.

use std::{
    env, fs,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{fill, stand::Stand, world::World};

/// A PostgreSQL that runs until it is dropped.
pub struct Cluster {
    binaries: PathBuf,
    /// Its address without a database's name, such as `postgres://postgres@127.0.0.1:5432`.
    url: String,
    running: Option<Child>,
}

impl Cluster {
    /// Starts it, with its files beside the other databases; as the user `postgres` where this is run as root, which
    /// PostgreSQL refuses.
    ///
    /// # Errors
    /// When there is no PostgreSQL, or it does not start.
    pub async fn start(stand: &Stand) -> Result<Self> {
        let binaries = binaries()?;
        if let Ok(url) = env::var("GROUP_DISPATCH_TEST_POSTGRES_URL") {
            let host = url.find("://").and_then(|at| url[at + 3..].find('/').map(|path| at + 3 + path));
            return Ok(Self { binaries, url: url[..host.unwrap_or(url.len())].to_owned(), running: None });
        }
        let files = stand.data.canonicalize()?.join("postgres");
        if !files.join("PG_VERSION").exists() {
            make_folder(&files)?;
            let mut initdb = as_postgres(&binaries.join("initdb"));
            initdb.args(["--auth", "trust", "--username", "postgres", "--pgdata"]).arg(&files);
            succeed(&mut initdb)?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut postgres = as_postgres(&binaries.join("postgres"));
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
        let log = fs::File::create(stand.work.join("postgres.log"))?;
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let running = postgres.spawn().context("cannot run postgres")?;
        let cluster = Self { binaries, url: format!("postgres://postgres@127.0.0.1:{port}"), running: Some(running) };
        let began = Instant::now();
        while cluster.sql(&format!("{}/postgres", cluster.url), "SELECT 1").is_err() {
            if began.elapsed() > Duration::from_secs(120) {
                bail!("postgres does not answer; {} may say why", stand.work.join("postgres.log").display());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(cluster)
    }

    /// The address of a database with the world's events, for this run alone: a copy of one that is kept.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn filled(&self, stand: &Stand, world: World) -> Result<String> {
        let admin = format!("{}/postgres", self.url);
        let kept = format!("bench_{}_{}", world.accounts, world.events);
        let known = self.sql(&admin, &format!("SELECT count(*) FROM pg_database WHERE datname = '{kept}'"))?;
        if known.trim() == "0" {
            eprintln!("making a database of {} accounts and {} events in PostgreSQL", world.accounts, world.events);
            self.sql(&admin, &format!("DROP DATABASE IF EXISTS {kept}_new"))?;
            self.sql(&admin, &format!("CREATE DATABASE {kept}_new"))?;
            let new = format!("{}/{kept}_new", self.url);
            fill::add_tenant(stand, &new)?;
            fill::import(stand, &new, world)?;
            self.sql(&admin, &format!("ALTER DATABASE {kept}_new RENAME TO {kept}"))?;
        }
        self.forget_run()?;
        self.sql(&admin, &format!("CREATE DATABASE bench_run TEMPLATE {kept}"))?;
        Ok(format!("{}/bench_run", self.url))
    }

    /// Removes what [`filled`](Self::filled) made for this run; the one that is kept stays.
    ///
    /// # Errors
    /// When somebody still uses it.
    pub fn forget_run(&self) -> Result<()> {
        self.sql(&format!("{}/postgres", self.url), "DROP DATABASE IF EXISTS bench_run").map(drop)
    }

    /// Has `psql` do something; gives what it answers, without headings.
    ///
    /// # Errors
    /// When it fails.
    pub fn sql(&self, url: &str, script: &str) -> Result<String> {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", url]);
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        // It answers a line or two, so that all can be written before anything is read.
        let written = child.stdin.take().context("psql takes nothing")?.write_all(script.as_bytes());
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
        // Told to stop at once, it ends its own processes; killed, it would leave them.
        let _ = Command::new("kill").args(["-INT", &running.id().to_string()]).status();
        let _ = running.wait();
    }
}

/// The newest that Debian has installed, or the one on the path.
fn binaries() -> Result<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed.max_by_key(|version| version.file_name().to_string_lossy().parse().unwrap_or(0_u32));
    if let Some(newest) = newest {
        return Ok(newest.path().join("bin"));
    }
    let output = Command::new("pg_config").arg("--bindir").output();
    let output = output.context("there is no PostgreSQL (no /usr/lib/postgresql, no pg_config)")?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn is_root() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| status.lines().any(|line| line.starts_with("Uid:\t0\t")))
}

/// A program on any core, as a user that PostgreSQL accepts.
fn as_postgres(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    if is_root() {
        succeed(Command::new("chown").arg("postgres:postgres").arg(folder))?;
        succeed(Command::new("chmod").arg("700").arg(folder))?;
    }
    Ok(())
}

fn succeed(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!("{}: {}", command.get_program().display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
