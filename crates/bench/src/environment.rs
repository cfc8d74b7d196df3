//! The environment of all measurements: sizes, folders, the measured command, and pinned cores.

use std::{
    cell::Cell,
    fs::{self, File},
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    bare,
    dataset::{Dataset, KEY, TENANT},
    process::Process,
    query::Query,
};

/// The profile of the server that is mirrored.
const PROFILE: &str = "vendor";

/// The sizes and durations of the measurements.
#[derive(Clone, Debug)]
pub struct Plan {
    pub dataset: Dataset,
    /// A dataset with an event for each account, for measurements that depend on the number of accounts.
    pub crowd: Dataset,
    /// The dataset of the vendor that is mirrored, with an event for each account.
    pub mirrored: Dataset,
    /// A dataset with a thousand events for each account.
    pub paged: Dataset,
    /// A dataset of which days are reported.
    pub reported: Dataset,
    /// The datasets whose latencies are compared, the smallest first.
    pub growth: Vec<Dataset>,
    /// Turns of queries: short and many, because the speed of a machine varies over time, and both sides should get the
    /// same share of it.
    pub query_turns: Turns,
    /// Turns of queries while events arrive every 100 ms: as short as possible with the same number of events in each.
    pub timed_turns: Turns,
    /// Turns of ingest into SQLite, long enough that most turns include a checkpoint. Also the unit of time of the
    /// overload section.
    pub ingest_turns: Turns,
    /// Turns of a mirror, each with several rounds of its requests.
    pub mirror_turns: Turns,
    /// Turns of ingest into PostgreSQL.
    pub postgres_ingest_turns: Turns,
    /// Turns of a change to all readers, each with a number of changes.
    pub fanout_turns: FanoutTurns,
    /// How many days are reported.
    pub reports: usize,
    /// How often the start of a server is measured.
    pub starts: usize,
    /// The number of concurrent requests.
    pub connections: usize,
    /// The path of the mock server Prism, which may be missing.
    pub prism: PathBuf,
}

/// The length of a turn, and the number of rounds.
#[derive(Clone, Copy, Debug)]
pub struct Turns {
    pub length: Duration,
    pub rounds: usize,
}

/// The changes of a turn, the readers of each, and the number of rounds.
#[derive(Clone, Copy, Debug)]
pub struct FanoutTurns {
    pub changes: u32,
    pub readers: usize,
    pub rounds: usize,
}

/// The environment of a run.
pub struct Environment {
    pub plan: Plan,
    /// The command `group-dispatch`.
    command: PathBuf,
    /// The output of `group-dispatch serve --help`.
    help: String,
    /// The folder of databases that later runs use again.
    pub data: PathBuf,
    /// The folder of files that this run changes. It is removed at the end.
    pub work: PathBuf,
    pub cores: Option<Cores>,
    batches: Cell<u64>,
}

/// Pinned cores: one for servers, another for the load generator.
#[derive(Clone, Copy, Debug)]
pub struct Cores;

impl Cores {
    const ANSWERING: &str = "0";
    const ASKING: &str = "1";

    /// Pins this process to the core of the load generator, if there are two cores and `taskset`.
    #[must_use]
    pub fn take() -> Option<Self> {
        let works = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        (works(Command::new("taskset").args(["-c", Self::ANSWERING, "true"]))
            && works(Command::new("taskset").args(["-cp", Self::ASKING, &std::process::id().to_string()])))
        .then_some(Self)
    }
}

impl Environment {
    /// # Errors
    /// If the command can't be run, or the folders can't be created.
    pub fn new(plan: Plan, command: PathBuf, folder: &Path, cores: Option<Cores>) -> Result<Self> {
        let output = Command::new(&command).args(["serve", "--help"]).output();
        let output = output.with_context(|| {
            format!(
                "cannot run {}; `cargo build --profile dist` builds it, and `cargo xtask bench` both programs",
                command.display()
            )
        })?;
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        let (data, work) = (folder.join("data"), folder.join("work"));
        // An aborted run may have left the folder.
        let _ = fs::remove_dir_all(&work);
        for folder in [&data, &work] {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        Ok(Self { plan, command, help, data, work, cores, batches: Cell::new(0) })
    }

    /// The command `group-dispatch`.
    #[must_use]
    pub fn command(&self) -> Command {
        self.command_on_server_core(&self.command)
    }

    /// Returns whether `serve` has a flag or a word in its help.
    #[must_use]
    pub fn supports(&self, word: &str) -> bool {
        self.help.contains(word)
    }

    /// Returns a command that runs on the core of servers.
    #[must_use]
    pub fn command_on_server_core(&self, program: &Path) -> Command {
        match self.cores {
            Some(_) => {
                let mut command = Command::new("taskset");
                command.args(["-c", Cores::ANSWERING]).arg(program);
                command
            }
            None => Command::new(program),
        }
    }

    /// Starts the server on a database. It logs only warnings, and has no limit on the rate and the connections of one
    /// client.
    ///
    /// # Errors
    /// If the server does not start.
    pub async fn serve_url(&self, url: &str, more: &[&str]) -> Result<Process> {
        self.serve_command("server.log", self.command(), url, more).await
    }

    /// Starts the server on a database, with a mirror of another server that asks at least once in each `interval`.
    ///
    /// # Errors
    /// If the server does not start.
    pub async fn serve_mirror(&self, url: &str, vendor: SocketAddr, interval: Duration) -> Result<Process> {
        let mut command = self.command();
        command.env("XDG_CONFIG_HOME", self.write_profile(vendor)?);
        let interval = format!("{}ms", interval.as_millis());
        self.serve_command("mirror.log", command, url, &["--mirror", PROFILE, "--mirror-max-interval", &interval]).await
    }

    /// Writes the profile of a server, and returns the folder of configurations.
    fn write_profile(&self, server: SocketAddr) -> Result<PathBuf> {
        let folder = self.work.canonicalize()?.join("config");
        let file = folder.join("group-dispatch").join("config.toml");
        fs::create_dir_all(folder.join("group-dispatch"))?;
        let mut options = File::options();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let profile =
            format!("[profiles.{PROFILE}]\nurl = \"http://{server}\"\ntenant_id = {TENANT}\napi_key = \"{KEY}\"\n");
        let mut opened =
            options.write(true).create(true).truncate(true).open(&file).context("cannot write a profile")?;
        opened.write_all(profile.as_bytes())?;
        Ok(folder)
    }

    async fn serve_command(&self, log: &str, mut command: Command, url: &str, more: &[&str]) -> Result<Process> {
        Process::start(&self.work.join(log), "/readyz", |address| {
            command.args(["serve", "--database", url, "--listen", &address.to_string(), "--timestamp-window", "86400"]);
            if self.supports("--requests-per-second") {
                command.args(["--requests-per-second", "0"]);
            }
            if self.supports("--max-connections-per-address") {
                command.args(["--max-connections-per-address", "0"]);
            }
            command.args(if more.contains(&"--log") { &[] } else { &["--log", "warn"][..] }).args(more);
            command
        })
        .await
    }

    /// Starts the limit of a query, which returns these bytes.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn limit(&self, query: Query, body: &[u8]) -> Result<Process> {
        let file = self.work.join(query.operation()).with_extension("json");
        fs::write(&file, body).with_context(|| format!("cannot write {}", file.display()))?;
        self.this("limit", &[query.operation()], &file).await
    }

    /// Starts the program that only loads the snapshot of a dataset.
    ///
    /// # Errors
    /// If the snapshot can't be created, or the program does not start.
    pub async fn bare(&self, dataset: Dataset) -> Result<Process> {
        self.this("bare", &[], &bare::make(&self.data, dataset)?).await
    }

    /// Starts the program that polls a server at an interval and stores its answers in a new database.
    ///
    /// # Errors
    /// If the program does not start.
    pub async fn poller(&self, vendor: SocketAddr, interval: Duration, database: &Path) -> Result<Process> {
        self.this("poller", &[&vendor.to_string(), &interval.as_millis().to_string()], database).await
    }

    /// Starts the server of pages of a table.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn table_server(&self, table: &Path) -> Result<Process> {
        self.this("table-server", &[], table).await
    }

    /// Starts the bare broadcast of the bytes in a file.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn broadcast(&self, bytes: &[u8]) -> Result<Process> {
        let file = self.work.join("change.txt");
        fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        self.this("broadcast", &[], &file).await
    }

    /// Starts this program with another subcommand, and a file.
    async fn this(&self, part: &str, more: &[&str], file: &Path) -> Result<Process> {
        let this = std::env::current_exe().context("cannot find the path of this program")?;
        Process::start(&self.work.join(part).with_extension("log"), "/readyz", |address| {
            let mut command = self.command_on_server_core(&this);
            command.args([part, &address.to_string()]).args(more).arg(file);
            command
        })
        .await
    }

    /// Returns this run's copy of a database. The copy may be changed; the original is the same for every run.
    ///
    /// # Errors
    /// If it can't be copied.
    pub fn copy(&self, kept: &Path) -> Result<PathBuf> {
        let Some(name) = kept.file_name() else { bail!("{} is not a file", kept.display()) };
        let copy = self.work.join(name);
        if !copy.exists() {
            fs::copy(kept, &copy).with_context(|| format!("cannot copy {}", kept.display()))?;
        }
        Ok(copy)
    }

    /// Removes this run's copies after they were changed. The next server gets new ones.
    ///
    /// # Errors
    /// If they can't be removed.
    pub fn remove_copies(&self) -> Result<()> {
        for file in fs::read_dir(&self.work)? {
            let path = file?.path();
            // Includes the -wal and -shm files of SQLite.
            if path.extension().is_some_and(|ending| ending.to_string_lossy().starts_with("db")) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Returns a batch number that is unique in this run.
    #[must_use]
    pub fn next_batch(&self) -> u64 {
        self.batches.replace(self.batches.get() + 1)
    }
}
