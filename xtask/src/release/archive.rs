//! The archives of a release: the sources of a commit, the sums of all files for users, and their signature.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use semver::Version;

use super::{contracts::sum, git::Git};

/// Writes the sources of a commit to a folder as `group-dispatch-VERSION.tar.gz`. The same commit gives the same bytes: times
/// and owners are those of the commit, and git compresses without a time.
///
/// # Errors
/// If git fails, or the file can't be written.
pub fn write_source_archive(git: &Git, commit: &str, version: &Version, folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let name = format!("group-dispatch-{version}");
    let path = folder.join(format!("{name}.tar.gz"));
    // The settings of the user may name another program that compresses, or other rights of the files.
    let settings = ["-c", "tar.tar.gz.command=git archive gzip", "-c", "tar.umask=0002"];
    let (prefix, output) = (format!("--prefix={name}/"), format!("--output={}", path.display()));
    git.run(&[settings.as_slice(), &["archive", "--format=tar.gz", &prefix, &output, commit]].concat())?;
    Ok(path)
}

/// Writes `SHA256SUMS` for files in a folder.
///
/// # Errors
/// If a file can't be read, or the sums not written.
pub fn write_sums(folder: &Path, files: &[PathBuf]) -> Result<PathBuf> {
    let mut lines = Vec::new();
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        lines.push(format!("{}  {}\n", sum(&bytes), file.strip_prefix(folder).unwrap_or(file).display()));
    }
    // By their names.
    lines.sort_by(|one, other| one[64..].cmp(&other[64..]));
    lines.dedup();
    let path = folder.join("SHA256SUMS");
    fs::write(&path, lines.concat()).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Signs a file with the key that git signs with, and returns the signature beside it: `.asc` by gpg, or `.sig` by ssh-keygen.
/// ssh-keygen puts the purpose into the signature: `git` for what git verifies.
///
/// # Errors
/// If there is no such key or program, or it fails.
pub fn sign(git: &Git, file: &Path, purpose: &str) -> Result<PathBuf> {
    let setting = |name: &str| git.run(&["config", "--get", name]).ok();
    let key = setting("user.signingKey");
    let with_extension = |extension: &str| PathBuf::from(format!("{}.{extension}", file.display()));
    let (mut program, signature) = match setting("gpg.format").as_deref() {
        None | Some("openpgp") => {
            let signature = with_extension("asc");
            let mut gpg = Command::new(setting("gpg.program").unwrap_or_else(|| "gpg".to_owned()));
            gpg.args(["--armor", "--detach-sign", "--yes", "--output"]).arg(&signature);
            gpg.args(key.iter().flat_map(|key| ["--local-user", key]));
            (gpg, signature)
        }
        Some("ssh") => {
            let key = key.context("user.signingKey is not set: git config user.signingKey ~/.ssh/id_ed25519.pub")?;
            ensure!(
                !key.starts_with("key::") && !key.starts_with("ssh-"),
                "user.signingKey: expected the path of a key"
            );
            let mut ssh = Command::new(setting("gpg.ssh.program").unwrap_or_else(|| "ssh-keygen".to_owned()));
            ssh.args(["-Y", "sign", "-n", purpose, "-f", &key]);
            (ssh, with_extension("sig"))
        }
        Some(format) => bail!("gpg.format = {format}: expected openpgp or ssh, with which an archive can be signed"),
    };
    let output = program.arg(file).stdin(Stdio::null()).output().context("cannot run the program that signs")?;
    if !output.status.success() || !signature.exists() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{} can't be signed: {}", file.display(), String::from_utf8_lossy(&said).trim());
    }
    Ok(signature)
}
