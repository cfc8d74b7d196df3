//! Runs the command as users do, on a database and a server of its own.

pub mod closed_port;
pub mod mirrored;
#[cfg(unix)]
pub mod terminal;
pub mod user;

use std::{
    io::{BufRead, BufReader, Read as _, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Output, Stdio},
};

pub const PROXY_VARIABLES: [&str; 8] =
    ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// The sample that `demo` serves, as a file to import.
pub fn sample() -> PathBuf {
    test_support::workspace_root().join("crates/cli/src/generated/sample.snap.ndjson")
}

/// Returns the command without the caller's variables: in UTC, without profiles, and not on a terminal.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_group-dispatch"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GROUP_DISPATCH_")) {
        command.env_remove(name);
    }
    for name in ["COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"].into_iter().chain(PROXY_VARIABLES) {
        command.env_remove(name);
    }
    command
        .env("TZ", "UTC0")
        .env("TERM", "xterm")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("APPDATA", "/nonexistent");
    command
}

/// A command or subcommand by `--help`: its words after the program's name, and its help. The first is the program itself.
pub struct Help {
    pub words: Vec<String>,
    pub text: String,
}

/// Returns the help of each command and subcommand.
pub fn helps() -> Vec<Help> {
    let mut helps = Vec::new();
    let mut commands = vec![Vec::<String>::new()];
    while let Some(words) = commands.pop() {
        let result = run(command().args(&words).arg("--help"));
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{words:?}");
        let text = result.out;
        let list = text.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
        // The name of a command is indented by two; what follows of its description is indented by more.
        let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        for name in names.filter(|name| !["", "help"].contains(name)) {
            commands.push([&words[..], &[name.to_owned()]].concat());
        }
        helps.push(Help { words, text });
    }
    helps
}

/// The output and the exit status of a run.
pub struct RunResult {
    pub status: i32,
    pub out: String,
    pub err: String,
}

pub fn run(command: &mut Command) -> RunResult {
    to_result(command.stdin(Stdio::null()).output().unwrap())
}

pub fn to_result(output: Output) -> RunResult {
    RunResult {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A database in a temporary folder, and commands that use it.
pub struct TestStore {
    folder: tempfile::TempDir,
}

impl TestStore {
    /// Creates the database with tenant 7, whose key is `k`.
    pub fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    /// The same in a folder that is empty.
    pub fn in_folder(folder: tempfile::TempDir) -> Self {
        let store = Self { folder };
        let added =
            run(store.command(&["tenant", "add", "7", "--api-key", "k"]).env("GROUP_DISPATCH_API_KEY", "other"));
        assert_eq!((added.status, added.out.as_str()), (0, "added tenant 7\n"), "{}", added.err);
        store
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Returns the path of the database.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub fn database(&self) -> String {
        format!("sqlite://{}", self.path().display())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command();
        command.args(arguments).env("GROUP_DISPATCH_DATABASE", self.database());
        command
    }

    pub fn import(&self, file: &Path) -> RunResult {
        run(self.command(&["import", "--tenant", "7"]).arg(file))
    }

    /// Starts an import from a pipe, with acknowledgments.
    pub fn import_pipe(&self) -> Importer {
        let mut child = self
            .command(&["import", "-", "--tenant", "7", "--acknowledge"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let acknowledgements = BufReader::new(child.stdout.take().unwrap());
        Importer { child, input, acknowledgements }
    }

    /// Returns the number of events of tenant 7.
    pub fn events(&self) -> usize {
        let listed = run(&mut self.command(&["tenant", "list"]));
        assert_eq!(listed.status, 0, "{}", listed.err);
        let row = listed.out.lines().find(|line| line.split_whitespace().next() == Some("7")).unwrap();
        row.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    pub fn serve(&self) -> Server {
        Self::serve_by(&mut self.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    pub fn serve_by(command: &mut Command) -> Server {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("\"listening\"") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server stopped before it listened");
        }
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        Server { url: format!("http://{}", line["address"].as_str().unwrap()), child, log: Some(log) }
    }
}

/// A running `group-dispatch import -`.
pub struct Importer {
    pub child: Child,
    pub input: ChildStdin,
    pub acknowledgements: BufReader<ChildStdout>,
}

/// A running `group-dispatch serve`.
pub struct Server {
    pub url: String,
    pub child: Child,
    /// The rest of its log; `None` after it was closed.
    pub log: Option<BufReader<ChildStderr>>,
}

impl Server {
    pub fn ask(&self, arguments: &[&str]) -> RunResult {
        run(&mut self.command(arguments))
    }

    /// Returns a command that queries this server.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command();
        command
            .args(arguments)
            .env("GROUP_DISPATCH_URL", &self.url)
            .env("GROUP_DISPATCH_TENANT_ID", "7")
            .env("GROUP_DISPATCH_API_KEY", "k");
        command
    }

    /// Stops the server, and returns the rest of its log.
    pub fn stop(&mut self) -> Vec<serde_json::Value> {
        let mut text = String::new();
        signal(&self.child, "TERM");
        self.log.take().unwrap().read_to_string(&mut text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let result = self.ask(&[arguments, &["--output", "json"]].concat());
        assert_eq!(result.status, 0, "{}", result.err);
        serde_json::from_str(&result.out).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal, such as `INT`.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status().unwrap();
    assert!(status.success());
}

pub fn next_line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    assert_ne!(reader.read_line(&mut line).unwrap(), 0, "the output ended");
    line
}

pub fn feed(input: &mut impl Write, text: &str) {
    input.write_all(text.as_bytes()).unwrap();
    input.flush().unwrap();
}
