//! The programs of PostgreSQL on this machine, for the benchmark and the campaign, which start clusters of their own.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// Returns the folder of the newest PostgreSQL that Debian installed, or of the one on the path; `None` if there is none.
#[must_use]
pub fn programs() -> Option<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed.max_by_key(|version| version.file_name().to_string_lossy().parse().unwrap_or(0_u32));
    newest.map(|newest| newest.path().join("bin")).or_else(|| {
        let output = Command::new("pg_config").arg("--bindir").output().ok()?;
        output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
    })
}

/// Creates a folder that PostgreSQL may write to.
///
/// # Errors
/// If it can't be created, or the user `postgres` can't reach it.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    if is_root() {
        check(Command::new("chown").arg("postgres:postgres").arg(folder))?;
        check(Command::new("chmod").arg("700").arg(folder))?;
        check(command_as_postgres(Path::new("test")).arg("-w").arg(folder))?;
    }
    Ok(())
}

/// Returns a command as a user that PostgreSQL accepts: not root.
#[must_use]
pub fn command_as_postgres(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| status.lines().any(|line| line.starts_with("Uid:\t0\t")))
}

fn check(command: &mut Command) -> io::Result<()> {
    if command.output()?.status.success() {
        return Ok(());
    }
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    let program = command.get_program().to_string_lossy();
    Err(io::Error::other(format!("{program} {} failed; the user postgres has to reach the folder", words.join(" "))))
}
