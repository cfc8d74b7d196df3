//! `cargo xtask tools`: installs other people's tools in pinned versions, each kind in a folder of `target/tools`.
//!
//! The tests of the server run the tools in `crates/server/tests/consumers` against the contract, `cargo xtask bench` measures
//! the server beside that in `crates/bench/tools`, and a test of xtask runs `typos`. Java, Go and the proxies come from Debian, in
//! the version that it has, because other sources need another registry.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use test_support::workspace_root;

use crate::{cargo::cargo, process::output};

/// Installs the tools that are missing or have another version than the pinned one. Returns the kinds that can't be
/// installed: not every machine has Python and Node.js, or allows packages to be installed.
///
/// # Errors
/// If a file of the workspace can't be read, or `target/tools` not written.
pub fn install() -> Result<Vec<&'static str>> {
    let consumers = "crates/server/tests/consumers";
    let kinds = [
        ("python", install_kind("python", &format!("{consumers}/python"), PIP, pip)?),
        ("node", install_kind("node", &format!("{consumers}/node"), NPM, npm)?),
        ("collections", install_kind("collections", &format!("{consumers}/collections"), NPM, npm)?),
        ("typescript", install_kind("typescript", &format!("{consumers}/typescript"), NPM, npm)?),
        ("webhooks-node", install_kind("webhooks-node", &format!("{consumers}/webhooks-node"), NPM, npm)?),
        (
            "webhooks-python",
            install_kind("webhooks-python", &format!("{consumers}/webhooks-python"), &["requirements.txt"], pip)?,
        ),
        ("rust", install_kind("rust", &format!("{consumers}/rust"), RUST, fetch)?),
        ("streams-node", install_kind("streams-node", &format!("{consumers}/streams-node"), NPM, npm)?),
        ("streams-rust", install_kind("streams-rust", &format!("{consumers}/streams-rust"), RUST_STREAMS, fetch)?),
        ("streams-python", install_kind("streams-python", &format!("{consumers}/streams-python"), PIP, pip)?),
        ("schemathesis", install_kind("schemathesis", &format!("{consumers}/schemathesis"), PIP, pip)?),
        ("typos", install_kind("typos", "xtask/typos", PIP, pip)?),
        ("java", install_from_debian("java", &format!("{consumers}/java"))?),
        ("nginx", install_from_debian("nginx", &format!("{consumers}/nginx"))?),
        ("haproxy", install_from_debian("haproxy", &format!("{consumers}/haproxy"))?),
        ("go", install_from_debian("go", &format!("{consumers}/go"))?),
    ];
    Ok(kinds.into_iter().filter(|(_, is_there)| !is_there).map(|(kind, _)| kind).collect())
}

/// Installs the mock server that the server is measured beside. If that fails, the benchmark skips it.
///
/// # Errors
/// If a file of the workspace can't be read, or `target/tools` not written.
pub fn install_for_bench() -> Result<()> {
    install_kind("bench", "crates/bench/tools", NPM, npm).map(drop)
}

/// Installs the tools for images, charts and bills of materials. Returns the folder of their programs, or `None` if they can't be
/// installed.
///
/// # Errors
/// If a file of the workspace can't be read, or `target/tools` not written.
pub(crate) fn install_for_packaging() -> Result<Option<PathBuf>> {
    let is_there = install_kind("packaging", "packaging/tools", PIP, pip)?;
    Ok(is_there.then(|| workspace_root().join("target/tools/packaging/bin")))
}

/// Returns the folder in which cargo keeps programs and registries.
///
/// # Errors
/// If neither `CARGO_HOME` nor the user's home folder is known.
pub(crate) fn cargo_home() -> Result<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    home.context("no home folder of cargo")
}

/// Returns the program of a subcommand of cargo, in exactly this version. If `cargo install` has not put it on this machine, it
/// is compiled, which takes minutes, and kept in `target/tools/cargo`.
///
/// # Errors
/// If it can't be installed.
pub fn cargo_tool(name: &str, version: &str) -> Result<PathBuf> {
    let installed = cargo().args(["install", "--list"]).output().context("cannot run cargo")?;
    let line = format!("{name} v{version}:");
    if String::from_utf8_lossy(&installed.stdout).lines().any(|installed| installed == line) {
        return Ok(cargo_home()?.join("bin").join(name));
    }
    let root = workspace_root().join("target/tools/cargo");
    let (folder, package) = (root.display().to_string(), format!("{name}@{version}"));
    // Without the workspace's flags and target folder, which are not meant for other people's programs.
    run(Path::new("/"), "cargo", &["install", "--quiet", "--locked", "--root", &folder, &package])?;
    Ok(root.join("bin").join(name))
}

const PIP: &[&str] = &["requirements.txt"];
const RUST: &[&str] = &["Cargo.lock", "Cargo.toml", "main.rs", "client/Cargo.toml", "client/lib.rs"];
const RUST_STREAMS: &[&str] =
    &["Cargo.lock", "Cargo.toml", "signed.rs", "read_by_reqwest_eventsource.rs", "read_by_eventsource_client.rs"];
const NPM: &[&str] = &["package-lock.json", "package.json"];

/// Returns whether everything that `debian.txt` lists is installed at the end. A line names a program, or a file or folder
/// by its absolute path, and the package of Debian that has it.
fn install_from_debian(kind: &str, source: &str) -> Result<bool> {
    let list = workspace_root().join(source).join("debian.txt");
    let text = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let parts: Vec<_> = text.lines().filter_map(|line| line.split_once(' ')).collect();
    let missing = || parts.iter().filter(|(part, _)| !is_there(part)).map(|(_, package)| *package).collect::<Vec<_>>();
    let target = workspace_root().join("target/tools").join(kind);
    let stamp = target.join("installed");
    let packages = missing();
    if packages.is_empty() {
        eprintln!("{kind}: all is there");
    } else {
        eprintln!("{kind}: installing {}", packages.join(", "));
        if let Err(why) = apt_install(&packages) {
            eprintln!("skipped: {kind}, because {why:#}");
        }
    }
    if !missing().is_empty() {
        let _ = fs::remove_file(&stamp);
        return Ok(false);
    }
    fs::create_dir_all(&target).with_context(|| format!("cannot make {}", target.display()))?;
    fs::copy(&list, &stamp).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

/// Installs packages of Debian or a system like it.
pub(crate) fn apt_install(packages: &[&str]) -> Result<()> {
    let here = Path::new(".");
    run(here, "apt-get", &["-qq", "update"])?;
    let install = ["-qq", "install", "--yes", "--no-install-recommends"];
    run(here, "apt-get", &[install.as_slice(), packages].concat())
}

fn is_there(part: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    Path::new(part).is_absolute() && Path::new(part).exists()
        || env::split_paths(&path).any(|folder| folder.join(part).exists())
}

/// Returns whether the tools of one kind are installed at the end. The first of the pinned files lists all versions. It is
/// copied to `installed` last, and the tests compare the two.
fn install_kind(kind: &str, source: &str, pinned: &[&str], installer: fn(&Path) -> Result<()>) -> Result<bool> {
    let root = workspace_root();
    let (source, target) = (root.join(source), root.join("target/tools").join(kind));
    let (versions, stamp) = (source.join(pinned[0]), target.join("installed"));
    if read(&versions)? == fs::read(&stamp).unwrap_or_default() {
        eprintln!("{kind}: the pinned tools are there");
        return Ok(true);
    }
    match fs::remove_dir_all(&target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", target.display()));
        }
        _ => fs::create_dir_all(&target).with_context(|| format!("cannot make {}", target.display()))?,
    }
    for name in pinned {
        let copy = target.join(name);
        let parent = copy.parent().map_or(Ok(()), fs::create_dir_all);
        parent.and_then(|()| fs::copy(source.join(name), &copy)).with_context(|| format!("cannot copy {name}"))?;
    }
    eprintln!("{kind}: installing to {}", target.display());
    if let Err(why) = installer(&target) {
        eprintln!("skipped: the tools of {kind}, because {why:#}");
        return Ok(false);
    }
    fs::copy(&versions, &stamp).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

/// Installs the Python packages that `requirements.txt` of a folder pins into `target/tools`. Returns whether they are there.
///
/// # Errors
/// If a file of the workspace can't be read, or `target/tools` not written.
pub(crate) fn install_python(kind: &str, source: &str) -> Result<bool> {
    install_kind(kind, source, PIP, pip)
}

fn pip(folder: &Path) -> Result<()> {
    run(folder, "python3", &["-m", "venv", "."])?;
    let python = folder.join("bin/python").display().to_string();
    let quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
    run(
        folder,
        &python,
        &[&["-m", "pip", "install"], quiet.as_slice(), &["--requirement", "requirements.txt"]].concat(),
    )
}

/// Runs no install scripts of packages: no tool here needs one, and they are other people's code.
fn npm(folder: &Path) -> Result<()> {
    run(folder, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
}

fn fetch(folder: &Path) -> Result<()> {
    run(folder, "cargo", &["fetch", "--locked", "--quiet"])
}

/// Runs a program in a folder.
pub(crate) fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<()> {
    output(Command::new(program).args(arguments).current_dir(folder)).map(drop)
}

/// Makes sure that a program is there, and installs its package of Debian if it is not.
pub(crate) fn require(program: &str, package: &str) -> Result<()> {
    let try_it = || output(Command::new(program).arg("--version"));
    if try_it().is_err() {
        apt_install(&[package]).with_context(|| format!("{package} can't be installed"))?;
        try_it()?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
