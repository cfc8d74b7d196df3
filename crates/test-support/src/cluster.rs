//! A PostgreSQL that a test has to itself, and can break.
//!
//! The functions panic if a program of PostgreSQL fails.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "only tests use it")]

use std::{
    fs::File,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    postgres::{command_as_postgres, make_folder, programs},
    skip,
};
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_secs(120);
const PORT: u16 = 5432;
const POOLER_PORT: u16 = 6432;

/// Ends a program when its standard input is closed, however the tests end. Its processes may be frozen.
const WATCH: &str = r#""$@" >&2 & cat >/dev/null; kill -CONT $! $(pgrep -P $!); kill -QUIT $!; kill -TERM $!; wait"#;

/// See the [module](self).
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    settings: Vec<&'static str>,
    watch: Option<Child>,
}

impl Cluster {
    /// Starts one. Without PostgreSQL it reports a skip and returns `None`.
    #[must_use]
    pub fn new(settings: &[&'static str]) -> Option<Self> {
        let Some(programs) = programs() else {
            skip("there is no PostgreSQL (initdb, postgres) on this machine");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        make_folder(folder.path()).unwrap();
        let mut cluster = Self { programs, folder, settings: settings.to_vec(), watch: None };
        let mut initdb = cluster.program("initdb");
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"]);
        succeed(initdb.arg(cluster.data()));
        cluster.start();
        Some(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        command_as_postgres(&self.programs.join(name))
    }

    fn watch(&self, program: &Command, log: &str) -> Child {
        let mut watch = command_as_postgres(Path::new("/bin/sh"));
        watch.args(["-c", WATCH, "watch"]).arg(program.get_program()).args(program.get_args());
        let log = File::create(self.folder.path().join(log)).unwrap();
        watch.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    /// Starts it, and waits until it accepts connections.
    pub fn start(&mut self) {
        let mut postgres = Command::new(self.programs.join("postgres"));
        postgres.arg("-D").arg(self.data());
        let socket = format!("unix_socket_directories={}", self.folder.path().display());
        for setting in ["listen_addresses=", "fsync=off", &socket].iter().chain(&self.settings) {
            postgres.args(["-c", setting]);
        }
        self.watch = Some(self.watch(&postgres, "postgres.log"));
        let began = Instant::now();
        while !self
            .program("pg_isready")
            .arg("--quiet")
            .arg("--host")
            .arg(self.folder.path())
            .status()
            .unwrap()
            .success()
        {
            assert!(began.elapsed() < START_TIMEOUT, "PostgreSQL does not start");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it as a crash does.
    pub fn stop(&mut self) {
        succeed(self.program("pg_ctl").args(["stop", "--mode=immediate", "--pgdata"]).arg(self.data()));
        end(self.watch.take());
    }

    /// Freezes all its processes: connections are accepted, and nothing is answered.
    pub fn freeze(&self) {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let postmaster = file.lines().next().unwrap().trim();
        let children = Command::new("pgrep").args(["-P", postmaster]).output().unwrap().stdout;
        let children = String::from_utf8(children).unwrap();
        // One of them may have ended by itself.
        Command::new("kill").args(["-STOP", postmaster]).args(children.split_whitespace()).status().unwrap();
    }

    /// Executes SQL as the superuser.
    pub fn execute(&self, sql: &[&str]) {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--username=postgres", "--set=ON_ERROR_STOP=1", "--host"]);
        psql.arg(self.folder.path());
        for statement in sql {
            psql.args(["--command", statement]);
        }
        succeed(&mut psql);
    }

    /// Returns the address of its database.
    #[must_use]
    pub fn url(&self, parameters: &str) -> String {
        self.url_at(PORT, parameters)
    }

    fn url_at(&self, port: u16, parameters: &str) -> String {
        let host = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{host}:{port}/postgres?{parameters}")
    }

    /// Starts a pooler that keeps no sessions, and returns it with its address. Without PgBouncer it reports a skip and
    /// returns `None`.
    #[must_use]
    pub fn pooler(&self) -> Option<(Pooler, String)> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];
        let Some(program) = program.iter().find(|path| Path::new(path).is_file()) else {
            skip("there is no PgBouncer on this machine");
            return None;
        };
        let folder = self.folder.path().display();
        let settings = self.folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host={folder} user=postgres\n[pgbouncer]\nlisten_port = {POOLER_PORT}\nauth_type = any\n\
             unix_socket_dir = {folder}\npool_mode = transaction\n"
        );
        std::fs::write(&settings, text).unwrap();
        let mut pgbouncer = Command::new(program);
        pgbouncer.arg("--quiet").arg(&settings);
        let pooler = Pooler(Some(self.watch(&pgbouncer, "pgbouncer.log")));
        let began = Instant::now();
        while !self.folder.path().join(format!(".s.PGSQL.{POOLER_PORT}")).exists() {
            assert!(began.elapsed() < START_TIMEOUT, "PgBouncer does not start");
            thread::sleep(Duration::from_millis(20));
        }
        Some((pooler, self.url_at(POOLER_PORT, "")))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        end(self.watch.take());
    }
}

/// A running PgBouncer.
pub struct Pooler(Option<Child>);

impl Drop for Pooler {
    fn drop(&mut self) {
        end(self.0.take());
    }
}

/// Ends what a shell watches.
fn end(watch: Option<Child>) {
    if let Some(mut watch) = watch {
        drop(watch.stdin.take());
        watch.wait().unwrap();
    }
}

fn succeed(command: &mut Command) {
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}
