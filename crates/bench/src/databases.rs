//! Databases with the events of a dataset, created by the command itself, as an operator would.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufWriter, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use rusqlite::Connection;

use crate::{
    dataset::{Dataset, KEY, TENANT},
    environment::Environment,
    process::Process,
};

impl Environment {
    /// Starts the server on this run's copy of the SQLite database.
    ///
    /// # Errors
    /// If the database can't be created, or the server does not start.
    pub async fn serve(&self, dataset: Dataset) -> Result<Process> {
        self.serve_with(dataset, &[]).await
    }

    /// Starts the server with more arguments.
    ///
    /// # Errors
    /// If the database can't be created, or the server does not start.
    pub async fn serve_with(&self, dataset: Dataset, more: &[&str]) -> Result<Process> {
        self.serve_url(&format!("sqlite://{}", self.copy(&sqlite(self, dataset).await?)?.display()), more).await
    }
}

/// Returns the SQLite database of a dataset, from an earlier run or a new one. Each layout of the tables has a file of
/// its own.
///
/// # Errors
/// If it can't be created.
pub async fn sqlite(environment: &Environment, dataset: Dataset) -> Result<PathBuf> {
    let new = environment.work.join("new.db");
    let _ = fs::remove_file(&new);
    let url = format!("sqlite://{}", new.display());
    add_tenant(environment, &url)?;
    let tables = Connection::open(&new)?
        .query_row("SELECT group_concat(sql) FROM sqlite_schema", [], |row| row.get::<_, String>(0))?;
    let mut layout = DefaultHasher::new();
    tables.hash(&mut layout);
    let Dataset { accounts, events, .. } = dataset;
    let kept = environment.data.join(format!("layout-{:x}-{accounts}-accounts-{events}-events.db", layout.finish()));
    if !kept.exists() {
        eprintln!("creating a database of {} accounts and {} events", dataset.accounts, dataset.events);
        import(environment, &url, dataset)?;
        // A run of the server saves a snapshot.
        environment.serve_url(&url, &[]).await?.stop()?;
        fs::rename(&new, &kept).with_context(|| format!("cannot write {}", kept.display()))?;
    }
    Ok(kept)
}

/// Adds the tenant.
///
/// # Errors
/// If the command fails.
pub fn add_tenant(environment: &Environment, url: &str) -> Result<()> {
    run(environment.command().args(["tenant", "add", &TENANT.to_string(), "--api-key", KEY, "--database", url]))
}

/// Imports the events of a dataset.
///
/// # Errors
/// If the command fails.
pub fn import(environment: &Environment, url: &str, dataset: Dataset) -> Result<()> {
    let mut command = environment.command();
    command.args(["import", "-", "--tenant", &TENANT.to_string(), "--database", url]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut lines = BufWriter::with_capacity(1 << 20, child.stdin.take().context("import has no standard input")?);
    // If the import fails, its error is more useful than the broken pipe.
    let written = dataset.write_events(&mut lines).and_then(|()| lines.flush());
    drop(lines);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("import failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(written?)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!("{} failed: {}", command.get_program().display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
