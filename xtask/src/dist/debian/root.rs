//! A minimal Debian in a folder, made by debootstrap once and kept as an archive.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use test_support::workspace_root;

use crate::{dist::run::is_root, process::output, tools::require};

/// What is installed beyond the minimum: the service manager, and what the package depends on or recommends.
const PACKAGES: &str = "--include=adduser,ca-certificates,dbus,systemd,systemd-sysv";

/// The system in a folder.
pub struct Root {
    pub folder: PathBuf,
}

impl Root {
    /// Unpacks the system into a folder.
    ///
    /// # Errors
    /// With the reason, if this machine can't make it.
    pub fn make(folder: &Path) -> Result<Self> {
        if !is_root() {
            bail!("only root can make one");
        }
        let archive = archive()?;
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        output(Command::new("tar").arg("--extract").arg("--file").arg(&archive).arg("--directory").arg(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Returns a command that runs a program of the system, without a service manager.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("chroot");
        command.arg(&self.folder).args(words);
        clear_variables(&mut command);
        command
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path.trim_start_matches('/'))
    }

    /// Removes the folder. Nothing is mounted in it: what mounts, does that in a namespace of its own.
    pub fn remove(self) -> Result<()> {
        remove(&self.folder)
    }
}

/// Lets a command have only the variables that an administrator's shell has.
pub fn clear_variables(command: &mut Command) {
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C.UTF-8").env("HOME", "/root");
    command.env("DEBIAN_FRONTEND", "noninteractive");
}

/// Returns the archive of the system, which is made if it is not there.
fn archive() -> Result<PathBuf> {
    let (release, mirror) = release_and_mirror()?;
    let tools = workspace_root().join("target/tools/debian-root");
    let archive = tools.join(format!("{release}.tar"));
    if archive.exists() {
        return Ok(archive);
    }
    require("debootstrap", "debootstrap")?;
    let folder = tools.join(&release);
    remove(&folder)?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    eprintln!("debian: making a minimal {release}");
    // What it mounts goes with the namespace, also if it is killed.
    let made = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "--", "debootstrap", "--variant=minbase", PACKAGES, &release])
        .arg(&folder)
        .arg(&mirror)
        .output();
    let made = made.context("unshare can't be run")?;
    if !made.status.success() {
        // debootstrap prints its errors on the standard output, and unshare its own on the other.
        let said = [made.stderr, made.stdout].concat();
        let last = String::from_utf8_lossy(&said).lines().last().unwrap_or_default().replace(&mirror, "MIRROR");
        bail!("debootstrap failed: {last}");
    }
    // Packages that were fetched are installed now.
    output(Command::new("chroot").arg(&folder).args(["apt-get", "clean"]))?;
    let half = tools.join("half.tar");
    output(
        Command::new("tar")
            .args(["--create", "--one-file-system", "--file"])
            .arg(&half)
            .arg("--directory")
            .arg(&folder)
            .arg("."),
    )?;
    fs::rename(&half, &archive).context("cannot rename the archive")?;
    remove(&folder)?;
    Ok(archive)
}

/// Removes the folder of a system, and no file of another file system that may be mounted in it.
fn remove(folder: &Path) -> Result<()> {
    output(Command::new("rm").args(["--recursive", "--force", "--one-file-system"]).arg(folder)).map(drop)
}

/// Returns this machine's release of Debian, and the mirror that its package manager uses for it.
fn release_and_mirror() -> Result<(String, String)> {
    let about = fs::read_to_string("/etc/os-release").context("no /etc/os-release")?;
    let field = |name: &str| about.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    if field("ID") != Some("debian") {
        bail!("this machine is not a Debian, whose release and mirror would be used");
    }
    let release = field("VERSION_CODENAME").context("/etc/os-release names no release")?.trim_matches('"').to_owned();
    let format = "$(CREATED_BY) $(RELEASE) $(COMPONENT) $(SITE)";
    let targets = output(Command::new("apt-get").args(["indextargets", "--format", format]))?;
    let wanted = format!("Packages {release} main ");
    let mirror = targets.lines().find_map(|line| line.strip_prefix(&wanted));
    Ok((release, mirror.context("the package manager of this machine has no mirror of its release")?.trim().to_owned()))
}
