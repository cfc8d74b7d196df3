//! The Atom feed (RFC 4287) of the contracts' changelogs: an entry for each released version.

use std::fmt::Write;

use crate::{
    File,
    contract::{self, Contract},
    edition::Site,
    figures::escaped,
    markdown,
};

/// The name of the file.
pub const FILE: &str = "changelog.xml";
/// The start of each id. It never changes, so that readers recognize an entry wherever the site is.
const ID: &str = "tag:group-dispatch,2026:openapi";

struct Entry {
    title: String,
    id: String,
    date: &'static str,
    /// The address of the section, from the folder of the feed.
    link: String,
    html: String,
}

/// Makes the feed.
pub fn file(site: Site<'_>) -> File {
    let base = site.latest();
    let mut entries: Vec<Entry> = contract::ALL.into_iter().flat_map(entries).collect();
    // The newest first; of one day in the order of the contracts.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.date));
    let mut xml =
        String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    let is_absolute = base.contains("://");
    if is_absolute {
        let _ = write!(xml, " xml:base=\"{}\"", escaped(&base));
    }
    let updated = entries.first().map_or("1970-01-01", |entry| entry.date);
    let _ = write!(
        xml,
        ">\n<id>{ID}</id>\n<title>group-dispatch: changes of the contracts</title>\n<updated>{updated}T00:00:00Z</updated>\n\
         <author><name>group-dispatch</name></author>\n<link rel=\"alternate\" type=\"text/html\" href=\"changelog.html\"/>\n"
    );
    if is_absolute {
        let _ = writeln!(xml, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{FILE}\"/>");
    }
    for Entry { title, id, date, link, html } in entries {
        let _ = write!(
            xml,
            "<entry>\n<id>{id}</id>\n<title>{title}</title>\n<updated>{date}T00:00:00Z</updated>\n<link rel=\"alternate\" \
             type=\"text/html\" href=\"{link}\"/>\n<content type=\"html\">{}</content>\n</entry>\n",
            escaped(&html)
        );
    }
    File::new(FILE, xml + "</feed>\n")
}

/// Returns the released versions of a changelog. A heading is "2.1.0 - 2026-11-30"; one without a date is not released.
fn entries(Contract { subject, file, changelog, .. }: &Contract) -> Vec<Entry> {
    let sections = changelog.text.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    let entry = |(heading, text): (&str, &'static str), date: &'static str| {
        let version = heading.split_once(" - ").map_or(heading, |(version, _)| version);
        Entry {
            title: escaped(&format!("Contract of {subject}, version {version}")),
            id: format!("{ID}/{}/{version}", file.trim_end_matches(".yaml")),
            date,
            link: format!("{}#{}", changelog.page, markdown::slug(heading)),
            html: markdown::html(text),
        }
    };
    sections.filter_map(|(heading, text)| Some(entry((heading, text), heading.split_once(" - ")?.1))).collect()
}
