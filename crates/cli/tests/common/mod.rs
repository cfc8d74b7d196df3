//! The command, run as people run it.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

pub mod nobody;
#[cfg(unix)]
pub mod terminal;
pub mod user;

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Output, Stdio},
};

pub const PROXY_VARIABLES: [&str; 8] =
    ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// The sample that `demo` serves, as a file to import.
pub fn sample() -> PathBuf {
    test_support::workspace_root().join("crates/cli/src/generated/sample.snap.ndjson")
}

/// The command with no variable of the caller's in its way: in UTC, without profiles, on no terminal.
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

/// What a run said, and how it ended.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

pub fn run(command: &mut Command) -> Said {
    said(command.stdin(Stdio::null()).output().unwrap())
}

pub fn said(output: Output) -> Said {
    Said {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder with a database in it, and commands that use it.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// With tenant 7, whose key is `k`.
    pub fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        let added =
            run(place.command(&["tenant", "add", "7", "--api-key", "k"]).env("GROUP_DISPATCH_API_KEY", "other"));
        assert_eq!((added.status, added.out.as_str()), (0, "tenant 7 is known now\n"), "{}", added.err);
        place
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn database(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("store.db").display())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command();
        command.args(arguments).env("GROUP_DISPATCH_DATABASE", self.database());
        command
    }

    pub fn import(&self, file: &Path) -> Said {
        run(self.command(&["import", "--tenant", "7"]).arg(file))
    }

    /// An import from a pipe that acknowledges what is stored, running.
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

    /// How many events tenant 7 has.
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

/// `group-dispatch import -`, running.
pub struct Importer {
    pub child: Child,
    pub input: ChildStdin,
    pub acknowledgements: BufReader<ChildStdout>,
}

/// `group-dispatch serve`, running.
pub struct Server {
    pub url: String,
    pub child: Child,
    /// Its log from here on, as long as anybody reads it.
    pub log: Option<BufReader<ChildStderr>>,
}

impl Server {
    pub fn ask(&self, arguments: &[&str]) -> Said {
        run(&mut self.command(arguments))
    }

    /// A question on its way to this server.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command();
        command
            .args(arguments)
            .env("GROUP_DISPATCH_URL", &self.url)
            .env("GROUP_DISPATCH_TENANT_ID", "7")
            .env("GROUP_DISPATCH_API_KEY", "k");
        command
    }

    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let said = self.ask(&[arguments, &["--output", "json"]].concat());
        assert_eq!(said.status, 0, "{}", said.err);
        serde_json::from_str(&said.out).unwrap()
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
    assert_ne!(reader.read_line(&mut line).unwrap(), 0, "nothing more came");
    line
}

pub fn feed(input: &mut impl Write, text: &str) {
    input.write_all(text.as_bytes()).unwrap();
    input.flush().unwrap();
}
