//! Each page as Markdown: it has the words, headings and links of the page, and no HTML. Read by another parser than the one
//! that makes it.

use std::collections::{BTreeMap, BTreeSet};

use group_dispatch_docs::{File, Place, site};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use scraper::{ElementRef, Html, Node, Selector};

const PLACES: [Place; 2] = [Place::Published, Place::Server];

fn text(file: &File) -> &str {
    std::str::from_utf8(&file.bytes).unwrap()
}

/// The pages of a site with their Markdown, by the page's path.
fn pages(files: &[File]) -> BTreeMap<&str, (Html, &str)> {
    let find = |path: &str| files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is missing"));
    let pages = files.iter().filter(|file| file.path.ends_with(".html"));
    pages
        .map(|page| (page.path.as_str(), (Html::parse_document(text(page)), text(find(&format!("{}.md", page.path))))))
        .collect()
}

fn parsed(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES)
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

/// What a reader sees of an element, with a blank where a block begins or ends.
fn seen(element: ElementRef<'_>, out: &mut String) {
    const INLINE: [&str; 9] = ["a", "b", "code", "em", "output", "span", "strong", "wbr", "i"];
    let class = element.attr("class").unwrap_or_default();
    let is_left_out = matches!(element.value().name(), "nav" | "button" | "figcaption" | "form" | "noscript")
        || ["unseen", "page-tools", "tablist"].contains(&class);
    if is_left_out {
        return;
    }
    let is_block = !INLINE.contains(&element.value().name());
    out.push_str(if is_block { " " } else { "" });
    for child in element.children() {
        match child.value() {
            Node::Text(text) => out.push_str(text),
            Node::Element(_) => seen(ElementRef::wrap(child).unwrap(), out),
            _ => {}
        }
    }
    out.push_str(if is_block { " " } else { "" });
}

fn words(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

fn headings(markdown: &str) -> Vec<String> {
    let mut headings = Vec::new();
    let mut is_in_heading = false;
    for event in parsed(markdown) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                is_in_heading = true;
                headings.push(String::new());
            }
            Event::End(TagEnd::Heading(_)) => is_in_heading = false,
            Event::Text(text) | Event::Code(text) if is_in_heading => headings.last_mut().unwrap().push_str(&text),
            _ => {}
        }
    }
    headings
}

#[test]
fn every_word_and_heading_of_a_page_is_in_its_markdown_and_no_html() {
    for place in PLACES {
        let files = site(place).unwrap();
        for (path, (page, markdown)) in pages(&files) {
            let html: Vec<_> =
                parsed(markdown).filter(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_))).collect();
            assert!(html.is_empty(), "{path}: {html:?}");
            let expected = all(&page, "main :is(h1, h2, h3, h4)").into_iter();
            let expected: Vec<String> = expected
                .map(|heading| heading.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
                .collect();
            assert_eq!(headings(markdown), expected, "{path}");

            let mut shown = String::new();
            seen(all(&page, "main")[0], &mut shown);
            let mut read = String::new();
            for event in parsed(markdown) {
                match event {
                    Event::Text(text) | Event::Code(text) => read.push_str(&text),
                    Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. })
                    | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link) => {}
                    _ => read.push(' '),
                }
            }
            // The Markdown also has captions of code and values of fields, so that it may have more words, but none less.
            let mut read = words(&read).into_iter();
            let mut before = Vec::new();
            for word in words(&shown) {
                assert!(read.any(|other| other == word), "{path}: {word:?} is missing after {before:?}");
                before.push(word);
                before.drain(..before.len().saturating_sub(8));
            }
        }
    }
}

#[test]
fn every_code_block_and_row_of_a_page_is_in_its_markdown() {
    let files = site(Place::Published).unwrap();
    for (path, (page, markdown)) in pages(&files) {
        let mut blocks = Vec::new();
        let mut is_code = false;
        let mut rows = 0;
        for event in parsed(markdown) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => {
                    is_code = true;
                    blocks.push(String::new());
                }
                Event::End(TagEnd::CodeBlock) => is_code = false,
                Event::Text(text) if is_code => blocks.last_mut().unwrap().push_str(&text),
                Event::Start(Tag::TableHead | Tag::TableRow) => rows += 1,
                _ => {}
            }
        }
        let code = all(&page, "main pre").into_iter().map(|code| code.text().collect::<String>());
        let code: Vec<String> = code.map(|code| format!("{}\n", code.trim_end_matches('\n'))).collect();
        assert_eq!(blocks, code, "{path}");
        assert_eq!(rows, all(&page, "main tr").len(), "{path}");
    }
}

/// The targets of links and pictures.
fn links(markdown: &str) -> Vec<String> {
    parsed(markdown)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        })
        .collect()
}

#[test]
fn links_in_markdown_lead_to_markdown() {
    for place in PLACES {
        let files = site(place).unwrap();
        let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let pages = pages(&files);
        for (path, (_, markdown)) in &pages {
            for link in links(markdown).into_iter().filter(|link| !link.contains("://")) {
                let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
                assert!(paths.contains(file), "{path}: {link}");
                let Some(page) = file.strip_suffix(".md") else {
                    assert!(!file.ends_with(".html") || file == "reference.html", "{path}: {link}");
                    continue;
                };
                let ids = all(&pages[page].0, "[id]");
                let is_there = anchor.is_empty() || ids.iter().any(|element| element.attr("id") == Some(anchor));
                assert!(is_there, "{path}: {link}");
            }
        }
    }
}

#[test]
fn the_list_for_language_models_has_every_page_once() {
    for place in PLACES {
        let files = site(place).unwrap();
        let find = |path: &str| text(files.iter().find(|file| file.path == path).unwrap());
        let list = find("llms.txt");
        let lines: Vec<&str> = list.lines().collect();
        assert!(lines[0].starts_with("# ") && lines[2].starts_with("> "), "{list}");
        let html = parsed(list).any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)));
        assert!(!html && headings(list).len() > 5, "{list}");
        let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let links = links(list);
        for link in &links {
            assert!(paths.contains(link.split('#').next().unwrap()), "{link}");
        }
        let full = find("llms-full.txt");
        for (path, (_, markdown)) in pages(&files) {
            assert_eq!(links.iter().filter(|link| **link == format!("{path}.md")).count(), 1, "{path}");
            assert_eq!(full.matches(markdown).count(), 1, "{path}");
        }
    }
    let files = group_dispatch_docs::site_at("https://example.com/scrm").unwrap();
    let list = text(files.iter().find(|file| file.path == "llms.txt").unwrap());
    assert!(list.contains("](https://example.com/scrm/docs/errors.html.md)"), "{list}");
}
