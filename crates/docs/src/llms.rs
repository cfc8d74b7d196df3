//! The files for language models, as llmstxt.org proposes: `llms.txt` lists the pages, and `llms-full.txt` has all of them.

use std::fmt::Write;

use crate::{
    File,
    contract::{self, Contract},
    edition::Site,
    to_markdown::EXTENSION,
};

/// A page in the list.
pub struct Entry {
    pub group: &'static str,
    pub file: String,
    pub title: String,
    pub summary: String,
}

const WHAT: &str = "Find out which support agents and WhatsApp accounts are online, where, and what happened to them: the contract \
                    of five HTTP endpoints of SocialEpoch WA-SCRM, with a Rust client, mocks, a command and a server.";

/// Makes `llms.txt`. Its links lead to the Markdown of each page.
pub fn list(site: Site<'_>, entries: &[Entry]) -> File {
    File::new("llms.txt", text(&absolute(site), entries))
}

/// Returns the address of the folder: of the file's own version, since the text is about that, or nothing.
fn absolute(site: Site<'_>) -> String {
    match site.edition() {
        Some(edition) => {
            edition.base_url.as_ref().map(|base| format!("{base}{}/", edition.folder())).unwrap_or_default()
        }
        None => site.latest(),
    }
}

/// Makes the text of `llms.txt` with `base` before each address.
pub fn text(base: &str, entries: &[Entry]) -> String {
    let word = |member: &str| contract::QUERIES.document()["info"][member].as_str().unwrap_or_default();
    let mut text = format!("# {}\n\n> {WHAT}\n\n", word("title"));
    let _ = writeln!(
        text,
        "These pages describe version {} of the contract. Each is Markdown at its address with `{EXTENSION}`. Requests are POST \
         with JSON and are signed by three headers; [Getting started]({base}getting-started.html{EXTENSION}#signing) has the \
         signature. Every response has a `code`: 200 and 0 are success.",
        word("version")
    );
    let mut group = "";
    for entry in entries {
        if entry.group != group {
            group = entry.group;
            let _ = write!(text, "\n## {group}\n\n");
        }
        let Entry { file, title, summary, .. } = entry;
        let _ = writeln!(text, "- [{title}]({base}{file}{EXTENSION}): {summary}");
    }
    let _ = writeln!(text, "\n## Optional\n\n- [llms-full.txt]({base}llms-full.txt): all pages in one file");
    for Contract { name, subject, .. } in contract::ALL {
        let _ = writeln!(text, "- [{name}.yaml]({base}{name}.yaml): the contract of {subject}, OpenAPI 3.0.3");
    }
    let _ = writeln!(
        text,
        "- [openapi-reader.json]({base}openapi-reader.json): the edition for readers of the vendor, to generate clients from"
    );
    text
}

/// Makes `llms-full.txt` of the Markdown of all pages.
pub fn full(pages: &[File]) -> File {
    let title = contract::QUERIES.document()["info"]["title"].as_str().unwrap_or_default();
    let mut text = format!("# {title}: all pages\n\n> {WHAT}\n");
    for page in pages {
        let _ = write!(text, "\n---\n\nPage: {}\n\n{}", page.path, String::from_utf8_lossy(&page.bytes));
    }
    File::new("llms-full.txt", text)
}
