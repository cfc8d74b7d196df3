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

/// The quickest first: what it finds is often what the next ones fail of.
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
        name: "compat",
        commands: &[&["xtask", "compat"]],
        holds: "the contracts may follow those that were last released",
        fails: "a contract breaks somebody, or its version is not what that takes",
        remedy: "cargo xtask compat --help",
    },
    Part {
        name: "codegen",
        commands: &[&["test", "--quiet", "--package", "xtask", "--test", "codegen"]],
        holds: "the generated files are what the contracts say",
        fails: "the generated files are not what the contracts say",
        remedy: "cargo xtask codegen",
    },
    Part {
        name: "loop",
        commands: &[
            &["test", "--quiet", "--package", "group-dispatch-server", "--test", "it", "contract::"],
            &["test", "--quiet", "--package", "group-dispatch-types", "--lib"],
        ],
        holds: "handlers and types say what the contracts say, the whole of it",
        fails: "handlers or types say something else than the contracts",
        remedy: "change the one or the other: see below",
    },
    Part {
        name: "api",
        commands: &[&["xtask", "api"]],
        holds: "the crates offer what their public-api.txt lists",
        fails: "the crates offer something else than their public-api.txt lists",
        remedy: "cargo xtask api --write, if that is meant",
    },
];

/// Tries every part, tells of each in a line, and then what the ones that failed had to say.
///
/// Answers whether all of them hold.
///
/// # Errors
/// When cargo can't be run, or nothing can be written to `out`.
pub fn check(out: &mut impl Write) -> Result<bool> {
    check_all(PARTS, out)
}

fn check_all(parts: &[Part], out: &mut impl Write) -> Result<bool> {
    let mut failures = Vec::new();
    for part in parts {
        let Part { name, holds, fails, remedy, .. } = part;
        progress(name);
        match part.ending()? {
            Ending::Holds => writeln!(out, "ok      {name:<8}  {holds}")?,
            Ending::Skipped(why) => writeln!(out, "skipped {name:<8}  {why}")?,
            Ending::Failed(said) => {
                writeln!(out, "FAILED  {name:<8}  {fails} ({remedy})")?;
                failures.push((name, said));
            }
        }
    }
    for (name, said) in &failures {
        writeln!(out, "\n== {name}")?;
        for stream in [&said.stdout, &said.stderr] {
            out.write_all(stream)?;
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

enum Ending {
    Holds,
    /// Nothing was looked at, and why.
    Skipped(String),
    /// What the first command that failed has said.
    Failed(Output),
}

impl Part {
    fn ending(&self) -> io::Result<Ending> {
        for command in self.commands {
            let said = cargo()
                .args(*command)
                // Else insta writes what it found beside what stands.
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

    const HOLDS: Part =
        Part { name: "first", commands: &[&["--version"]], holds: "all is well", fails: "", remedy: "" };
    const FAILS: Part = Part {
        name: "second",
        commands: &[&["--version"], &["no-such-command"]],
        holds: "",
        fails: "nothing is well",
        remedy: "cargo mend",
    };

    fn said_of(parts: &[Part]) -> (bool, String) {
        let mut out = Vec::new();
        let holds = check_all(parts, &mut out).unwrap();
        (holds, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_part_that_holds_is_one_line() {
        assert_eq!(said_of(&[HOLDS]), (true, "ok      first     all is well\n".to_owned()));
    }

    #[test]
    fn of_a_part_that_fails_cargos_words_come_after_all_lines() {
        let (holds, said) = said_of(&[FAILS, HOLDS]);
        assert!(!holds);
        let lines = "FAILED  second    nothing is well (cargo mend)\nok      first     all is well\n\n== second\n";
        let details = said.strip_prefix(lines).unwrap_or_else(|| panic!("{said}"));
        assert!(details.contains("no-such-command"), "{details}");
    }
}
