//! The program behind `cargo xtask`: one subcommand for each task.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use test_support::workspace_root;
use xtask::{
    api,
    cargo::cargo,
    check, compat,
    contract::{CONTRACTS, QUERIES},
    dependencies, dist, docs, layers, lint, policy, prose, publish,
    release::{self, Git},
    semver_check, tools,
};

/// The workspace's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate code from the contracts in openapi/, and the sample.
    Codegen,
    /// Write the docs as a static site to target/site, or publish them as a version beside others.
    Docs {
        /// Write them into this folder as a version beside those that are there: FOLDER/2.1, after the contract's version, and
        /// FOLDER/latest if it is the highest. The folder can be put on any host of files.
        #[arg(long, value_name = "FOLDER")]
        publish: Option<PathBuf>,
        /// The address that the folder has on its host, for canonical links, the sitemap, previews and the feed.
        #[arg(long, value_name = "URL", requires = "publish")]
        base_url: Option<String>,
    },
    /// Check the contracts in openapi/ against their style guide.
    Lint {
        /// Print the style guide instead.
        #[arg(long)]
        rules: bool,
    },
    /// List the changes of the contracts since the last release, which programs they break, and the versions they need.
    #[command(after_help = compat::HELP)]
    Compat {
        /// Compare only this contract, by its file.
        #[arg(long, value_name = "PATH", value_parser = CONTRACTS.map(|entry| entry.path))]
        only: Option<String>,
        /// Compare with this file instead of the highest released version: the contract of the queries, or that of --only.
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// Compare the public API of the published crates with their public-api.txt.
    Api {
        /// The folders of the crates; all of them by default.
        #[arg(value_parser = api::CRATES, default_values = api::CRATES)]
        crates: Vec<String>,
        /// Write the files instead.
        #[arg(long)]
        write: bool,
    },
    /// Measure the server, and write a report with plots to target/bench; `cargo xtask bench --help` lists the options.
    #[command(disable_help_flag = true)]
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Break the server and its database while events are fed, and compare what was acknowledged with what is there;
    /// `cargo xtask chaos --help` lists the options.
    #[command(disable_help_flag = true)]
    Chaos {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Run every check of the contracts, the generated files, the layers, the words and the public API.
    Check,
    /// Count the crates that a program gets with each of ours, and those that a direct dependency alone brings.
    Dependencies,
    /// Build what is released, into target/packages: a line for each artifact.
    Dist {
        /// Try what was built as its users do, and print each check, and each skip with its reason.
        #[arg(long)]
        check: bool,
        /// Build only these parts; all of them by default.
        #[arg(long, value_name = "PART")]
        only: Vec<String>,
    },
    /// List the imports that break the layer rule of their crate.
    Layers,
    /// List the words that comments, messages and documents avoid, and what to write instead.
    Prose {
        /// Read these files and folders instead of those that must have no findings.
        #[arg(default_values = prose::CLEAN, hide_default_value = true)]
        paths: Vec<String>,
    },
    /// Publish the crates, to crates.io or to a private registry.
    Publish {
        /// The name of the registry in cargo's configuration; crates.io by default.
        #[arg(long, value_name = "NAME")]
        registry: Option<String>,
        /// Package and compile the crates, and upload nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Check what the README promises about versions of Rust, changelogs and released contracts.
    Policy,
    /// Make a release: versions, changelogs, released contracts, a commit, tags, and archives.
    #[command(after_help = release::HELP)]
    Release {
        /// The version, or the part of it that grows.
        #[arg(value_name = "LEVEL|VERSION")]
        version: Option<String>,
        /// Print what the release consists of, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Sign the commit, the tags and the sums of the archives with the key that git is configured with.
        #[arg(long)]
        sign: bool,
        /// Neither compare the API with the last release nor build and try the packages.
        #[arg(long)]
        unchecked: bool,
    },
    /// Copy the contracts to openapi/released, if their versions fit their changes.
    ReleaseContract,
    /// Print which changes of the public API break programs since the last release, and the level that they need.
    Semver {
        /// Compare with this revision instead.
        #[arg(long, value_name = "REVISION")]
        against: Option<String>,
    },
    /// Install the validators and generators that the tests use, from PyPI, npm and Debian. Prints the kinds that can't be
    /// installed here.
    Tools,
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        // Without a backtrace, which `main` would print: the fault is in a file of the workspace.
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> Result<ExitCode> {
    if let Some(ended) = api::in_place_of_rustdoc()? {
        return Ok(ended);
    }
    let out = &mut io::stdout();
    let is_well = match Arguments::parse().task {
        Task::Codegen => codegen()?,
        Task::Docs { publish, base_url } => docs::write(publish.as_deref(), base_url.as_deref())?,
        Task::Lint { rules: true } => style_guide(out)?,
        Task::Lint { rules: false } => lint(out)?,
        Task::Compat { only, against } => compat(out, only.as_deref(), against.as_deref())?,
        Task::Api { crates, write } => api(out, &crates, write)?,
        Task::Bench { arguments } => bench(&arguments)?,
        Task::Chaos { arguments } => chaos(&arguments)?,
        Task::Check => check::check(out)?,
        Task::Dependencies => dependencies::print(out).map(|()| true)?,
        Task::Dist { check, only } => dist::dist(out, &only, check)?,
        Task::Layers => layers(out)?,
        Task::Policy => policy(out)?,
        Task::Prose { paths } => prose(out, &paths)?,
        Task::Publish { registry, dry_run } => publish::publish(registry.as_deref(), dry_run)?,
        Task::Release { version, dry_run, sign, unchecked } => {
            let options = release::Options { version, dry_run, sign, unchecked };
            release::release(out, &workspace_root(), &options)?;
            true
        }
        Task::ReleaseContract => release_contract(out)?,
        Task::Semver { against } => semver(out, against)?,
        Task::Tools => tools(out)?,
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the snapshot test in its writing mode, so that writing and comparing are the same code.
fn codegen() -> Result<bool> {
    let status = cargo()
        .args(["test", "--quiet", "--package", "xtask", "--test", "it", "codegen::"])
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1")
        .status()
        .context("cannot run cargo")?;
    Ok(status.success())
}

fn lint(out: &mut impl Write) -> Result<bool> {
    let findings: Vec<_> = lint::load()?.iter().flat_map(lint::findings).collect();
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    match findings.len() {
        0 => writeln!(out, "no findings")?,
        1 => writeln!(out, "1 finding")?,
        many => writeln!(out, "{many} findings")?,
    }
    Ok(findings.is_empty())
}

fn style_guide(out: &mut impl Write) -> Result<bool> {
    for lint::Rule { name, asks, why, .. } in lint::rules() {
        writeln!(out, "{name}\n    {asks}\n    Why: {why}\n")?;
    }
    Ok(true)
}

fn compat(out: &mut impl Write, only: Option<&str>, against: Option<&Path>) -> Result<bool> {
    // A file is compared with one contract.
    let only = only.or(against.map(|_| QUERIES.path));
    let mut are_content = true;
    for entry in CONTRACTS.iter().filter(|entry| only.is_none_or(|only| only == entry.path)) {
        let verdict = compat::of_workspace(entry, against)?;
        write!(out, "{}\n{verdict}", entry.path)?;
        are_content &= verdict.errors.is_empty();
    }
    Ok(are_content)
}

fn api(out: &mut impl Write, crates: &[String], write: bool) -> Result<bool> {
    let outcome = if write { api::write(crates)? } else { api::compare(crates)? };
    writeln!(out, "{outcome}")?;
    Ok(!matches!(outcome, api::Outcome::Changed(_)))
}

fn release_contract(out: &mut impl Write) -> Result<bool> {
    for (path, entry) in release::record(&workspace_root())?.iter().zip(CONTRACTS) {
        writeln!(out, "{} holds {}", path.display(), entry.path)?;
    }
    Ok(true)
}

fn policy(out: &mut impl Write) -> Result<bool> {
    let report = policy::check(&workspace_root())?;
    for finding in &report.findings {
        writeln!(out, "{finding}")?;
    }
    if report.findings.is_empty() {
        writeln!(out, "{}", report.summary)?;
    }
    Ok(report.findings.is_empty())
}

fn semver(out: &mut impl Write, against: Option<String>) -> Result<bool> {
    let root = workspace_root();
    let last = || Ok::<_, anyhow::Error>(Git::of(&root)?.last_release()?.map(|version| format!("v{version}")));
    let Some(revision) = against.map_or_else(last, |revision| Ok(Some(revision)))? else {
        writeln!(
            out,
            "skipped: nothing is released yet, so that there is nothing to compare with (--against REVISION)"
        )?;
        return Ok(true);
    };
    let changes = semver_check::changes(&root, &revision)?;
    writeln!(out, "{}the API since {revision} needs a {} version at least", changes.report, changes.level)?;
    Ok(true)
}

fn layers(out: &mut impl Write) -> Result<bool> {
    let findings = layers::findings(&workspace_root(), layers::RULES)?;
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    Ok(findings.is_empty())
}

fn prose(out: &mut impl Write, paths: &[String]) -> Result<bool> {
    let findings = prose::findings(&workspace_root(), paths)?;
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    Ok(findings.is_empty())
}

fn tools(out: &mut impl Write) -> Result<bool> {
    for kind in tools::install()? {
        writeln!(out, "{kind}")?;
    }
    Ok(true)
}

/// Runs the program of the docs crate through cargo, because that crate may not compile.
fn bench(arguments: &[OsString]) -> Result<bool> {
    tools::install_for_bench()?;
    run_beside_command("group-dispatch-bench", "dist", arguments)
}

/// The quick campaign runs in CI, where the programs of the tests are built already.
fn chaos(arguments: &[OsString]) -> Result<bool> {
    let is_quick = arguments.iter().any(|argument| argument == "--quick" || argument == "--help");
    run_beside_command("group-dispatch-chaos", if is_quick { "dev" } else { "release" }, arguments)
}

/// Builds the command, then runs the program that measures or breaks it. Two calls of cargo: in one, the command would be
/// built with the features that the other program needs of shared crates.
fn run_beside_command(package: &str, profile: &str, arguments: &[OsString]) -> Result<bool> {
    let built = cargo().args(["build", "--profile", profile, "--package", "group-dispatch"]).status();
    if !built.context("cannot run cargo")?.success() {
        return Ok(false);
    }
    let status = cargo().args(["run", "--profile", profile, "--package", package, "--"]).args(arguments).status();
    Ok(status.context("cannot run cargo")?.success())
}
