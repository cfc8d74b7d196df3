//! What the search looks through: every section of every page.

use serde_json::{Value, json};

use crate::File;

/// The sections of all pages as a script, because a page that was opened from a disk may not fetch a file.
pub fn index(pages: &[File]) -> File {
    let sections: Vec<Value> = pages.iter().flat_map(sections).collect();
    File::new("search-index.js", format!("window.searchIndex = {};\n", Value::Array(sections)))
}

/// A page's sections: from each heading that has an anchor to the next one.
fn sections(page: &File) -> Vec<Value> {
    let html = String::from_utf8_lossy(&page.bytes);
    let main = html.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).map_or("", |(main, _)| main);
    let mut title = String::new();
    let headings: Vec<usize> =
        main.match_indices("<h").map(|(at, _)| at).filter(|at| level(&main[*at..]).is_some()).collect();
    let ends = headings.iter().skip(1).copied().chain([main.len()]);
    let mut sections = Vec::new();
    for (start, end) in headings.iter().zip(ends) {
        let section = &main[*start..end];
        let Some((heading, body)) = level(section).and_then(|level| section.split_once(&format!("</h{level}>"))) else {
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

/// Of a text that begins with a heading from `h1` to `h3`: which it is.
fn level(html: &str) -> Option<char> {
    let mut characters = html.strip_prefix("<h")?.chars();
    let level = characters.next().filter(|level| matches!(level, '1'..='3'))?;
    matches!(characters.next(), Some(' ' | '>')).then_some(level)
}

/// The text that is seen of HTML.
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
