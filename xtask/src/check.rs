//! `cargo xtask check`: whether everything that follows from the contract still does.

use std::{
    io::{self, IsTerminal, Write},
    process::Output,
};

use anyhow::Result;

use crate::cargo::cargo;

/// One thing that has to hold.
struct Part {
    name: &'static str,
    /// What cargo is asked; all of it has to succeed.
    commands: &'static [&'static [&'static str]],
    holds: &'static str,
    fails: &'static str,
    /// What mends it.
    remedy: &'static str,
}

const PARTS: &[Part] = &[
    Part {
        name: "codegen",
        commands: &[&["test", "--quiet", "--package", "xtask", "--test", "codegen"]],
        holds: "the generated files are what the contract says",
        fails: "the generated files are not what the contract says",
        remedy: "cargo xtask codegen",
    },
    Part {
        name: "loop",
        commands: &[
            &["test", "--quiet", "--package", "group-dispatch-server", "--test", "contract"],
            &["test", "--quiet", "--package", "group-dispatch-types", "--lib", "agreement_with_contract"],
        ],
        holds: "handlers and types say what the contract says, the whole of it",
        fails: "handlers or types say something else than the contract",
        remedy: "change the one or the other; the difference is below",
    },
    Part {
        name: "lint",
        commands: &[&["xtask", "lint"]],
        holds: "the contract keeps to its style guide",
        fails: "the contract breaks its style guide",
        remedy: "cargo xtask lint",
    },
];

/// Tries every part, tells of each in a line, and then what the ones that failed had to say.
///
/// Answers whether all of them hold.
///
/// # Errors
/// When cargo can't be run, or nothing can be written to `out`.
pub fn check(out: &mut impl Write) -> Result<bool> {
    let mut failures = Vec::new();
    for part in PARTS {
        let Part { name, holds, fails, remedy, .. } = part;
        progress(name);
        match part.failure()? {
            None => writeln!(out, "ok      {name:<8}  {holds}")?,
            Some(said) => {
                writeln!(out, "FAILED  {name:<8}  {fails} ({remedy})")?;
                failures.push((name, said));
            }
        }
    }
    for (name, said) in &failures {
        writeln!(out, "\n== {name}")?;
        for part in [&said.stdout, &said.stderr] {
            out.write_all(part)?;
        }
    }
    Ok(failures.is_empty())
}

/// What is built anew takes minutes: a person sees what is waited for. The part's own line then takes its place.
fn progress(name: &str) {
    let mut screen = io::stderr();
    if screen.is_terminal() {
        // Where there is no screen after all, nothing is lost.
        let _ = write!(screen, "...     {name}\r");
    }
}

impl Part {
    /// What the first of its commands that failed has said.
    fn failure(&self) -> io::Result<Option<Output>> {
        for command in self.commands {
            // insta would write what it found beside what stands.
            let said = cargo().args(*command).env("INSTA_UPDATE", "no").env_remove("INSTA_FORCE_PASS").output()?;
            if !said.status.success() {
                return Ok(Some(said));
            }
        }
        Ok(None)
    }
}
