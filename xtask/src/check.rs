//! `cargo xtask check`: runs every check of the contracts and of what is made from them, and prints a line for each.

use std::{
    io::{self, IsTerminal, Write},
    process::Output,
};

use anyhow::Result;

use crate::cargo::cargo;

/// A check.
struct Part {
    name: &'static str,
    /// The arguments of cargo; every command must succeed.
    commands: &'static [&'static [&'static str]],
    holds: &'static str,
    fails: &'static str,
    /// What to do about a failure.
    remedy: &'static str,
}

/// The quickest checks are first: a fault that they find often makes the later ones fail as well.
const PARTS: &[Part] = &[
    Part {
        name: "lint",
        commands: &[&["xtask", "lint"]],
        holds: "the contracts keep to their style guide",
        fails: "a contract breaks its style guide",
        remedy: "cargo xtask lint",
    },
    Part {
        name: "layers",
        commands: &[&["xtask", "layers"]],
        holds: "no files import each other",
        fails: "files import each other, or a higher layer",
        remedy: "cargo xtask layers",
    },
    Part {
        name: "prose",
        commands: &[&["xtask", "prose"]],
        holds: "comments, messages and documents avoid home-made words",
        fails: "a comment, message or document has a word to avoid",
        remedy: "cargo xtask prose",
    },
    Part {
        name: "policy",
        commands: &[&["xtask", "policy"]],
        holds: "versions of Rust, changelogs and released contracts are as promised",
        fails: "a promise about versions is broken",
        remedy: "cargo xtask policy",
    },
    Part {
        name: "compat",
        commands: &[&["xtask", "compat"]],
        holds: "the versions of the contracts fit their changes since the last release",
        fails: "the version of a contract doesn't fit its changes",
        remedy: "cargo xtask compat --help",
    },
    Part {
        name: "codegen",
        commands: &[&["test", "--quiet", "--package", "xtask", "--test", "it", "codegen::"]],
        holds: "the generated files are up to date",
        fails: "generated files are not up to date",
        remedy: "cargo xtask codegen",
    },
    Part {
        name: "loop",
        commands: &[
            &["test", "--quiet", "--package", "group-dispatch-server", "--test", "it", "contract::"],
            &["test", "--quiet", "--package", "group-dispatch-types", "--features", "utoipa", "--lib"],
        ],
        holds: "handlers and types agree with the contracts",
        fails: "handlers or types don't agree with the contracts",
        remedy: "change the code or the contract; the difference is below",
    },
    Part {
        name: "api",
        commands: &[&["xtask", "api"]],
        holds: "the public API of the crates is what public-api.txt lists",
        fails: "the public API of a crate is not what public-api.txt lists",
        remedy: "cargo xtask api --write, if the change is intended",
    },
];

/// Runs every check and prints a line for each, with the output of a check that failed below its line. Returns whether all
/// succeed.
///
/// # Errors
/// If cargo can't be run, or `out` can't be written to.
pub fn check(out: &mut impl Write) -> Result<bool> {
    check_all(PARTS, out)
}

fn check_all(parts: &[Part], out: &mut impl Write) -> Result<bool> {
    let mut holds_all = true;
    for part in parts {
        let Part { name, holds, fails, remedy, .. } = part;
        progress(name);
        match part.ending()? {
            Ending::Holds => writeln!(out, "ok      {name:<8}  {holds}")?,
            Ending::Skipped(why) => writeln!(out, "skipped {name:<8}  {why}")?,
            Ending::Failed(said) => {
                writeln!(out, "FAILED  {name:<8}  {fails} ({remedy})")?;
                for stream in [&said.stdout, &said.stderr] {
                    out.write_all(stream)?;
                }
                holds_all = false;
            }
        }
        // What is printed is read while the next check runs.
        out.flush()?;
    }
    Ok(holds_all)
}

/// Names the check that runs, on a terminal: a build can take minutes. The line of the check replaces it.
fn progress(name: &str) {
    let mut screen = io::stderr();
    if screen.is_terminal() {
        // A failure to write costs no more than this line.
        let _ = write!(screen, "...     {name}\r");
    }
}

/// The result of a check.
enum Ending {
    Holds,
    /// Nothing was checked, for this reason.
    Skipped(String),
    /// The output of the first command that failed.
    Failed(Output),
}

impl Part {
    fn ending(&self) -> io::Result<Ending> {
        for command in self.commands {
            let said = cargo()
                .args(*command)
                // Otherwise insta writes new snapshots beside those that are there.
                .env("INSTA_UPDATE", "no")
                .env_remove("INSTA_FORCE_PASS")
                .env("RUST_BACKTRACE", "0")
                .output()?;
            if !said.status.success() {
                return Ok(Ending::Failed(said));
            }
            if let Some(why) = String::from_utf8_lossy(&said.stdout).trim().strip_prefix("skipped: ") {
                return Ok(Ending::Skipped(why.to_owned()));
            }
        }
        Ok(Ending::Holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLDS: Part = Part { name: "first", commands: &[&["--version"]], holds: "all holds", fails: "", remedy: "" };
    const FAILS: Part = Part {
        name: "second",
        commands: &[&["--version"], &["no-such-command"]],
        holds: "",
        fails: "nothing holds",
        remedy: "cargo repair",
    };

    fn said_of(parts: &[Part]) -> (bool, String) {
        let mut out = Vec::new();
        let holds = check_all(parts, &mut out).unwrap();
        (holds, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_part_that_holds_is_one_line() {
        assert_eq!(said_of(&[HOLDS]), (true, "ok      first     all holds\n".to_owned()));
    }

    #[test]
    fn the_output_of_a_failed_part_is_below_its_line() {
        let (holds, said) = said_of(&[FAILS, HOLDS]);
        assert!(!holds);
        let details = said.strip_prefix("FAILED  second    nothing holds (cargo repair)\n");
        let details = details.and_then(|rest| rest.strip_suffix("ok      first     all holds\n"));
        let details = details.unwrap_or_else(|| panic!("{said}"));
        assert!(details.contains("no-such-command"), "{details}");
    }
}
