//! `cargo xtask dependencies`: how many crates a program gets with each of ours, and how many of them a direct dependency
//! alone brings.
//!
//! The bounds, and what each direct dependency is for, are in the section "Dependencies" of ARCHITECTURE.md. A test compares.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
};

use anyhow::{Context, Result, bail};
use test_support::workspace_root;

use crate::cargo::cargo;

/// The platform whose dependencies are counted.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// The dependencies that are ours.
const OURS: &str = "group-dispatch";

/// The crates of a package: itself, and all that are compiled into it with its default features.
#[derive(Debug)]
pub struct Tree {
    /// Names and versions.
    pub crates: BTreeSet<String>,
    /// For each direct dependency, what it needs, with itself.
    direct: BTreeMap<String, BTreeSet<String>>,
}

impl Tree {
    /// Asks cargo for the crates of a package of the workspace.
    ///
    /// # Errors
    /// If cargo fails.
    pub fn of(package: &str) -> Result<Self> {
        let arguments = ["tree", "--locked", "--edges", "normal", "--prefix", "depth", "--no-dedupe"];
        let output = cargo().args(arguments).args(["--package", package, "--target", TARGET]).output()?;
        if !output.status.success() {
            bail!("cargo tree of {package}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Self::read(&String::from_utf8(output.stdout)?).with_context(|| format!("cargo tree of {package}"))
    }

    /// Reads lines such as `1reqwest v0.13.5`, each after the line of what needs it, one level less deep.
    fn read(text: &str) -> Result<Self> {
        let (mut crates, mut direct) = (BTreeSet::new(), BTreeMap::<String, BTreeSet<String>>::new());
        let mut within = String::new();
        for line in text.lines() {
            let name_at = line.find(|letter: char| !letter.is_ascii_digit()).context("expected a name")?;
            let (depth, name) = line.split_at(name_at);
            let mut words = name.split(' ');
            let (Some(name), Some(version)) = (words.next(), words.next()) else { bail!("unexpected line: {line}") };
            crates.insert(format!("{name} {version}"));
            match depth {
                "0" => continue,
                "1" => name.clone_into(&mut within),
                _ => {}
            }
            direct.entry(within.clone()).or_default().insert(format!("{name} {version}"));
        }
        Ok(Self { crates, direct })
    }

    /// Returns the direct dependencies that are not ours.
    pub fn direct(&self) -> impl Iterator<Item = &str> {
        self.direct.keys().map(String::as_str).filter(|name| !name.starts_with(OURS))
    }

    /// Counts the crates that would be gone without a direct dependency.
    fn brought_by(&self, dependency: &str) -> usize {
        let others = self.direct.iter().filter(|(other, _)| *other != dependency).flat_map(|(_, needs)| needs);
        let others: BTreeSet<_> = others.collect();
        self.direct.get(dependency).map_or(0, |needs| needs.iter().filter(|needed| !others.contains(needed)).count())
    }
}

/// What ARCHITECTURE.md says.
#[derive(Debug)]
pub struct Documented {
    /// How many crates each of our packages may have.
    pub bounds: BTreeMap<String, usize>,
    /// The direct dependencies of these packages.
    pub direct: BTreeSet<String>,
}

impl Documented {
    /// Reads the tables of the section "Dependencies".
    ///
    /// # Errors
    /// If the file can't be read, or has no such section.
    pub fn load() -> Result<Self> {
        let text = fs::read_to_string(workspace_root().join("ARCHITECTURE.md"))?;
        let (_, section) = text.split_once("\n## Dependencies\n").context("expected a section \"Dependencies\"")?;
        let section = section.split("\n## ").next().unwrap_or_default();
        let (mut bounds, mut direct) = (BTreeMap::new(), BTreeSet::new());
        for row in section.lines().filter_map(|line| line.strip_prefix("| `")) {
            let mut cells = row.trim_end_matches(" |").split(" | ");
            let names: Vec<_> = cells.next().unwrap_or_default().split('`').step_by(2).collect();
            match (names.as_slice(), cells.next().and_then(|cell| cell.parse().ok())) {
                ([package, ..], Some(bound)) if package.starts_with(OURS) => {
                    bounds.insert((*package).to_owned(), bound);
                }
                _ => direct.extend(names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned)),
            }
        }
        Ok(Self { bounds, direct })
    }
}

/// Prints the counts.
///
/// # Errors
/// If cargo fails, or `out` can't be written to.
pub fn print(out: &mut impl Write) -> Result<()> {
    for (package, bound) in Documented::load()?.bounds {
        let tree = Tree::of(&package)?;
        writeln!(out, "{package}: {} crates of at most {bound}", tree.crates.len())?;
        for dependency in tree.direct.keys() {
            writeln!(out, "  {:>4} by {dependency} alone", tree.brought_by(dependency))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_dependencies_need_is_brought_by_neither_alone() {
        let text = "0ours v1.0.0 (/a)\n1a v1.0.0\n2c v1.0.0\n2d v1.0.0\n1b v2.0.0 (proc-macro)\n2c v1.0.0\n3e v1.0.0\n";
        let tree = Tree::read(text).unwrap();
        assert_eq!(tree.crates.len(), 6);
        assert_eq!(tree.direct().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(["a", "b", "c"].map(|name| tree.brought_by(name)), [2, 2, 0]);
    }
}
