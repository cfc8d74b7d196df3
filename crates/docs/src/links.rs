//! Translates the links of the repository's documents for the site.
//!
//! The documents link to files of the repository. On the site such a file is a page or a download. If the site does not
//! have it, the text of the link stays without a link.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use crate::contract::{self, Contract};

/// The file of the site for a file of the repository, by its name without folders. Those of the contracts are not listed.
const FILES: [(&str, &str); 8] = [
    ("DECISIONS.md", "decisions.html"),
    ("README.md", "index.html"),
    ("operating.md", "server.html"),
    ("changes.md", "changes.html"),
    ("webhooks.md", "webhooks.html"),
    ("postgres.md", "postgresql.html"),
    ("clients.json", "clients.html"),
    ("by_hand.rs", "names.html"),
];

/// Replaces the addresses of links with those of the site, and removes links to files that the site does not have.
pub fn to_site<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let mut is_kept = Vec::new();
    let mut changed = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let address = address(&dest_url);
                is_kept.push(address.is_some());
                if let Some(dest_url) = address {
                    changed.push(Event::Start(Tag::Link { link_type, dest_url: CowStr::from(dest_url), title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if is_kept.pop().unwrap_or(true) {
                    changed.push(Event::End(TagEnd::Link));
                }
            }
            other => changed.push(other),
        }
    }
    changed
}

/// Returns the file of the site for each file of the repository.
fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_contract = |contract: &'static Contract| {
        let Contract { file, page, paths: [yaml, _], changelog, .. } = contract;
        [(*file, page.unwrap_or(yaml.trim_start_matches('/'))), (changelog.file, changelog.page)]
    };
    contract::ALL.into_iter().flat_map(of_contract).chain(FILES)
}

/// Returns the address of a link on the site, or `None` if the site does not have its file.
fn address(written: &str) -> Option<String> {
    if written.starts_with('#') || written.contains("://") || written.starts_with("mailto:") {
        return Some(written.to_owned());
    }
    let (path, anchor) = written.split_once('#').map_or((written, None), |(path, anchor)| (path, Some(anchor)));
    // A page of the site itself, as the contract's descriptions may name one.
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_page = name == path && (path.ends_with(".html") || path == "openapi.yaml" || path == "openapi.json");
    let file = if is_page { path } else { files().find(|(known, _)| *known == name)?.1 };
    Some(anchor.map_or_else(|| file.to_owned(), |anchor| format!("{file}#{anchor}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_repository_become_pages_and_unknown_ones_no_links() {
        for (written, expected) in [
            ("crates/server/docs/operating.md#upgrading", Some("server.html#upgrading")),
            ("../server/docs/postgres.md", Some("postgresql.html")),
            ("openapi/ingest.yaml", Some("feeding.html")),
            ("decisions.html#d3", Some("decisions.html#d3")),
            ("https://example.com/README.md", Some("https://example.com/README.md")),
            ("#words", Some("#words")),
            ("crates/client/src/lib.rs", None),
            ("src", None),
        ] {
            assert_eq!(address(written).as_deref(), expected, "{written}");
        }
    }
}
