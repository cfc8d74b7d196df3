//! The archive with the static program, its documents and the licenses of what is in it.

mod chroot;
mod dns;

use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use test_support::workspace_root;

use super::{
    Report,
    binary::{self, Binary, NAME},
    licenses,
};
use crate::{contract::CONTRACTS, process::output};

/// Its inputs beyond the program.
pub const INPUTS: &[&str] = &["LICENSE-*", "packaging/archive"];

/// Files of the workspace, and the folders of the archive that they are in. The contracts are in `openapi`.
const FILES: &[(&str, &str)] = &[
    ("README.md", ""),
    ("CHANGELOG.md", ""),
    ("LICENSE-APACHE", ""),
    ("LICENSE-MIT", ""),
    ("crates/server/docs/operating.md", "docs"),
    ("crates/server/docs/postgres.md", "docs"),
    ("crates/server/grafana/alerts.yml", "grafana"),
    ("crates/server/grafana/dashboard.json", "grafana"),
];
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

pub fn build(report: &mut Report) -> Result<()> {
    let binary = binary::build(report)?;
    let name = binary.full_name();
    let folder = report.folder().join(&name);
    fill(&folder, &binary)?;
    let archive = pack(report.folder(), &name)?;
    fs::remove_dir_all(&folder)?;
    let sums = report.folder().join("SHA256SUMS");
    let file = format!("{name}.tar.gz");
    fs::write(&sums, output(Command::new("sha256sum").arg(&file).current_dir(report.folder()))?)?;
    report.artifact(&archive)?;
    report.artifact(&sums)?;
    if report.is_checking() {
        output(Command::new("sha256sum").args(["--check", "--strict", "SHA256SUMS"]).current_dir(report.folder()))?;
        report.check("SHA256SUMS fits the archive");
        check_program(report, &binary)?;
        chroot::check(report, &archive, &binary)?;
    }
    Ok(())
}

/// Writes what the archive contains.
fn fill(folder: &Path, binary: &Binary) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::copy(&binary.path, folder.join(NAME))?;
    let contracts = CONTRACTS.iter().map(|entry| (entry.path, "openapi"));
    for (file, to) in FILES.iter().copied().chain(contracts) {
        let source = workspace_root().join(file);
        let target = folder.join(to).join(source.file_name().context("a file without a name")?);
        target.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::copy(&source, &target).with_context(|| format!("cannot copy {file}"))?;
    }
    let man = folder.join("man/man1");
    output(Command::new(&binary.path).arg("man").arg("--dir").arg(&man))?;
    let completions = folder.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in SHELLS {
        // The scripts run the program by the name that it is started with.
        let script = output(Command::new(&binary.path).arg0(NAME).args(["completions", shell]))?;
        fs::write(completions.join(format!("{NAME}.{shell}")), script)?;
    }
    fs::write(folder.join(licenses::FILE), licenses::collect(binary)?)?;
    Ok(())
}

/// Packs a folder so that the same files make the same archive.
fn pack(parent: &Path, name: &str) -> Result<PathBuf> {
    let time = output(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(workspace_root()));
    let time = std::env::var("SOURCE_DATE_EPOCH").or(time).unwrap_or_else(|_| "0".into());
    let archive = parent.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.args(["--create", "--format=ustar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
    tar.args(["--mode=u+rw,go+r-w,a+X", "--use-compress-program=gzip --no-name -9"]);
    tar.arg(format!("--mtime=@{}", time.trim())).arg("--file").arg(&archive).arg("--directory").arg(parent).arg(name);
    output(&mut tar)?;
    Ok(archive)
}

fn check_program(report: &mut Report, binary: &Binary) -> Result<()> {
    let headers = output(Command::new("readelf").arg("--program-headers").arg(&binary.path))?;
    if headers.contains("INTERP") {
        bail!("the program asks for a dynamic linker:\n{headers}");
    }
    report.check(format!("the program for {} needs no dynamic linker", binary.target));
    let content = fs::read(&binary.path)?;
    for place in [workspace_root(), std::env::home_dir().unwrap_or_default()] {
        let place = place.display().to_string();
        // A home folder of `/` would be everywhere.
        if place.len() > 1 && content.windows(place.len()).any(|bytes| bytes == place.as_bytes()) {
            bail!("the program contains the path {place} of this machine");
        }
    }
    report.check("the program contains no path of the machine that built it");
    let packages = binary.dependencies()?;
    report.check(format!("the program lists the {} packages that it is made from (cargo auditable)", packages.len()));
    Ok(())
}
