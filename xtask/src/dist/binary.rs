//! The command as it is released: one static program, which the archive, the image and the Debian package have in common.
//!
//! It is linked with musl, or with glibc where the standard library for musl or a C compiler for it can't be had. In both cases
//! it needs no file of the system. It has the list of its dependencies inside (`cargo auditable`), and no paths of the machine
//! that built it.

use std::{
    collections::BTreeSet,
    env::consts::ARCH,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use auditable_info::Limits;
use serde::Deserialize;
use serde_json::Value;
use test_support::workspace_root;

use super::{Report, inputs};
use crate::{
    cargo::cargo,
    tools::{cargo_tool, require, run},
};

pub const NAME: &str = "group-dispatch";

/// The files that the program is made from, with all that it has inside: the docs, the contracts and the recorded help, which is in
/// the folder of the command's tests.
pub const INPUTS: &[&str] = &[
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "CHANGELOG.md",
    "README.md",
    "crates",
    "openapi",
    ":(exclude)crates/bench",
    ":(exclude)crates/chaos",
    ":(exclude)crates/client/tests",
    ":(exclude)crates/docs/tests",
    ":(exclude)crates/end-to-end",
    ":(exclude)crates/fuzz",
    ":(exclude)crates/httpmock/tests",
    ":(exclude)crates/server/tests",
    ":(exclude)crates/simulated-vendor/tests",
    ":(exclude)crates/test-registry",
    ":(exclude)crates/types/tests",
];
const AUDITABLE: &str = "0.7.7";

/// The program, and what its archive is named by.
pub struct Binary {
    pub path: PathBuf,
    /// The target triple. It says which C library the program has inside.
    pub target: String,
    pub version: String,
}

impl Binary {
    /// The name of what is made for this target, without an extension.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{NAME}-{}-{}", self.version, self.target)
    }

    /// Returns the name and version of each package that the program says it is made from.
    ///
    /// # Errors
    /// If the program has no list of packages.
    pub fn dependencies(&self) -> Result<BTreeSet<(String, String)>> {
        let listed = auditable_info::json_from_file(&self.path, Limits::default());
        let listed = listed.with_context(|| format!("{} has no list of packages", self.path.display()))?;
        let listed: Packages = serde_json::from_str(&listed)?;
        let is_inside = |package: &Package| package.kind.is_none() || EMBEDDED.contains(&package.name.as_str());
        Ok(listed.packages.into_iter().filter(is_inside).map(|package| (package.name, package.version)).collect())
    }
}

/// Packages of which a build script puts files into the program: the list has them as dependencies of the build.
const EMBEDDED: [&str; 1] = ["scalar_api_reference"];

/// Builds the program, if it is not up to date. Reports a skip if it can't be linked with musl here.
///
/// # Errors
/// If the machine is not Linux, or the program does not compile.
pub fn build(report: &mut Report) -> Result<Binary> {
    if !cfg!(target_os = "linux") {
        bail!("the static program is built on Linux only");
    }
    let musl = format!("{ARCH}-unknown-linux-musl");
    let (target, flags) = match prepare_musl(&musl) {
        Ok(()) => (musl, &[][..]),
        Err(why) => {
            report.skip(format!("a program with musl (it has glibc instead), because {why:#}"));
            (format!("{ARCH}-unknown-linux-gnu"), &["-Ctarget-feature=+crt-static"][..])
        }
    };
    let fetched = cargo().args(["fetch", "--quiet", "--locked", "--target", &target]).status();
    if !fetched.context("cannot run cargo")?.success() {
        bail!("the dependencies can't be fetched");
    }
    let workspace = Workspace::read()?;
    let paths = PathPrefixes::of(&workspace);
    let built = Command::new(cargo_tool("cargo-auditable", AUDITABLE)?)
        .args(["auditable", "build", "--locked", "--profile", "dist", "--target", &target, "--package", NAME])
        .current_dir(workspace_root())
        .env("CARGO_ENCODED_RUSTFLAGS", paths.rustc_flags(flags).join("\x1f"))
        .env(format!("CFLAGS_{}", target.replace('-', "_")), paths.c_flags().join(" "))
        .stdin(Stdio::null())
        .status();
    if !built.context("cannot run cargo-auditable")?.success() {
        bail!("the program does not compile for {target}");
    }
    let path = workspace.target_directory.join(&target).join("dist").join(NAME);
    let unlisted = inputs::unlisted(&path.with_extension("d"), INPUTS)?;
    ensure!(unlisted.is_empty(), "the program is made from files that INPUTS in binary.rs does not have: {unlisted:?}");
    Ok(Binary { path, target, version: workspace.version()? })
}

/// Installs the standard library and the C compiler for `target`, if they are missing: SQLite and aws-lc are written in C.
fn prepare_musl(target: &str) -> Result<()> {
    let here = Path::new("/");
    run(here, "rustup", &["target", "add", target])?;
    require("musl-gcc", "musl-tools")
}

/// The list in the program.
#[derive(Deserialize)]
struct Packages {
    packages: Vec<Package>,
}

/// A part of what `cargo metadata` prints.
#[derive(Deserialize)]
struct Workspace {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    /// In the program: what only the build used has the kind `build`, and what is inside has none.
    kind: Option<Value>,
    /// By `cargo metadata`: the registry, if it comes from one.
    source: Option<Value>,
    /// By `cargo metadata`.
    #[serde(default)]
    manifest_path: PathBuf,
}

impl Workspace {
    fn read() -> Result<Self> {
        let output = cargo().args(["metadata", "--format-version", "1", "--locked"]).output();
        serde_json::from_slice(&output.context("cannot run cargo")?.stdout).context("cargo metadata failed")
    }

    fn version(&self) -> Result<String> {
        let package = self.packages.iter().find(|package| package.name == NAME);
        Ok(package.with_context(|| format!("the workspace has no package {NAME}"))?.version.clone())
    }
}

/// Folders of this machine, and what the program has in their place: in the locations of panics, and in `__FILE__`.
struct PathPrefixes(Vec<(PathBuf, &'static str)>);

impl PathPrefixes {
    fn of(workspace: &Workspace) -> Self {
        // The folders that the packages are in: others, of registries that are not used, would change the flags.
        let external = workspace.packages.iter().filter(|package| package.source.is_some());
        let folders = external.filter_map(|package| package.manifest_path.ancestors().nth(2).map(Path::to_owned));
        let folders: BTreeSet<_> = folders.collect();
        // The later of two that match is used.
        let own = [(workspace_root(), "/group-dispatch"), (workspace.target_directory.clone(), "/target")];
        Self(own.into_iter().chain(folders.into_iter().map(|folder| (folder, "/registry"))).collect())
    }

    fn rustc_flags(&self, others: &[&str]) -> Vec<String> {
        let remap = |(from, to): &(PathBuf, &str)| format!("--remap-path-prefix={}={to}", from.display());
        others.iter().map(|flag| (*flag).to_owned()).chain(self.0.iter().map(remap)).collect()
    }

    fn c_flags(&self) -> Vec<String> {
        self.0.iter().map(|(from, to)| format!("-ffile-prefix-map={}={to}", from.display())).collect()
    }
}
