//! git, run in one checkout.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use semver::Version;

use crate::process::finish;

/// A checkout.
#[derive(Debug)]
pub struct Git {
    root: PathBuf,
}

impl Git {
    /// Returns the checkout whose top folder is `root`.
    ///
    /// # Errors
    /// If `root` is none, or there is no git.
    pub fn of(root: &Path) -> Result<Self> {
        let git = Self { root: root.to_owned() };
        ensure!(root.join(".git").exists(), "{} is not a git checkout", root.display());
        git.run(&["rev-parse", "--verify", "--quiet", "HEAD"]).context("the checkout has no commit")?;
        Ok(git)
    }

    /// The top folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Runs git and returns what it prints, without the line break at the end.
    ///
    /// # Errors
    /// If it fails, with what it prints.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes(arguments)?).trim_end().to_owned())
    }

    /// Runs git and returns what it prints, as it is.
    ///
    /// # Errors
    /// If it fails, with what it prints.
    pub fn bytes(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        self.bytes_with_input(arguments, b"")
    }

    /// Runs git with an input and returns what it prints, without the line break at the end.
    ///
    /// # Errors
    /// If it fails, with what it prints.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes_with_input(arguments, input)?).trim_end().to_owned())
    }

    fn bytes_with_input(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
        Ok(finish(Command::new("git").args(arguments).current_dir(&self.root), input)?.stdout)
    }

    /// Returns whether a tag exists.
    #[must_use]
    pub fn has_tag(&self, name: &str) -> bool {
        self.run(&["rev-parse", "--verify", "--quiet", &format!("refs/tags/{name}")]).is_ok()
    }

    /// Returns the highest version that is released before this commit, by the tags `v1.2.3`.
    ///
    /// # Errors
    /// If git fails.
    pub fn last_release(&self) -> Result<Option<Version>> {
        let tags = self.run(&["tag", "--list", "v*", "--merged", "HEAD"])?;
        Ok(tags.lines().filter_map(|tag| Version::parse(tag.strip_prefix('v')?).ok()).max())
    }
}
