//! The tools that `cargo xtask tools` has installed.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Tools of one kind, Python's or Node's.
pub struct Toolbox {
    /// Where they are installed.
    pub folder: PathBuf,
    programs: &'static str,
    /// What of theirs is kept here: versions, settings, consumers.
    pub source: PathBuf,
}

impl Toolbox {
    pub fn python() -> Option<Self> {
        Self::installed("python", "requirements.txt", "bin")
    }

    pub fn node() -> Option<Self> {
        Self::installed("node", "package-lock.json", "node_modules/.bin")
    }

    /// What runs collections of Postman and Bruno. Apart from the other tools of Node, because it is as large as all of them.
    pub fn collections() -> Option<Self> {
        Self::installed("collections", "package-lock.json", "node_modules/.bin")
    }

    /// The tools, if they are there in the versions that are pinned.
    fn installed(kind: &str, versions: &str, programs: &'static str) -> Option<Self> {
        let folder = Path::new(WORKSPACE).join("target/tools").join(kind);
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/consumers").join(kind);
        let pinned = fs::read(source.join(versions)).unwrap();
        match fs::read(folder.join("installed")) {
            Ok(installed) if installed == pinned => return Some(Self { folder, programs, source }),
            Ok(_) => skip(kind, "are of other versions than is pinned"),
            Err(_) => skip(kind, "are not installed"),
        }
        None
    }

    /// A folder for one run, from where the tools find what is installed. It goes when it is dropped.
    pub fn scratch(&self) -> TempDir {
        tempfile::Builder::new().prefix("run-").tempdir_in(&self.folder).unwrap()
    }

    /// A tool to be run by [`run`].
    pub fn tool(&self, program: &str) -> Command {
        prepared(self.program(program))
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(self.programs).join(name)
    }
}

/// Any program to be run by [`run`]. Nothing here asks the net for anything but a server on this machine.
pub fn prepared(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env("NO_PROXY", "127.0.0.1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .env("REDOCLY_TELEMETRY", "off");
    command
}

/// What a command said, as an error if it failed.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// Prometheus' own tool, if it is installed; with `GROUP_DISPATCH_PROMTOOL=required` it has to be.
pub fn promtool() -> Option<Command> {
    let is_there = Command::new("promtool").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        say_skipped("GROUP_DISPATCH_PROMTOOL", "promtool is not installed; it comes with Prometheus");
    }
    is_there.then(|| prepared("promtool"))
}

fn skip(kind: &str, because: &str) {
    let because = format!("the tools of {kind} {because}; `cargo xtask tools` installs them");
    say_skipped("GROUP_DISPATCH_TOOLS", &because);
}

/// `eprintln!` would give the line to the test harness, which keeps it for itself.
fn say_skipped(variable: &str, because: &str) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let line = format!("skipped: {test}, because {because}");
    assert!(env::var_os(variable).is_none_or(|value| value != "required"), "{line}");
    let mut past_the_harness = io::stderr();
    writeln!(past_the_harness, "{line}").unwrap();
}
