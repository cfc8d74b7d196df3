//! Programs outside of the workspace, which take the crates as other teams do.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use test_support::{copy_workspace, workspace_root};
use toml_edit::{InlineTable, Item, TableLike, value};

use super::{
    private_registry::{NAME, PrivateRegistry},
    version::version,
};
use crate::{
    dist::Report,
    process::all_output,
    publish::{cargo_in, copy, edit},
};

/// The examples in Rust.
const EXAMPLES: [&str; 4] = ["account-router", "ban-alert", "nightly-report", "online-page"];
/// The one that is taken by git and from a vendor folder as well: the others need more dependencies.
const SMALLEST: &str = "account-router";

/// A folder outside of the workspace.
pub struct Outside {
    folder: TempDir,
    version: String,
}

impl Outside {
    pub fn new() -> Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, version: version()? })
    }

    /// Takes the crates from the private registry, for every example.
    pub fn by_registry(&self, report: &mut Report, registry: &PrivateRegistry) -> Result<()> {
        let consumers = self.consumers("registry", &EXAMPLES, |krate| {
            krate.insert("version", self.version.as_str().into());
            krate.insert("registry", NAME.into());
        })?;
        write_configuration(&consumers, &registry.configuration())?;
        all_output(registry.configure(cargo_in(&consumers).args(["test", "--workspace"])))?;
        let lock = fs::read_to_string(consumers.join("Cargo.lock"))?;
        let packages = lock.split("[[package]]");
        let ours: Vec<_> = packages.filter(|package| package.contains("\nname = \"group-dispatch-")).collect();
        let is_from_registry = |package: &&str| package.contains("\nsource = \"sparse+http://127.0.0.1:");
        ensure!(!ours.is_empty() && ours.iter().all(is_from_registry), "not from the registry");
        report.check("every example in Rust takes the crates from the private registry, and passes its tests");
        Ok(())
    }

    /// Installs the command from the private registry, and runs it.
    pub fn install_command(&self, report: &mut Report, registry: &PrivateRegistry) -> Result<()> {
        let root = self.folder.path().join("installed");
        let mut install = cargo_in(self.folder.path());
        install.args(["install", "group-dispatch", "--registry", NAME, "--locked", "--debug", "--root"]).arg(&root);
        all_output(registry.configure(&mut install))?;
        let said = all_output(Command::new(root.join("bin/group-dispatch")).args(["demo", "--once"]))?;
        ensure!(said.contains("queryUserStatus"), "the demo of the installed command prints no queries:\n{said}");
        report.check(
            "cargo installs the command from the private registry, with the versions of its Cargo.lock; its demo runs",
        );
        Ok(())
    }

    /// Takes the crates by the tag of a bare repository, which has the files of this workspace.
    pub fn by_git(&self, report: &mut Report) -> Result<()> {
        let (checkout, bare) = (self.folder.path().join("checkout"), self.folder.path().join("group-dispatch.git"));
        copy_workspace(&checkout)?;
        let tag = format!("v{}", self.version);
        let git = |arguments: &[&str]| {
            let author = ["-c", "user.name=dist", "-c", "user.email=dist@localhost", "-c", "commit.gpgsign=false"];
            all_output(Command::new("git").args(author).args(arguments).current_dir(&checkout)).map(drop)
        };
        git(&["init", "--quiet"])?;
        git(&["add", "--all"])?;
        git(&["commit", "--quiet", "--message", "Release"])?;
        git(&["tag", &tag])?;
        git(&["clone", "--quiet", "--bare", ".", &bare.display().to_string()])?;
        let address = format!("file://{}", bare.display());
        let consumers = self.consumers("git", &[SMALLEST], |krate| {
            krate.insert("git", address.as_str().into());
            krate.insert("tag", tag.as_str().into());
        })?;
        all_output(cargo_in(&consumers).args(["test", "--workspace"]))?;
        report.check(format!("{SMALLEST} takes the crates by git, at the tag {tag}, and passes its tests"));
        Ok(())
    }

    /// Copies the crates into a vendor folder, stops the registry, and compiles with an empty home of cargo and no network.
    pub fn vendored(&self, report: &mut Report, registry: PrivateRegistry) -> Result<()> {
        let consumers = self.consumers("vendored", &[SMALLEST], |krate| {
            krate.insert("version", self.version.as_str().into());
            krate.insert("registry", NAME.into());
        })?;
        write_configuration(&consumers, &registry.configuration())?;
        let vendor = registry.configure(cargo_in(&consumers).arg("vendor")).output()?;
        ensure!(vendor.status.success(), "cargo vendor failed:\n{}", String::from_utf8_lossy(&vendor.stderr));
        let sources = String::from_utf8(vendor.stdout).context("the configuration that cargo vendor prints")?;
        write_configuration(&consumers, &format!("{}\n{sources}", registry.configuration()))?;
        drop(registry);
        let mut test = cargo_in(&consumers);
        test.args(["test", "--workspace", "--offline", "--locked"]).env("CARGO_HOME", consumers.join("empty-home"));
        // Of its own: the sources of all dependencies are in another folder, so that cargo would replace what it built of them.
        all_output(test.env("CARGO_TARGET_DIR", consumers.join("target")))?;
        report.check(format!("{SMALLEST} passes its tests offline, from a vendor folder, with an empty home of cargo"));
        Ok(())
    }

    /// Copies examples to a workspace of their own, where they take the crates in another way. The versions of all other
    /// dependencies are those of this workspace.
    fn consumers(&self, way: &str, examples: &[&str], take: impl Fn(&mut InlineTable)) -> Result<PathBuf> {
        let folder = self.folder.path().join(way);
        for example in examples {
            copy(&workspace_root().join("packaging/examples").join(example), &folder.join(example), &["target"])?;
            edit(&folder.join(example).join("Cargo.toml"), |manifest| {
                for kind in ["dependencies", "dev-dependencies"] {
                    if let Some(dependencies) = manifest.get_mut(kind).and_then(Item::as_table_like_mut) {
                        take_crates(dependencies, &take);
                    }
                }
            })?;
        }
        let members = examples.iter().map(|example| format!("{example:?}")).collect::<Vec<_>>().join(", ");
        fs::write(folder.join("Cargo.toml"), format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"))?;
        copy(&workspace_root().join("Cargo.lock"), &folder.join("Cargo.lock"), &[])?;
        Ok(folder)
    }
}

/// Replaces the paths of this workspace's crates.
fn take_crates(dependencies: &mut dyn TableLike, take: &impl Fn(&mut InlineTable)) {
    for (_, dependency) in dependencies.iter_mut() {
        if let Some(mut krate) = dependency.as_inline_table().filter(|krate| krate.contains_key("path")).cloned() {
            krate.remove("path");
            take(&mut krate);
            *dependency = value(krate);
        }
    }
}

fn write_configuration(consumers: &Path, configuration: &str) -> Result<()> {
    fs::create_dir_all(consumers.join(".cargo"))?;
    fs::write(consumers.join(".cargo/config.toml"), configuration).context("cannot write the configuration of cargo")
}
