//! A PostgreSQL for the tests: a private one, or the one that `GROUP_DISPATCH_TEST_POSTGRES_URL` names.
#![allow(dead_code)]

use std::{
    env,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use test_support::skip;

/// Names the address of a server on which databases may be created.
const NAMED: &str = "GROUP_DISPATCH_TEST_POSTGRES_URL";
const SERVER_TIMEOUT: Duration = Duration::from_secs(120);

/// Stops PostgreSQL when its standard input is closed, however the tests end.
/// Its processes may be frozen.
const WATCH: &str = r#""$@" >&2 & cat >/dev/null; kill -CONT $! $(pgrep -P $!) 2>/dev/null; kill -INT $! 2>/dev/null
wait; [ -z "$GONE" ] || rm -rf "$GONE""#;

/// A new database for a test.
pub struct Database {
    pub url: String,
}

impl Database {
    /// The address of the same database at other hosts, as an address has them, with parameters.
    pub fn at(&self, hosts: &str, parameters: &str) -> String {
        let name = self.url.rsplit('/').next().unwrap().split('?').next().unwrap();
        format!("postgres://postgres@{hosts}/{name}?{parameters}")
    }
}

impl Database {
    /// Creates one on the server that all tests share. Without PostgreSQL it reports a skip and returns `None`.
    pub async fn new() -> Option<Self> {
        static SHARED: OnceLock<Option<Server>> = OnceLock::new();
        if let Ok(url) = env::var(NAMED) {
            return Some(Self::on(&url).await);
        }
        installed()?;
        let server = tokio::task::spawn_blocking(|| SHARED.get_or_init(|| Server::new(false)).as_ref()).await.unwrap();
        Some(server?.database().await)
    }

    async fn on(url: &str) -> Self {
        let name = format!("test_{}", Uuid::new_v4().simple());
        client(url).await.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (server, query) =
            url.split_once('?').map_or((url, String::new()), |(url, query)| (url, format!("?{query}")));
        let start = server.rfind('/').unwrap();
        Self { url: format!("{}/{name}{query}", &server[..start]) }
    }

    /// Opens a connection of its own, in the schema of the log.
    pub async fn raw(&self) -> Client {
        let client = client(&self.url).await;
        client.batch_execute("SET search_path TO group_dispatch").await.unwrap();
        client
    }
}

async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A private PostgreSQL in a directory of its own.
pub struct Server {
    programs: PathBuf,
    user: Option<(u32, u32)>,
    directory: PathBuf,
    port: u16,
    settings: Vec<String>,
    watch: Option<Child>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.watch.is_some() && self.data().join("postmaster.pid").exists() {
            self.thaw();
        }
    }
}

impl Server {
    /// Starts one. Without PostgreSQL it reports a skip and returns `None`. A durable one writes to the disk.
    pub fn new(durable: bool) -> Option<Self> {
        Self::with_settings(&[if durable { "fsync=on" } else { "fsync=off" }])
    }

    /// Starts one that has settings besides those of every test.
    pub fn with_settings(settings: &[&str]) -> Option<Self> {
        let mut server = Self::prepare(settings)?;
        server.initialize();
        server.start();
        Some(server)
    }

    /// Makes the files of a new cluster.
    pub fn initialize(&self) {
        let mut initdb = self.command(&self.programs.join("initdb"));
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"]);
        run(initdb.arg(self.data()));
    }

    /// Prepares one that also listens on loopback. It is to be [initialized](Self::initialize) and [started](Self::start).
    pub fn over_tcp(settings: &[&str]) -> Option<Self> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self::prepare(settings)?;
        server.port = free;
        server.settings.push("listen_addresses=127.0.0.1".to_owned());
        server.settings.push(format!("port={free}"));
        Some(server)
    }

    /// Makes the directory.
    fn prepare(settings: &[&str]) -> Option<Self> {
        let programs = installed()?;
        let directory = TempDir::new().unwrap().keep();
        // PostgreSQL refuses to run as root.
        let user = (id("-u", None) == Some(0)).then(|| {
            let [user, group] = ["-u", "-g"].map(|which| id(which, Some("postgres")).expect("the user postgres"));
            chown(&directory, Some(user), Some(group)).unwrap();
            (user, group)
        });
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        Some(Self { programs, user, directory, port: 5432, settings, watch: None })
    }

    /// Starts a standby of this server.
    pub fn standby(&self) -> Self {
        let mut standby = Self::prepare(&["fsync=off"]).unwrap();
        let mut copy = standby.command(&self.programs.join("pg_basebackup"));
        copy.args(["--checkpoint=fast", "--write-recovery-conf", "--no-sync", "--username=postgres", "--host"]);
        run(copy.arg(&self.directory).arg("--pgdata").arg(standby.data()));
        standby.start();
        standby
    }

    /// Waits until the standby has applied what this server has committed.
    pub async fn wait_for_replay(&self, standby: &Self) {
        let position = "SELECT pg_current_wal_flush_lsn()::text";
        let position: String = self.admin().await.query_one(position, &[]).await.unwrap().get(0);
        let admin = standby.admin().await;
        let reached = format!("SELECT coalesce(pg_last_wal_replay_lsn() >= '{position}', false)");
        while !admin.query_one(&reached, &[]).await.unwrap().get::<_, bool>(0) {
            tokio::task::yield_now().await;
        }
    }

    pub async fn database(&self) -> Database {
        Database::on(&self.url()).await
    }

    fn url(&self) -> String {
        format!("postgres://postgres@{}:{}/postgres", self.host(), self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host of its addresses: the directory of its socket.
    pub fn host(&self) -> String {
        self.directory.to_str().unwrap().replace('/', "%2F")
    }

    /// A directory for files of a test.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The path of its socket.
    pub fn socket(&self) -> PathBuf {
        self.directory.join(format!(".s.PGSQL.{}", self.port))
    }

    /// Opens a connection as the superuser.
    pub async fn admin(&self) -> Client {
        client(&self.url()).await
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// Returns a command that runs as the server does.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.directory);
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    /// Starts it, and waits until it accepts connections.
    pub fn start(&mut self) {
        let log = std::fs::File::create(self.directory.join("log")).unwrap();
        let socket = format!("unix_socket_directories={}", self.directory.display());
        let mut watch = self.command(Path::new("/bin/sh"));
        watch.args(["-c", WATCH, "watch"]).arg(self.programs.join("postgres")).arg("-D").arg(self.data());
        for setting in [&socket, "listen_addresses=", "max_connections=300", "max_prepared_transactions=2"] {
            watch.args(["-c", setting]);
        }
        for setting in &self.settings {
            watch.args(["-c", setting]);
        }
        watch.env("GONE", &self.directory).process_group(0);
        self.watch = Some(watch.stdin(Stdio::piped()).stderr(log).spawn().unwrap());
        let mut ready = self.command(&self.programs.join("pg_isready"));
        ready.args(["--quiet", "--port"]).arg(self.port.to_string()).arg("--host").arg(&self.directory);
        let deadline = Instant::now() + SERVER_TIMEOUT;
        while !ready.status().unwrap().success() {
            let log = || std::fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "PostgreSQL does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops it in fast mode, which closes all connections.
    pub fn stop(&mut self) {
        self.signal("-INT", &[self.postmaster()]);
        self.gone();
    }

    /// Kills all its processes.
    pub fn kill(&mut self) {
        self.signal("-KILL", &self.processes());
        self.gone();
    }

    /// Freezes all its processes: connections are accepted, and nothing is answered.
    pub fn freeze(&self) {
        self.signal("-STOP", &self.processes());
    }

    pub fn thaw(&self) {
        self.signal("-CONT", &self.processes());
    }

    /// The postmaster, and the processes that it has started.
    fn processes(&self) -> Vec<String> {
        let postmaster = self.postmaster();
        let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        let children = listed.lines().filter_map(|line| {
            let (pid, parent) = line.trim().split_once(char::is_whitespace)?;
            (parent.trim() == postmaster).then(|| pid.to_owned())
        });
        std::iter::once(postmaster.clone()).chain(children).collect()
    }

    fn postmaster(&self) -> String {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        file.lines().next().unwrap().trim().to_owned()
    }

    /// Sends a signal to processes of it.
    pub fn signal(&self, signal: &str, processes: &[String]) {
        // One of them may have ended by itself.
        Command::new("kill").arg(signal).args(processes).stderr(Stdio::null()).status().unwrap();
    }

    /// Waits for its end, and keeps the directory.
    fn gone(&mut self) {
        let mut watch = self.watch.take().unwrap();
        // The shell must not clear the directory away: it ends first.
        watch.kill().unwrap();
        watch.wait().unwrap();
        let deadline = Instant::now() + SERVER_TIMEOUT;
        let mut ready = self.command(&self.programs.join("pg_ctl"));
        ready.arg("status").arg("-D").arg(self.data()).stdout(Stdio::null()).stderr(Stdio::null());
        while ready.status().unwrap().success() {
            assert!(Instant::now() < deadline, "PostgreSQL does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Ends and restarts the database three times during appends.
pub async fn restart_three_times(mut server: Server, end: fn(&mut Server), acknowledged: &AtomicUsize) -> Server {
    let reaches = async |number: usize| {
        while acknowledged.load(Ordering::Relaxed) < number {
            tokio::task::yield_now().await;
        }
    };
    for round in 1..=3 {
        reaches(round * 100).await;
        server = tokio::task::spawn_blocking(move || {
            end(&mut server);
            server.start();
            server
        })
        .await
        .unwrap();
        reaches(acknowledged.load(Ordering::Relaxed) + 20).await;
    }
    server
}

/// Runs a command to its end.
pub fn run(command: &mut Command) {
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

/// Returns an id of a user, by default of the one who runs this.
fn id(which: &str, user: Option<&str>) -> Option<u32> {
    let said = Command::new("id").arg(which).args(user).output().ok()?;
    String::from_utf8(said.stdout).ok()?.trim().parse().ok()
}

/// Returns the directory of the programs. Without PostgreSQL it reports a skip.
fn installed() -> Option<PathBuf> {
    let programs = programs();
    if programs.is_none() {
        skip(&format!("there is no PostgreSQL (initdb, postgres) on this machine; {NAMED} may name one"));
    }
    programs
}

/// Finds the programs of the newest PostgreSQL.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let configured = Command::new("pg_config").arg("--bindir").output().ok();
    let configured = configured.and_then(|said| String::from_utf8(said.stdout).ok()).map(|said| said.trim().into());
    let mut versions: Vec<PathBuf> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .filter_map(|all| std::fs::read_dir(all).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versions.sort_by_key(|path| {
        path.iter().rev().nth(1).and_then(|name| name.to_str()?.trim_start_matches("postgresql@").parse::<u32>().ok())
    });
    versions
        .into_iter()
        .rev()
        .chain(configured)
        .chain(env::split_paths(&path))
        .find(|path| ["initdb", "postgres", "pg_ctl"].iter().all(|program| path.join(program).is_file()))
}
