//! The key of a part of a release: equal keys mean that the part would be built from the same files.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use test_support::workspace_root;

/// Returns a hash of the files that match `pathspecs`, with changes that are not committed, or `None` outside a checkout.
///
/// # Errors
/// If git fails.
pub fn key(pathspecs: &[&str], check: bool) -> Result<Option<String>> {
    if !workspace_root().join(".git").exists() {
        return Ok(None);
    }
    let mut content = format!("check: {check}\n").into_bytes();
    if !pathspecs.is_empty() {
        let list = |arguments: &[&str]| git(&[arguments, &["--"], pathspecs].concat(), &[]);
        content.extend(list(&["ls-files", "--stage"])?);
        content.extend(list(&["diff", "HEAD", "--binary"])?);
        for path in String::from_utf8_lossy(&list(&["ls-files", "--others", "--exclude-standard"])?).lines() {
            content.extend(path.bytes());
            content.extend(fs::read(workspace_root().join(path)).with_context(|| format!("cannot read {path}"))?);
        }
    }
    let hash = git(&["hash-object", "--stdin"], &content)?;
    Ok(Some(String::from_utf8_lossy(&hash).trim().to_owned()))
}

fn git(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(workspace_root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run git")?;
    child.stdin.take().context("git has no standard input")?.write_all(input).context("cannot write to git")?;
    let output = child.wait_with_output().context("cannot read from git")?;
    if !output.status.success() {
        bail!("git {} failed", arguments.join(" "));
    }
    Ok(output.stdout)
}
