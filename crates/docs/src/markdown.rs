//! Renders Markdown as HTML, with a link for every mention of a decision ("D17").
//!
//! The pages use it for the descriptions of the contract and for the repository's documents.

use std::{collections::BTreeSet, sync::LazyLock};

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::{figures, links};

/// The document on decisions where the vendor's page is silent or contradicts itself.
pub const DECISIONS: &str = include_str!("../openapi/DECISIONS.md");

/// The numbers of all decisions.
static NUMBERS: LazyLock<BTreeSet<u32>> = LazyLock::new(|| {
    let titles = DECISIONS.lines().filter_map(|line| line.strip_prefix("### D"));
    titles.filter_map(|title| title.split_once('.')?.0.parse().ok()).collect()
});

/// Renders a text of the contract.
pub fn html(markdown: &str) -> String {
    render(markdown, |events| events)
}

/// Renders a text without a paragraph around it, for use within a line.
pub fn line(markdown: &str) -> String {
    let html = html(markdown);
    let html = html.trim();
    match html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inner) if !inner.contains("<p>") => inner.to_owned(),
        _ => html.to_owned(),
    }
}

/// Renders a document without its title, which the page has already. Headings get anchors: that of a decision is its
/// number, that of another heading its words.
pub fn document(markdown: &str) -> String {
    render(markdown, |events| anchored(without_title(events)))
}

/// Renders the decisions without the tests that pin them: readers of the site have no use for paths of the repository.
pub fn decisions() -> String {
    render(DECISIONS, |events| anchored(without_pins(without_title(events))))
}

/// Returns the Markdown with each "D17" as a link, for programs that render Markdown themselves.
pub fn with_links(markdown: &str) -> String {
    let parts = decisions_in(markdown).into_iter();
    parts
        .map(|part| match part {
            Part::Text(text) => text.to_owned(),
            Part::Decision(text) => format!("[{text}]({})", address(text)),
        })
        .collect()
}

fn render<'a>(markdown: &'a str, change: impl FnOnce(Vec<Event<'a>>) -> Vec<Event<'a>>) -> String {
    let events = links::to_site(Parser::new_ext(markdown, Options::ENABLE_TABLES));
    let mut text = String::new();
    html::push_html(&mut text, figures::framed(linked(change(events))).into_iter());
    text
}

fn without_title(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let end = events.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(HeadingLevel::H1))));
    let rest = end.map_or(0, |end| end + 1);
    events.into_iter().skip(rest).collect()
}

/// Removes the items of lists that begin with "Pinned by:".
fn without_pins(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut kept = Vec::with_capacity(events.len());
    let mut at = 0;
    while at < events.len() {
        if matches!(events[at], Event::Start(Tag::Item)) && is_pin(&events[at..]) {
            let end = events[at..].iter().position(|event| matches!(event, Event::End(TagEnd::Item)));
            at += end.map_or(events.len(), |end| end + 1);
        } else {
            kept.push(events[at].clone());
            at += 1;
        }
    }
    kept
}

fn is_pin(item: &[Event<'_>]) -> bool {
    let text = item.iter().find_map(|event| match event {
        Event::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    text.is_some_and(|text| text.starts_with("Pinned by"))
}

fn anchored(mut events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut taken = BTreeSet::new();
    for at in 0..events.len() {
        if !matches!(events[at], Event::Start(Tag::Heading { .. })) {
            continue;
        }
        let title: String = events[at..]
            .iter()
            .skip(1)
            .map_while(|event| match event {
                Event::End(TagEnd::Heading(_)) => None,
                Event::Text(text) | Event::Code(text) => Some(text.to_string()),
                _ => Some(String::new()),
            })
            .collect();
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[at] {
            let mut anchor = slug(&title);
            while !taken.insert(anchor.clone()) {
                anchor.push('-');
            }
            *id = Some(anchor.into());
        }
    }
    events
}

/// Returns the anchor of a heading.
pub fn slug(title: &str) -> String {
    if let Some((number, _)) = title.split_once(". ")
        && number.strip_prefix('D').is_some_and(|digits| digits.parse::<u32>().is_ok())
    {
        return number.to_lowercase();
    }
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// Turns mentions of decisions into links, except in headings, links and code.
fn linked(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut within: usize = 0;
    let mut linked = Vec::with_capacity(events.len());
    for event in events {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Heading { .. } | Tag::CodeBlock(_)) => within += 1,
            Event::End(TagEnd::Link | TagEnd::Heading(_) | TagEnd::CodeBlock) => within -= 1,
            Event::Text(text) if within == 0 => {
                linked.extend(decisions_in(&text).into_iter().map(|part| match part {
                    Part::Text(text) => Event::Text(text.to_owned().into()),
                    Part::Decision(text) => {
                        Event::InlineHtml(format!("<a href=\"{}\">{text}</a>", address(text)).into())
                    }
                }));
                continue;
            }
            _ => {}
        }
        linked.push(event);
    }
    linked
}

enum Part<'a> {
    Text(&'a str),
    Decision(&'a str),
}

fn address(decision: &str) -> String {
    format!("decisions.html#{}", decision.to_lowercase())
}

/// Splits a text at mentions of decisions.
fn decisions_in(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices('D') {
        let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let end = at + 1 + digits;
        let alone = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '[')
            && !text[end..].starts_with(char::is_alphanumeric);
        if alone && text[at + 1..end].parse().is_ok_and(|number: u32| NUMBERS.contains(&number)) {
            parts.push(Part::Text(&text[done..at]));
            parts.push(Part::Decision(&text[at..end]));
            done = end;
        }
    }
    parts.push(Part::Text(&text[done..]));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_a_link_and_nothing_else_is() {
        assert_eq!(line("as text (D3)"), "as text (<a href=\"decisions.html#d3\">D3</a>)");
        assert_eq!(with_links("(D36; `x`)"), "([D36](decisions.html#d36); `x`)");
        for text in ["D0", "D999", "3D3", "D3a", "D"] {
            assert_eq!(line(text), text);
        }
        assert_eq!(line("`D3`"), "<code>D3</code>");
    }

    #[test]
    fn headings_have_anchors_and_the_title_is_left_out() {
        assert_eq!(document("# T\n\n### D3. `a` b\n"), "<h3 id=\"d3\">D3. <code>a</code> b</h3>\n");
        assert_eq!(document("## What it is\n"), "<h2 id=\"what-it-is\">What it is</h2>\n");
    }

    #[test]
    fn code_and_tables_are_framed_and_named() {
        let code = document("## Run\n```rust,no_run\nif a < 1 {}\n```\n");
        assert!(
            code.contains("<figcaption>Rust</figcaption>") && code.contains("<code>if a &lt; 1 {}\n</code>"),
            "{code}"
        );
        let help = document("```text x --help\nD3\n```\n");
        assert!(help.contains("aria-label=\"x --help\"") && help.contains("<code>D3\n</code>"), "{help}");
        let table = document("## What \"it\" is\n\n| a |\n| --- |\n| b |\n");
        assert!(table.contains("aria-label=\"Table: What &quot;it&quot; is\" tabindex=\"0\">\n<table>"), "{table}");
    }

    #[test]
    fn links_to_files_that_the_site_does_not_have_are_text() {
        assert_eq!(line("[a](b.rs), [c](DECISIONS.md)"), "a, <a href=\"decisions.html\">c</a>");
    }

    #[test]
    fn every_decision_is_known() {
        assert_eq!(NUMBERS.len(), DECISIONS.matches("\n### D").count());
    }
}
