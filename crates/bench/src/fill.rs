//! Databases with a world's events, made by the command itself, as an operator would.

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
    process::Process,
    stand::Stand,
    world::{KEY, TENANT, World},
};

impl Stand {
    /// The server on this run's copy of the world's SQLite database.
    ///
    /// # Errors
    /// When the database can't be made or the server not be started.
    pub async fn serve(&self, world: World) -> Result<Process> {
        self.serve_with(world, &[]).await
    }

    /// The same, with more arguments.
    ///
    /// # Errors
    /// When the database can't be made or the server not be started.
    pub async fn serve_with(&self, world: World, more: &[&str]) -> Result<Process> {
        self.serve_url(&format!("sqlite://{}", self.copy(&sqlite(self, world).await?)?.display()), more).await
    }
}

/// The world's database, from an earlier run or made now. Another layout of the tables is another file.
///
/// # Errors
/// When it can't be made.
pub async fn sqlite(stand: &Stand, world: World) -> Result<PathBuf> {
    let new = stand.work.join("new.db");
    let _ = fs::remove_file(&new);
    let url = format!("sqlite://{}", new.display());
    add_tenant(stand, &url)?;
    let tables = Connection::open(&new)?
        .query_row("SELECT group_concat(sql) FROM sqlite_schema", [], |row| row.get::<_, String>(0))?;
    let mut layout = DefaultHasher::new();
    tables.hash(&mut layout);
    let World { accounts, events, .. } = world;
    let kept = stand.data.join(format!("layout-{:x}-{accounts}-accounts-{events}-events.db", layout.finish()));
    if !kept.exists() {
        eprintln!("making a database of {} accounts and {} events", world.accounts, world.events);
        import(stand, &url, world)?;
        // A server that has run has saved what it knows.
        stand.serve_url(&url, &[]).await?.stop()?;
        fs::rename(&new, &kept).with_context(|| format!("cannot write {}", kept.display()))?;
    }
    Ok(kept)
}

/// Makes the tenant known.
///
/// # Errors
/// When the command fails.
pub fn add_tenant(stand: &Stand, url: &str) -> Result<()> {
    run(stand.command().args(["tenant", "add", &TENANT.to_string(), "--api-key", KEY, "--database", url]))
}

/// Feeds the world's events.
///
/// # Errors
/// When the command fails.
pub fn import(stand: &Stand, url: &str, world: World) -> Result<()> {
    let mut command = stand.command();
    command.args(["import", "-", "--tenant", &TENANT.to_string(), "--database", url]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut lines = BufWriter::with_capacity(1 << 20, child.stdin.take().context("import takes no lines")?);
    // Where it stops reading, what it says tells more than the broken pipe.
    let written = world.write_events(&mut lines).and_then(|()| lines.flush());
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
