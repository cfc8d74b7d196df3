//! The index of the site's search: every section of every page. `assets/search.js` reads it.

use serde_json::{Value, json};

use crate::File;

/// Makes the index. It is a script, because a page that was opened from a disk may not fetch a file.
pub fn index(pages: &[File]) -> File {
    let sections: Vec<Value> = pages.iter().flat_map(sections).collect();
    File::new("search-index.js", format!("window.searchIndex = {};\n", Value::Array(sections)))
}

/// Returns the sections of a page: from each heading to the next one, and each table row with an anchor.
fn sections(page: &File) -> Vec<Value> {
    let html = String::from_utf8_lossy(&page.bytes);
    let main = html.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).map_or("", |(main, _)| main);
    let begins = main.match_indices('<').map(|(at, _)| at).filter(|at| end_of_heading(&main[*at..]).is_some());
    let starts: Vec<usize> = begins.collect();
    let ends = starts.iter().skip(1).copied().chain([main.len()]);
    let mut title = String::new();
    let mut sections = Vec::new();
    for (start, end) in starts.iter().zip(ends) {
        let section = &main[*start..end];
        let Some((heading, body)) = end_of_heading(section).and_then(|end| section.split_once(end)) else {
            continue;
        };
        let anchor = heading.split_once("id=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(id, _)| id);
        let heading = text(heading);
        if title.is_empty() {
            title.clone_from(&heading);
        }
        sections.push(json!({
            "url": if anchor.is_empty() { page.path.clone() } else { format!("{}#{anchor}", page.path) },
            "page": title, "heading": heading, "text": text(body),
        }));
    }
    sections
}

/// Returns the end tag of the heading that the HTML begins with.
fn end_of_heading(html: &str) -> Option<&'static str> {
    let ends = [("<h1", "</h1>"), ("<h2", "</h2>"), ("<h3", "</h3>"), ("<tr id", "</th>")];
    let found = ends
        .into_iter()
        .find(|(start, _)| html.strip_prefix(start).is_some_and(|rest| rest.starts_with([' ', '>', '='])));
    found.map(|(_, end)| end)
}

/// Returns the visible text of HTML.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let (_, seen) = piece.split_once('>').unwrap_or(("", piece));
        text.push_str(seen);
        text.push(' ');
    }
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
