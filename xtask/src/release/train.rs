//! A release while it is made, in a work tree of its own, and its way into the checkout.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};

use super::{
    archive::{sign, write_source_archive, write_sums},
    changelog, contracts,
    git::Git,
    plan::Plan,
    versions,
};
use crate::{
    cargo::cargo,
    dist,
    semver_check::{self, Changes, Level},
};

/// The commit of a release in `target/release-train`, which goes with this value.
pub struct Train<'a> {
    checkout: &'a Git,
    plan: &'a Plan,
    /// The work tree of the commit.
    tree: Git,
    commit: String,
}

impl<'a> Train<'a> {
    /// Makes the work tree, the edits and the commit.
    ///
    /// # Errors
    /// If a step fails. The work tree is gone then.
    pub fn prepare(checkout: &'a Git, plan: &'a Plan, is_signed: bool) -> Result<Self> {
        let folder = checkout.root().join("target/release-train");
        remove_work_tree(checkout, &folder);
        let path = folder.to_str().context("the path of the checkout is not UTF-8")?;
        checkout.run(&["worktree", "add", "--quiet", "--detach", path, "HEAD"])?;
        let tree = Git::of(&folder)?;
        let mut train = Self { checkout, plan, tree, commit: String::new() };
        train.edit()?;
        // The folder `target` is ignored, and with it nothing that a build leaves behind is committed.
        train.tree.run(&["add", "--all"])?;
        let message = format!("Release {}", plan.version);
        let signing: &[&str] = if is_signed { &["--gpg-sign"] } else { &[] };
        train.tree.run(&[&["commit", "--quiet", "--message", &message], signing].concat())?;
        train.commit = train.tree.run(&["rev-parse", "HEAD"])?;
        Ok(train)
    }

    fn edit(&self) -> Result<()> {
        let Plan { manifest, version, date, .. } = self.plan;
        versions::set(&self.tree, manifest, version)?;
        for path in manifest.changelogs().map(|path| self.tree.root().join(path)) {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let released = changelog::release(&text, version, date);
            let released = released.map_err(|fault| anyhow!("{} {fault}", path.display()))?;
            fs::write(&path, released).with_context(|| format!("cannot write {}", path.display()))?;
        }
        if !self.plan.contracts.is_empty() {
            contracts::record(self.tree.root())?;
        }
        // The requirements between the crates and the lock file must fit the version.
        let metadata = cargo()
            .args(["metadata", "--locked", "--format-version", "1"])
            .current_dir(self.tree.root())
            .output()
            .context("cannot run cargo")?;
        if !metadata.status.success() {
            bail!(
                "Cargo.toml and Cargo.lock don't fit version {version}: {}",
                String::from_utf8_lossy(&metadata.stderr)
            );
        }
        Ok(())
    }

    /// Returns the files that the commit changes.
    ///
    /// # Errors
    /// If git fails.
    pub fn summary(&self) -> Result<String> {
        self.tree.run(&["show", "--stat", "--format=commit     %s%n", &self.commit])
    }

    /// Compares the API with that of the last release, by the versions of both.
    ///
    /// # Errors
    /// If the new version is too low for the changes.
    pub fn compare_api(&self, out: &mut impl Write) -> Result<()> {
        let Some(last) = &self.plan.last else {
            writeln!(out, "skipped: the API is not compared, because nothing was released before")?;
            return Ok(());
        };
        let changes = semver_check::changes(self.tree.root(), &format!("v{last}"))?;
        let level = Level::between(last, &self.plan.version);
        if changes.level > level {
            let Changes { level: needed, report } = changes;
            bail!("{report}the API needs a {needed} version after {last}, and {} is a {level} one", self.plan.version);
        }
        writeln!(out, "API        a {level} version; its changes since {last} need a {} one at least", changes.level)?;
        Ok(())
    }

    /// Builds and tries what is released, in the work tree of the commit.
    ///
    /// # Errors
    /// If a part fails.
    pub fn build_packages(&self) -> Result<()> {
        let target = self.checkout.root().join("target");
        // What was installed for the checkout serves here, too.
        #[cfg(unix)]
        if target.join("tools").exists() {
            let own = self.tree.root().join("target");
            fs::create_dir_all(&own).with_context(|| format!("cannot make {}", own.display()))?;
            std::os::unix::fs::symlink(target.join("tools"), own.join("tools")).context("cannot link the tools")?;
        }
        let status = cargo()
            .args(["xtask", "dist", "--check"])
            .current_dir(self.tree.root())
            .env("CARGO_TARGET_DIR", env::var_os("CARGO_TARGET_DIR").map_or(target, PathBuf::from))
            .env_remove("CARGO_MANIFEST_DIR")
            .status()
            .context("cannot run cargo")?;
        if !status.success() {
            bail!("a package can't be built or does not work: cargo xtask dist --check");
        }
        Ok(())
    }

    /// Writes the source archive and the sums of all files for users, and signs the sums. Returns the archive's name.
    ///
    /// # Errors
    /// If a file can't be written, or there is no key.
    pub fn write_archives(&self, is_signed: bool) -> Result<String> {
        let packages = packages(&self.tree);
        let archive = write_source_archive(&self.tree, &self.commit, &self.plan.version, &packages.join("source"))?;
        let mut files = dist::artifacts(self.tree.root())?;
        files.push(archive.clone());
        let sums = write_sums(&packages, &files)?;
        if is_signed {
            sign(&self.tree, &sums, "file")?;
        }
        Ok(archive.strip_prefix(self.tree.root()).unwrap_or(&archive).display().to_string())
    }

    /// Makes the tags, moves the branch of the checkout to the commit, and the packages to `target/packages`. The tags and the
    /// branch change in one transaction of git, so that a process that is killed leaves all of them or none.
    ///
    /// # Errors
    /// If a tag can't be made, or the branch can't be moved. Then there are no tags, and the branch is where it was.
    pub fn take_over(self, is_signed: bool) -> Result<()> {
        let branch = format!("refs/heads/{}", self.plan.branch);
        let (before, after) = (self.checkout.run(&["rev-parse", "HEAD"])?, &self.commit);
        let (mut forth, mut back) =
            (format!("update {branch} {after} {before}\n"), format!("update {branch} {before} {after}\n"));
        for tag in self.plan.tags() {
            let object = self.tag_object(&tag, is_signed)?;
            forth += &format!("create refs/tags/{tag} {object}\n");
            back += &format!("delete refs/tags/{tag} {object}\n");
        }
        let update = ["update-ref", "--stdin", "-m"];
        let message = format!("Release {}", self.plan.version);
        self.checkout.run_with_input(&[&update, [message.as_str()].as_slice()].concat(), forth.as_bytes())?;
        // `git merge` would begin with the files, and leave them if the branch is refused.
        if let Err(error) = self.checkout.run(&["read-tree", "-m", "-u", &before, after]) {
            self.checkout.run_with_input(&[&update, ["No release"].as_slice()].concat(), back.as_bytes())?;
            return Err(error);
        }
        let (built, packages) = (packages(&self.tree), packages(self.checkout));
        let remove = |folder: &Path| if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) };
        remove(&packages)
            .and_then(|()| fs::rename(&built, &packages))
            .context("the release is made, but its archives are not in target/packages: cargo xtask dist")
    }

    /// Makes a tag of the commit that has no name yet, as `git tag` does, and returns its hash.
    fn tag_object(&self, tag: &str, is_signed: bool) -> Result<String> {
        let tagger = self.checkout.run(&["var", "GIT_COMMITTER_IDENT"])?;
        let mut object = format!("object {}\ntype commit\ntag {tag}\ntagger {tagger}\n\n{tag}\n", self.commit);
        if is_signed {
            let file = self.tree.root().join("target").join(format!("{tag}.tag"));
            fs::write(&file, &object).with_context(|| format!("cannot write {}", file.display()))?;
            let signature = sign(&self.tree, &file, "git")?;
            object +=
                &fs::read_to_string(&signature).with_context(|| format!("cannot read {}", signature.display()))?;
        }
        self.checkout.run_with_input(&["mktag"], object.as_bytes())
    }
}

impl Drop for Train<'_> {
    fn drop(&mut self) {
        remove_work_tree(self.checkout, self.tree.root());
    }
}

fn packages(git: &Git) -> PathBuf {
    git.root().join("target/packages")
}

/// Removes a work tree, also what a release that was killed left of it.
fn remove_work_tree(git: &Git, folder: &Path) {
    let _ = git.run(&["worktree", "remove", "--force", &folder.display().to_string()]);
    let _ = fs::remove_dir_all(folder);
    let _ = git.run(&["worktree", "prune"]);
}
