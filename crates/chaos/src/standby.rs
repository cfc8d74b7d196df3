//! Standbys of PostgreSQL: how a cluster becomes one, and how it becomes the primary.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use test_support::postgres::command_as_postgres;

use crate::{
    cluster::{Cluster, START_TIMEOUT},
    process::{run, wait_until},
};

impl Cluster {
    /// Makes a standby the primary.
    ///
    /// # Errors
    /// If it does not become one.
    pub fn promote(&self) -> Result<()> {
        let promoted = self.sql("SELECT pg_promote(true, 60)")?;
        if promoted.trim() != "t" {
            bail!("the standby {} did not become the primary", self.name);
        }
        wait_until("the new primary takes writes", START_TIMEOUT, || Ok(self.takes_writes()))
    }

    /// Makes the files a standby's, by a copy of all that the primary has.
    ///
    /// # Errors
    /// If `pg_basebackup` fails.
    pub fn copy_from(&self, primary: &Self) -> Result<()> {
        if self.data.exists() {
            fs::remove_dir_all(&self.data).with_context(|| format!("cannot remove {}", self.data.display()))?;
        }
        let mut backup = self.program("pg_basebackup");
        backup.args(["--dbname", &self.source(primary), "--checkpoint=fast", "--no-sync", "--pgdata"]).arg(&self.data);
        run(&mut backup)?;
        self.follow(primary)
    }

    /// Makes the files of a former primary a standby's, by taking back what the new primary does not have.
    ///
    /// # Errors
    /// If `pg_rewind` fails, for example because log files are missing.
    pub fn rewind_to(&self, primary: &Self) -> Result<()> {
        let mut rewind = self.program("pg_rewind");
        rewind.args(["--source-server", &self.source(primary), "--no-sync", "--target-pgdata"]).arg(&self.data);
        run(&mut rewind)?;
        self.follow(primary)
    }

    fn source(&self, primary: &Self) -> String {
        format!("{} application_name={}", primary.conninfo("postgres"), self.name)
    }

    /// Configures a standby that is stopped.
    ///
    /// # Errors
    /// If the files can't be written.
    pub fn follow(&self, primary: &Self) -> Result<()> {
        let file = self.data.join("postgresql.auto.conf");
        let settings = fs::read_to_string(&file).unwrap_or_default();
        let is_kept = |line: &&str| {
            !["primary_conninfo", "synchronous_standby_names", "default_transaction_read_only"]
                .iter()
                .any(|name| line.starts_with(name))
        };
        let kept: String = settings.lines().filter(is_kept).map(|line| format!("{line}\n")).collect();
        fs::write(&file, format!("{kept}primary_conninfo = '{}'\n", self.source(primary)))?;
        run(command_as_postgres(Path::new("touch")).arg(self.data.join("standby.signal"))).map(drop)
    }
}
