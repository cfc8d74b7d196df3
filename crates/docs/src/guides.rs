//! The pages on the command, the server, its changes, PostgreSQL and the Rust crates. They are composed of the repository's own
//! texts: README.md, the server's documents, the examples of the client, and the recorded output of `--help`.
//!
//! The folder `texts` has symbolic links to all of them, so that no text is copied and the package contains them.

use minijinja::{Error, ErrorKind};

use crate::{markdown, samples};

const README: &str = include_str!("../texts/README.md");
const OPERATING: &str = include_str!("../texts/operating.md");
const CHANGES: &str = include_str!("../texts/changes.md");
const WEBHOOKS: &str = include_str!("../texts/webhooks.md");
const POSTGRES: &str = include_str!("../texts/postgres.md");

macro_rules! texts {
    ($folder:literal, $extension:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../texts/", $folder, $name, $extension)))),*]
    };
}

/// The output of `--help` for each command, as the tests of the command recorded it. `build.rs` makes the list.
pub const HELP: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/help.rs"));

/// The examples of the client.
pub const EXAMPLES: &[(&str, &str)] = texts!(
    "client-examples/", ".rs":
    "online_agents",
    "all_online",
    "account_location",
    "status_log",
    "recent_accounts",
    "watch",
    "changes",
    "feed",
    "errors",
    "raw_response",
    "blocking",
    "spans",
    "mocks",
);

/// The text of each page as HTML.
pub struct Guides {
    pub command: String,
    pub server: String,
    pub changes: String,
    pub webhooks: String,
    pub postgresql: String,
    pub rust: String,
}

/// Makes the text of each page.
///
/// # Errors
/// If README.md lacks a section that a page shows. The error names the section.
pub fn all() -> Result<Guides, Error> {
    let readme = with_headings(README);
    let operating = with_headings(OPERATING);
    let part = |title| section(&readme, title);
    let command = [part("Ask")?, "## Every command\n\n".to_owned(), help()].concat();
    let server = [part("Serve")?, part("Feed")?, without_title(&operating)].concat();
    let rust = [
        part("Build on it")?,
        "## The crates\n\n".to_owned(),
        crates(&part("Folders")?),
        "\n## Examples\n\n".to_owned(),
        examples(),
    ];
    Ok(Guides {
        command: markdown::document(&command),
        server: markdown::document(&server),
        changes: markdown::document(&[CHANGES, "\n## Programs\n\n", &change_programs()].concat()),
        webhooks: markdown::document(WEBHOOKS),
        postgresql: markdown::document(POSTGRES),
        rust: markdown::document(&rust.concat()),
    })
}

fn help() -> String {
    let text = |(name, snapshot): &(&str, &str)| {
        // A snapshot begins with metadata between two lines of hyphens.
        let printed = snapshot.splitn(3, "---\n").nth(2).unwrap_or(snapshot);
        let command = format!("group-dispatch{}", name.replace('_', " "));
        format!("### `{command}`\n\n```text {command} --help\n{}\n```\n\n", printed.trim_end())
    };
    HELP.iter().map(text).collect()
}

fn examples() -> String {
    let example = |(name, program): &(&str, &str)| {
        // Lint attributes are of no use to readers.
        let lines = program.lines().filter(|line| !line.starts_with("#![allow("));
        let program: String = lines.map(|line| format!("{line}\n")).collect();
        format!("### `{name}`\n\n```rust {name}.rs\n{}\n```\n\n", program.trim_end())
    };
    EXAMPLES.iter().map(example).collect()
}

fn change_programs() -> String {
    let program = |(title, language, name, text): &(&str, &str, &str, &str)| {
        format!("### {title}\n\n```{language} {name}\n{}\n```\n\n", text.trim_end())
    };
    samples::CHANGES.iter().map(program).collect()
}

/// Returns the rows of README's table of folders that are published crates.
fn crates(table: &str) -> String {
    let rows = table.lines().filter(|line| line.starts_with("| `crates/") && line.contains("`group-dispatch"));
    let rows: String = rows.map(|row| format!("{row}\n")).collect();
    format!("| Folder | What it is |\n| --- | --- |\n{rows}")
}

fn without_title(document: &str) -> String {
    document.lines().skip_while(|line| line.starts_with("# ")).map(|line| format!("{line}\n")).collect()
}

/// Turns the bold words at the start of a paragraph into a heading: "**Serve.** Add a tenant" is a section "Serve".
fn with_headings(document: &str) -> String {
    let mut is_code = false;
    let mut text = String::with_capacity(document.len());
    for line in document.lines() {
        is_code ^= line.starts_with("```");
        match line.strip_prefix("**").and_then(|rest| rest.split_once(".** ")) {
            Some((title, rest)) if !is_code => text.push_str(&format!("## {title}\n\n{rest}\n")),
            _ => text.push_str(&format!("{line}\n")),
        }
    }
    text
}

/// Returns a section with its heading, up to the next heading of the same or a higher level.
fn section(document: &str, title: &str) -> Result<String, Error> {
    let mut is_code = false;
    let mut level = None;
    let mut text = String::new();
    for line in document.lines() {
        is_code ^= line.starts_with("```");
        let heading = line.split_once(' ').filter(|(marks, _)| !is_code && !marks.is_empty());
        if let Some((marks, words)) = heading.filter(|(marks, _)| marks.bytes().all(|byte| byte == b'#')) {
            match level {
                None if words == title => level = Some(marks.len()),
                Some(level) if marks.len() <= level => break,
                _ => {}
            }
        }
        if level.is_some() {
            text.push_str(&format!("{line}\n"));
        }
    }
    if text.is_empty() {
        let expected =
            format!("README.md: expected a section {title:?}, as a heading or as bold words with a full stop");
        return Err(Error::new(ErrorKind::InvalidOperation, expected));
    }
    Ok(text + "\n")
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;

    /// Returns the names of the files in a folder of `texts` that have this beginning and end, without both.
    fn names(folder: &str, start: &str, end: &str) -> BTreeSet<String> {
        let folder = test_support::workspace_root().join("crates/docs/texts").join(folder);
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter_map(|name| Some(name.strip_prefix(start)?.strip_suffix(end)?.to_owned())).collect()
    }

    fn listed(texts: &[(&str, &str)]) -> BTreeSet<String> {
        texts.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    #[test]
    fn every_command_and_example_is_listed() {
        assert_eq!(listed(EXAMPLES), names("client-examples", "", ".rs"), "an example is missing in EXAMPLES");
    }

    #[test]
    fn sections_are_found_by_heading_or_bold_words() {
        let text = with_headings("## A\n\na\n\n**B.** b\n\n```sh\n# c\n**D.** d\n```\n\n### E\n\ne\n\n## F\n\nf\n");
        assert_eq!(section(&text, "B").unwrap(), "## B\n\nb\n\n```sh\n# c\n**D.** d\n```\n\n### E\n\ne\n\n\n");
        let error = section(&text, "D").unwrap_err().to_string();
        assert!(error.contains("expected a section \"D\""), "{error}");
    }

    #[test]
    fn help_is_what_the_command_prints() {
        let help = help();
        assert!(
            help.contains("### `group-dispatch tenant add`\n\n```text group-dispatch tenant add --help\n"),
            "{help}"
        );
        assert!(!help.contains("snapshots") && !help.contains("expression:"), "{help}");
    }
}
