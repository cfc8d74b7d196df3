//! The samples as their reader has them: files, and what runs them.

use std::{
    env::consts::EXE_SUFFIX,
    ffi::OsString,
    fs,
    io::Write,
    path::Path,
    process::{Command, Output},
};

use group_dispatch_docs::{
    contract,
    samples::{self, Sample},
};
use tempfile::TempDir;
use test_support::built_examples;

use crate::samples::service::{KEY, TENANT};

/// The programs of a language in a folder, which lasts as long as they do.
pub struct Programs {
    pub all: Vec<Program>,
    _folder: TempDir,
}

pub struct Program {
    pub operation: String,
    line: Vec<OsString>,
}

impl Programs {
    /// Those of all operations; none, and a word about it, where the tool that runs them is missing.
    pub fn of(language: &str, tool: &str) -> Option<Self> {
        if !can_be_run(&format!("the samples in {language}"), tool) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let samples = operations().into_iter().filter_map(|operation| {
            let sample = samples::of(&operation).unwrap().into_iter().find(|sample| sample.language == language);
            // The Rust samples are written by hand; another test says which operations have one.
            assert!(sample.is_some() || language == "rust", "{operation} has no sample in {language}");
            Some((operation, sample?))
        });
        let samples: Vec<_> = samples.collect();
        let lines = match language {
            "rust" => built_rust(&samples),
            "go" => built_go(&samples, folder.path()),
            "curl" => scripts(&samples, "sh", folder.path()),
            "java" => built_java(&samples, folder.path()),
            _ => scripts(&samples, tool, folder.path()),
        };
        let all = samples.into_iter().zip(lines).map(|((operation, _), line)| Program { operation, line });
        Some(Self { all: all.collect(), _folder: folder })
    }
}

impl Program {
    /// The Rust program of "Getting started".
    pub fn first() -> Self {
        let folder = built_examples("crates/docs", &["getting_started".to_owned()]);
        let line = vec![folder.join(format!("getting_started{EXE_SUFFIX}")).into()];
        Self { operation: "queryUserStatus".to_owned(), line }
    }

    /// The program that sends events, which go to a file.
    pub fn feeding(program: &str, events: &str, folder: &Path) -> Self {
        let (file, events_file) = (folder.join("feed.py"), folder.join("events.ndjson"));
        fs::write(&file, program).unwrap();
        fs::write(&events_file, events).unwrap();
        Self { operation: "statusEvents".to_owned(), line: vec!["python3".into(), file.into(), events_file.into()] }
    }

    /// What it says to a service when it has that key.
    pub fn ask(&self, url: &str, key: &str) -> Output {
        self.command().env("GROUP_DISPATCH_URL", url).env("GROUP_DISPATCH_API_KEY", key).output().unwrap()
    }

    /// It with the right key but without an address, and with nothing of ours in its way.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.line[0]);
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "GROUP_DISPATCH_URL"] {
            command.env_remove(name);
        }
        command.args(&self.line[1..]);
        command.env("GROUP_DISPATCH_TENANT_ID", TENANT.to_string()).env("GROUP_DISPATCH_API_KEY", KEY);
        command
    }
}

fn operations() -> Vec<String> {
    let paths = contract::QUERIES.part("/paths");
    let ids = paths.as_object().unwrap().values().map(|path| path["post"]["operationId"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

/// Whether there is the tool that something is run with; a word about it where it is missing.
pub fn can_be_run(what: &str, tool: &str) -> bool {
    let is_there = has(tool);
    if !is_there {
        // Past the test harness, which keeps to itself what is printed.
        let mut terminal = std::io::stderr();
        writeln!(terminal, "skipped: {what}, because there is no `{tool}`").unwrap();
    }
    is_there
}

/// Whether a tool is there and works: some systems have a program of its name that only says where to get it.
fn has(tool: &str) -> bool {
    let version = if tool == "go" { "version" } else { "--version" };
    Command::new(tool).arg(version).output().is_ok_and(|output| output.status.success())
}

fn scripts(samples: &[(String, Sample)], runner: &str, folder: &Path) -> Vec<Vec<OsString>> {
    let line = |(_, sample): &(String, Sample)| {
        let file = folder.join(&sample.file_name);
        fs::write(&file, &sample.text).unwrap();
        vec![runner.into(), file.into()]
    };
    samples.iter().map(line).collect()
}

fn built_rust(samples: &[(String, Sample)]) -> Vec<Vec<OsString>> {
    let names = samples.iter().map(|(_, sample)| sample.file_name.strip_suffix(".rs").unwrap().to_owned());
    let names: Vec<_> = names.collect();
    let folder = built_examples("crates/docs", &names);
    names.iter().map(|name| vec![folder.join(format!("{name}{EXE_SUFFIX}")).into()]).collect()
}

/// All at once, which saves time; but the last one is started from its source, as its reader does it.
fn built_java(samples: &[(String, Sample)], folder: &Path) -> Vec<Vec<OsString>> {
    let mut programs = scripts(samples, "java", folder);
    let files = programs.iter().map(|line| &line[1]);
    let javac = Command::new("javac").args(["--release", "17", "-d"]).arg(folder).args(files).status();
    assert!(javac.unwrap().success());
    let last = programs.len() - 1;
    for (line, (_, sample)) in programs.iter_mut().zip(samples).take(last) {
        let class = sample.file_name.strip_suffix(".java").unwrap();
        // Quick to start, rather than quick in the long run.
        *line = ["java", "-XX:TieredStopAtLevel=1", "-cp"].map(OsString::from).into();
        line.extend([folder.into(), class.into()]);
    }
    programs
}

/// All at once.
fn built_go(samples: &[(String, Sample)], folder: &Path) -> Vec<Vec<OsString>> {
    fs::write(folder.join("go.mod"), "module samples\n\ngo 1.19\n").unwrap();
    for (operation, sample) in samples {
        fs::create_dir(folder.join(operation)).unwrap();
        fs::write(folder.join(operation).join(&sample.file_name), &sample.text).unwrap();
    }
    let go = |arguments: &[&str]| {
        let mut go = Command::new("go");
        go.args(arguments).current_dir(folder).env("GOFLAGS", "").env("GOPROXY", "off").env("GOTOOLCHAIN", "local");
        assert!(go.status().unwrap().success(), "go {arguments:?}");
    };
    fs::create_dir(folder.join("built")).unwrap();
    go(&["vet", "./..."]);
    go(&["build", "-o", "built", "./..."]);
    let program = |(operation, _): &(String, Sample)| folder.join(format!("built/{operation}{EXE_SUFFIX}")).into();
    samples.iter().map(|sample| vec![program(sample)]).collect()
}
