//! Databases with a world's events, made by the command itself, as an operator would.

use std::{
    fs,
    io::{BufWriter, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use rusqlite::Connection;

use crate::{
    stand::Stand,
    world::{KEY, TENANT, World},
};

/// The world's database, from an earlier run or made now. Another layout of the tables is another file.
///
/// # Errors
/// When it can't be made.
pub async fn sqlite(stand: &Stand, world: World) -> Result<PathBuf> {
    let new = stand.work.join("new.db");
    let _ = fs::remove_file(&new);
    let url = format!("sqlite://{}", new.display());
    add_tenant(stand, &url)?;
    let layout: i64 = Connection::open(&new)?.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let kept = stand.data.join(format!("layout-{layout}-{}-accounts-{}-events.db", world.accounts, world.events));
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
