//! A user with a file of profiles.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use super::{RunResult, command, run, to_result};

/// A user with a configuration folder.
pub struct User {
    pub folder: tempfile::TempDir,
}

impl User {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("group-dispatch").join("config.toml")
    }

    pub fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    /// Writes the file, readable by the user only.
    pub fn writes(&self, text: &str) {
        fs::create_dir_all(self.file().parent().unwrap()).unwrap();
        fs::write(self.file(), text).unwrap();
        self.permit(0o600);
    }

    pub fn permit(&self, mode: u32) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(self.file(), fs::Permissions::from_mode(mode)).unwrap();
        }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command();
        command.args(arguments).env("XDG_CONFIG_HOME", self.folder.path()).env("APPDATA", self.folder.path());
        command
    }

    pub fn says(&self, arguments: &[&str]) -> RunResult {
        run(&mut self.command(arguments))
    }

    /// Runs `login` with a key on standard input.
    pub fn logs_in(&self, key: &str, arguments: &[&str]) -> RunResult {
        to_result(self.login(key, arguments).wait_with_output().unwrap())
    }

    /// Starts `login` with a key on standard input.
    pub fn login(&self, key: &str, arguments: &[&str]) -> Child {
        let arguments = [&["login", "--api-key-stdin"], arguments].concat();
        let mut child = self
            .command(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The command may exit before it reads the key.
        let _ = child.stdin.take().unwrap().write_all(format!("{key}\n").as_bytes());
        child
    }
}
