//! The prose check: comments, messages, names of functions and documents use the words of the field.
//!
//! [`findings`] reads the Rust, Markdown and YAML files below some folders and returns each word to avoid with what to write
//! instead. `cargo xtask check` runs it on the folders in [`CLEAN`]; `cargo xtask prose FOLDER` on any other.

mod rust;
mod text;
mod words;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use self::text::{Passage, markdown, yaml};

/// The files and folders that have no findings, and must keep it so. Add a folder when it is clean.
pub const CLEAN: &[&str] = &[
    ".github",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "crates",
    "openapi/DECISIONS.md",
    "packaging",
    "xtask",
];

/// Files that people don't write, or that quote others.
const EXCLUDED: [&str; 7] = ["target", ".git", "generated", "snapshots", "released", "consumers", "node_modules"];

/// A word to avoid in a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The file, from the workspace's root.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// What was found.
    pub found: String,
    /// What to write instead.
    pub instead: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file.display(), self.line, self.found, self.instead)
    }
}

/// Returns the findings in files and folders of the workspace at `root`, in the order of the files.
///
/// # Errors
/// If a file or folder can't be read.
pub fn findings(root: &Path, names: &[impl AsRef<str>]) -> Result<Vec<Finding>> {
    let mut files = Vec::new();
    for name in names {
        collect(&root.join(name.as_ref()), &mut files).with_context(|| format!("cannot read {}", name.as_ref()))?;
    }
    files.sort();
    let mut findings = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = path.strip_prefix(root).unwrap_or(&path);
        findings.extend(of_file(file, &text));
    }
    Ok(findings)
}

/// Returns the findings in the text of a file; its name decides how it is read.
#[must_use]
pub fn of_file(file: &Path, text: &str) -> Vec<Finding> {
    let finding =
        |line, found: String, instead| Finding { file: file.to_owned(), line, found: format!("{found:?}"), instead };
    let extension = file.extension().and_then(|extension| extension.to_str());
    let mut findings = Vec::new();
    let passages: Vec<Passage> = match extension {
        Some("rs") => {
            if !text.starts_with("//!") {
                let found = "no module doc".to_owned();
                let instead = "begin the file with `//!`: what it is, who uses it, what it guarantees";
                findings.push(Finding { file: file.to_owned(), line: 1, found, instead });
            }
            let is_for_tests = file.components().any(|part| part.as_os_str() == "tests");
            rust::passages(text, !is_for_tests)
        }
        Some("md") => markdown(text),
        Some("yaml" | "yml") => yaml(text),
        _ => Vec::new(),
    };
    for passage in &passages {
        findings
            .extend(words::to_avoid(passage).into_iter().map(|(line, found, instead)| finding(line, found, instead)));
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::symlink_metadata(path)?.is_dir() {
        let is_generated = path.to_string_lossy().contains(".snap.");
        let is_read =
            path.extension().is_some_and(|found| ["rs", "md", "yaml", "yml"].iter().any(|read| found == *read));
        if is_read && !is_generated && !path.is_symlink() {
            files.push(path.to_owned());
        }
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if !EXCLUDED.iter().any(|excluded| entry.file_name() == *excluded) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}
