//! A private registry on loopback, to which the crates are published as to a company's.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{
    cargo::cargo,
    dist::Report,
    process::all_output,
    publish::{cargo_in, stage},
};

/// Its name in cargo's configuration.
pub const NAME: &str = "company";
const TOKEN: &str = "made-up-token";

/// The program of the registry, which ends when this is dropped.
pub struct PrivateRegistry {
    program: Child,
    index: String,
}

impl PrivateRegistry {
    pub fn start() -> Result<Self> {
        let mut program = cargo()
            .args(["run", "--quiet", "--package", "test-registry", "--", TOKEN])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run the registry")?;
        let mut index = String::new();
        BufReader::new(program.stdout.take().context("no output of the registry")?).read_line(&mut index)?;
        ensure!(index.starts_with("sparse+http://127.0.0.1:"), "the registry does not start");
        Ok(Self { program, index: index.trim().to_owned() })
    }

    /// Returns the lines of cargo's configuration that users of a registry have.
    pub fn configuration(&self) -> String {
        format!("[registries.{NAME}]\nindex = \"{}\"\ncredential-provider = \"cargo:token\"\n", self.index)
    }

    /// Gives a command the registry and its token by the environment.
    pub fn configure<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("CARGO_REGISTRIES_COMPANY_INDEX", &self.index);
        command.env("CARGO_REGISTRIES_COMPANY_CREDENTIAL_PROVIDER", "cargo:token");
        command.env("CARGO_REGISTRIES_COMPANY_TOKEN", TOKEN);
        // A proxy can't reach this machine.
        command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1")
    }

    /// Publishes all crates. They are compiled where they are taken from the registry.
    pub fn publish(&self, report: &mut Report) -> Result<()> {
        let staged = report.folder().join("staged-private");
        stage(&staged, Some(NAME))?;
        let mut command = cargo_in(&staged);
        command.args(["publish", "--workspace", "--exclude", "test-support", "--allow-dirty", "--no-verify"]);
        command.args(["--registry", NAME]);
        let said = all_output(self.configure(&mut command))?;
        ensure!(!said.lines().any(|line| line.starts_with("warning")), "cargo publish warns:\n{said}");
        report.check("cargo publishes them to a private registry that asks for a token, without a warning");
        std::fs::remove_dir_all(&staged).context("cannot remove the copy of the workspace")
    }
}

impl Drop for PrivateRegistry {
    fn drop(&mut self) {
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}
