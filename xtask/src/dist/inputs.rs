//! The key of a part of a release: equal keys mean that the part would be built from the same files.

use std::{
    collections::BTreeSet,
    env, fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use test_support::workspace_root;

use super::run::output;
use crate::publish;

/// Returns a hash of the version of Rust and the files that match `pathspecs`, with changes that are not committed, or `None`
/// outside a checkout.
///
/// # Errors
/// If git or rustc fails.
pub fn key(pathspecs: &[&str], check: bool) -> Result<Option<String>> {
    if !workspace_root().join(".git").exists() {
        return Ok(None);
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut content = output(Command::new(rustc).arg("-vV"))?.into_bytes();
    content.extend(format!("check: {check}\n").bytes());
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

/// Returns the files of the workspace that `dep_info`, which cargo writes beside a program, names and `pathspecs` don't match.
///
/// # Errors
/// If the file can't be read, or git fails.
pub fn unlisted(dep_info: &Path, pathspecs: &[&str]) -> Result<BTreeSet<String>> {
    let root = workspace_root();
    if !root.join(".git").exists() {
        return Ok(BTreeSet::new());
    }
    let files = ["ls-files", "--cached", "--others", "--exclude-standard", "--"];
    let listed = String::from_utf8(git(&[&files, pathspecs].concat(), &[])?)?;
    let listed: BTreeSet<_> = listed.lines().collect();
    let named = fs::read_to_string(dep_info).with_context(|| format!("cannot read {}", dep_info.display()))?;
    let (_, named) = named.split_once(": ").context("no names in what cargo wrote beside the program")?;
    // A space in a path is escaped. Links are followed, as the compiler does.
    let named = named.replace("\\ ", "\0");
    let named = named.split_whitespace().filter_map(|path| fs::canonicalize(path.replace('\0', " ")).ok());
    let (root, target) = (fs::canonicalize(root)?, publish::target());
    let generated = fs::canonicalize(&target).unwrap_or(target);
    let own = named.filter(|path| path.is_file() && !path.starts_with(&generated));
    let own = own.filter_map(|path| Some(path.strip_prefix(&root).ok()?.display().to_string()));
    Ok(own.filter(|path| !listed.contains(path.as_str())).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_the_inputs_do_not_have_is_named() {
        let root = workspace_root();
        if !root.join(".git").exists() {
            return; // Without git, no part is used again.
        }
        let folder = tempfile::tempdir().unwrap();
        let dep_info = folder.path().join("program.d");
        // The second is a link to README.md.
        let named = ["Cargo.toml", "crates/docs/texts/README.md", "crates/cli/src", "deny.toml"];
        let named = named.map(|path| root.join(path).display().to_string().replace(' ', "\\ "));
        fs::write(&dep_info, format!("/target/program: {}\n", named.join(" "))).unwrap();
        let unlisted = |pathspecs: &[&str]| unlisted(&dep_info, pathspecs).unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(unlisted(&["Cargo.toml", "README.md"]), ["deny.toml"]);
        assert_eq!(unlisted(&["Cargo.toml"]), ["README.md", "deny.toml"]);
    }
}
