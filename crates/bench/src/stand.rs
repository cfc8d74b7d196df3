//! What all that is measured shares: the sizes, the folders, the command, and who runs on which core.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{bare, process::Process, question::Question, world::World};

/// How much is measured, and for how long.
#[derive(Clone, Debug)]
pub struct Plan {
    pub world: World,
    /// One with an event for each account, for what depends on how many accounts there are.
    pub crowd: World,
    /// The worlds whose costs are compared, the smallest first.
    pub growth: Vec<World>,
    /// Of questions. Short, and many: what a machine gives is another thing from one moment to the next, and of that both
    /// sides are to have the same.
    pub asking: Turns,
    /// Of questions while something comes by the clock, every 100 ms: as short as they can be to have as much of it each.
    pub clocked: Turns,
    /// Of feeding a SQLite file, which closes a segment now and then: long enough that most turns have their share of that.
    /// What a server carries is measured as long before it gets too much.
    pub feeding: Turns,
    /// Of feeding PostgreSQL.
    pub feeding_postgres: Turns,
    /// How often a server is started, to see how long it takes.
    pub starts: usize,
    /// How many requests are on their way at a time.
    pub connections: usize,
    /// Where the mock server Prism is, if it is.
    pub prism: PathBuf,
}

/// How long one turn takes, and how often all take theirs.
#[derive(Clone, Copy, Debug)]
pub struct Turns {
    pub length: Duration,
    pub rounds: usize,
}

/// Where it is measured.
pub struct Stand {
    pub plan: Plan,
    /// The command `group-dispatch`.
    command: PathBuf,
    /// What `group-dispatch serve --help` says.
    help: String,
    /// Databases that are made once.
    pub data: PathBuf,
    /// What this run changes; it begins empty and goes in the end.
    pub work: PathBuf,
    pub cores: Option<Cores>,
    batches: Cell<u64>,
}

/// One core for who answers, another for who asks.
#[derive(Clone, Copy, Debug)]
pub struct Cores;

impl Cores {
    const ANSWERING: &str = "0";
    const ASKING: &str = "1";

    /// Moves this process to the core of those who ask, if there are two and `taskset` is there.
    #[must_use]
    pub fn take() -> Option<Self> {
        let works = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        (works(Command::new("taskset").args(["-c", Self::ANSWERING, "true"]))
            && works(Command::new("taskset").args(["-cp", Self::ASKING, &std::process::id().to_string()])))
        .then_some(Self)
    }
}

impl Stand {
    /// # Errors
    /// When the command can't be run, or the folders not be made.
    pub fn new(plan: Plan, command: PathBuf, folder: &Path, cores: Option<Cores>) -> Result<Self> {
        let output = Command::new(&command).args(["serve", "--help"]).output();
        let output = output.with_context(|| {
            format!(
                "cannot run {}; `cargo build --profile dist` makes it, and `cargo xtask bench` both",
                command.display()
            )
        })?;
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        let (data, work) = (folder.join("data"), folder.join("work"));
        // A run that was broken off may have left it.
        let _ = fs::remove_dir_all(&work);
        for folder in [&data, &work] {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(Self { plan, command, help, data, work, cores, batches: Cell::new(0) })
    }

    /// The command `group-dispatch`.
    #[must_use]
    pub fn command(&self) -> Command {
        self.answering(&self.command)
    }

    /// Whether `serve` can be told so.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.help.contains(word)
    }

    /// A program on the core of those who answer.
    #[must_use]
    pub fn answering(&self, program: &Path) -> Command {
        match self.cores {
            Some(_) => {
                let mut command = Command::new("taskset");
                command.args(["-c", Cores::ANSWERING]).arg(program);
                command
            }
            None => Command::new(program),
        }
    }

    /// The server on any database. It logs warnings alone, and does not limit how much a tenant may ask.
    ///
    /// # Errors
    /// When the server can't be started.
    pub async fn serve_url(&self, url: &str, more: &[&str]) -> Result<Process> {
        Process::start(&self.work.join("server.log"), "/readyz", |address| {
            let mut command = self.command();
            command.args(["serve", "--database", url, "--listen", &address.to_string(), "--timestamp-window", "86400"]);
            if self.knows("--requests-per-second") {
                command.args(["--requests-per-second", "0"]);
            }
            command.args(if more.contains(&"--log") { &[] } else { &["--log", "warn"][..] }).args(more);
            command
        })
        .await
    }

    /// The limit for a question, which gives these bytes.
    ///
    /// # Errors
    /// When it can't be started.
    pub async fn limit(&self, question: Question, body: &[u8]) -> Result<Process> {
        let file = self.work.join(question.operation()).with_extension("json");
        fs::write(&file, body).with_context(|| format!("cannot write {}", file.display()))?;
        self.this("limit", &[question.operation()], &file).await
    }

    /// Something that has nothing but a world's facts to load before it is ready.
    ///
    /// # Errors
    /// When they can't be made or it not be started.
    pub async fn bare(&self, world: World) -> Result<Process> {
        self.this("bare", &[], &bare::make(&self.data, world)?).await
    }

    /// This program in another part, with a file to read.
    async fn this(&self, part: &str, more: &[&str], file: &Path) -> Result<Process> {
        let this = std::env::current_exe().context("cannot tell where this program is")?;
        Process::start(&self.work.join(part).with_extension("log"), "/readyz", |address| {
            let mut command = self.answering(&this);
            command.args([part, &address.to_string()]).args(more).arg(file);
            command
        })
        .await
    }

    /// This run's copy of a database, which may be changed: the one that is kept is the same for every run.
    ///
    /// # Errors
    /// When it can't be copied.
    pub fn copy(&self, kept: &Path) -> Result<PathBuf> {
        let Some(name) = kept.file_name() else { bail!("{} is no file", kept.display()) };
        let copy = self.work.join(name);
        if !copy.exists() {
            fs::copy(kept, &copy).with_context(|| format!("cannot copy {}", kept.display()))?;
        }
        Ok(copy)
    }

    /// Forgets this run's copies, where they are no longer what they were; the next server has new ones.
    ///
    /// # Errors
    /// When they can't be removed.
    pub fn forget_copies(&self) -> Result<()> {
        for file in fs::read_dir(&self.work)? {
            let path = file?.path();
            // With what SQLite keeps beside it.
            if path.extension().is_some_and(|ending| ending.to_string_lossy().starts_with("db")) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// A number that no batch of this run had.
    #[must_use]
    pub fn next_batch(&self) -> u64 {
        self.batches.replace(self.batches.get() + 1)
    }
}
