//! The key of a part of a release: equal keys mean that the part would be built from the same files.

use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

use anyhow::{Context, Result};
use test_support::workspace_root;

use crate::{process::output, publish, release::Git};

/// Returns a hash of the version of Rust and the files that match `pathspecs`, with changes that are not committed, or `None`
/// outside a checkout.
///
/// # Errors
/// If git or rustc fails.
pub fn key(pathspecs: &[&str], check: bool) -> Result<Option<String>> {
    let root = workspace_root();
    if !root.join(".git").exists() {
        return Ok(None);
    }
    let git = Git::of(&root)?;
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut content = output(Command::new(rustc).arg("-vV"))?.into_bytes();
    content.extend(format!("check: {check}\n").bytes());
    if !pathspecs.is_empty() {
        let list = |arguments: &[&str]| git.bytes(&[arguments, &["--"], pathspecs].concat());
        content.extend(list(&["ls-files", "--stage"])?);
        content.extend(list(&["diff", "HEAD", "--binary"])?);
        for path in String::from_utf8_lossy(&list(&["ls-files", "--others", "--exclude-standard"])?).lines() {
            content.extend(path.bytes());
            content.extend(fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?);
        }
    }
    git.run_with_input(&["hash-object", "--stdin"], &content).map(Some)
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
    let listed = Git::of(&root)?.run(&[&files, pathspecs].concat())?;
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
