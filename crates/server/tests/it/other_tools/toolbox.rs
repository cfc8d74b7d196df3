//! The tools that `cargo xtask tools` has installed.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use test_support::{skip, workspace_root};

const HINT: &str = "`cargo xtask tools` installs them where it can";

/// Tools of one kind.
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

    /// openapi-generator, which runs in Java. What is missing is counted for each of the two.
    pub fn openapi_generator() -> Option<Self> {
        let (tools, java) = (Self::python(), Self::java());
        java.and(tools)
    }

    /// Java, and what clients in Java need that openapi-generator's own jar does not have.
    pub fn java() -> Option<Self> {
        Self::installed("java", "debian.txt", "")
    }

    pub fn nginx() -> Option<Self> {
        Self::installed("nginx", "debian.txt", "")
    }

    pub fn haproxy() -> Option<Self> {
        Self::installed("haproxy", "debian.txt", "")
    }

    pub fn go() -> Option<Self> {
        Self::installed("go", "debian.txt", "")
    }

    /// A command that makes a client, to which flags may be added.
    pub fn generate(&self, generator: &str, document: &Path, client: &Path) -> Command {
        let mut command = self.tool("openapi-generator-cli");
        command
            .args(["generate", "--generator-name", generator, "--input-spec"])
            .arg(document)
            .arg("--output")
            .arg(client);
        command
    }

    /// The jar of openapi-generator, with all the libraries that are in it.
    pub fn openapi_generator_jar(&self) -> PathBuf {
        let pythons = fs::read_dir(self.folder.join("lib")).unwrap().map(|entry| entry.unwrap().path());
        let jar = "site-packages/openapi_generator_cli/openapi-generator.jar";
        pythons.map(|python| python.join(jar)).find(|jar| jar.exists()).unwrap()
    }

    pub fn node() -> Option<Self> {
        Self::installed("node", "package-lock.json", "node_modules/.bin")
    }

    /// Generators of clients in TypeScript, and what these need.
    pub fn typescript() -> Option<Self> {
        Self::installed("typescript", "package-lock.json", "node_modules")
    }

    /// Clients of Server-Sent Events.
    pub fn stream_clients_of_node() -> Option<Self> {
        Self::installed("streams-node", "package-lock.json", "node_modules")
    }

    pub fn stream_clients_of_python() -> Option<Self> {
        Self::installed("streams-python", "requirements.txt", "bin")
    }

    pub fn stream_clients_of_rust() -> Option<Self> {
        Self::installed("streams-rust", "Cargo.lock", "target/debug")
    }

    pub fn schemathesis() -> Option<Self> {
        Self::installed("schemathesis", "requirements.txt", "bin")
    }

    /// What a generated client in Rust is compiled with.
    pub fn rust() -> Option<Self> {
        Self::installed("rust", "Cargo.lock", "")
    }

    /// What runs collections of Postman and Bruno. Apart from the other tools of Node, because it is as large as all of them.
    pub fn collections() -> Option<Self> {
        Self::installed("collections", "package-lock.json", "node_modules/.bin")
    }

    /// The tools, if they are there in the versions that are pinned.
    fn installed(kind: &str, versions: &str, programs: &'static str) -> Option<Self> {
        let folder = workspace_root().join("target/tools").join(kind);
        let source = workspace_root().join("crates/server/tests/consumers").join(kind);
        let pinned = fs::read(source.join(versions)).unwrap();
        match fs::read(folder.join("installed")) {
            Ok(installed) if installed == pinned => return Some(Self { folder, programs, source }),
            Ok(_) => skip(&format!("the tools of {kind} are of other versions than is pinned; {HINT}")),
            Err(_) => skip(&format!("the tools of {kind} are not installed; {HINT}")),
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

/// Prometheus' own tool, if it is installed.
pub fn promtool() -> Option<Command> {
    let is_there = Command::new("promtool").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        skip("promtool is not installed; it comes with Prometheus");
    }
    is_there.then(|| prepared("promtool"))
}
