//! Text within a line as Markdown: links, code, emphasis, and text whose characters must not be read as marks.

use super::html::{Element, Node};

/// The end that a page's address gets, as llmstxt.org proposes: `errors.html.md`.
pub const EXTENSION: &str = ".md";

/// Elements that stand within a line.
const INLINE: [&str; 11] = ["a", "b", "br", "code", "em", "i", "img", "output", "span", "strong", "wbr"];

pub fn is_inline(element: &Element<'_>) -> bool {
    INLINE.contains(&element.name)
}

/// Returns whether an element is not for readers of Markdown: what can be pressed, and what only screen readers say.
pub fn is_left_out(element: &Element<'_>) -> bool {
    matches!(element.name, "nav" | "button" | "script")
        || element.has_class("unseen")
        || element.has_class("page-tools")
        || element.attribute("role").as_deref() == Some("tablist")
}

/// Returns nodes as one line.
pub fn line(nodes: &[Node<'_>]) -> String {
    protect_start(&heading(nodes))
}

/// Returns nodes as one line behind the mark of a heading, where no other mark can start.
pub fn heading(nodes: &[Node<'_>]) -> String {
    let text: String = nodes.iter().map(one).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn one(node: &Node<'_>) -> String {
    let element = match node {
        Node::Text(text) => return escaped(text),
        Node::Element(element) if is_left_out(element) => return String::new(),
        Node::Element(element) => element,
    };
    let inner = || element.children.iter().map(one).collect::<String>();
    match element.name {
        "strong" | "b" => marked("**", &inner()),
        "em" | "i" => marked("*", &inner()),
        "code" | "output" => code(&plain(&element.children)),
        "a" => match element.attribute("href") {
            Some(href) => format!("[{}]({})", inner().trim(), address(&href)),
            None => inner(),
        },
        "img" => {
            let [alt, source] = ["alt", "src"].map(|name| element.attribute(name).unwrap_or_default());
            format!("![{}]({source})", escaped(&alt))
        }
        "br" => " ".to_owned(),
        "wbr" => String::new(),
        // Such a span has a line of its own on the page.
        "span" if ["name", "what"].iter().any(|class| element.has_class(class)) => format!(" {} ", inner()),
        _ => inner(),
    }
}

fn marked(mark: &str, text: &str) -> String {
    if text.trim().is_empty() { text.to_owned() } else { format!("{mark}{}{mark}", text.trim()) }
}

/// Returns text without any mark.
pub fn plain(nodes: &[Node<'_>]) -> String {
    let one = |node: &Node<'_>| match node {
        Node::Text(text) => text.clone(),
        Node::Element(element) if is_left_out(element) => String::new(),
        Node::Element(element) => plain(&element.children),
    };
    nodes.iter().map(one).collect()
}

/// Returns code within a line, between as many backticks as it needs.
pub fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    if text.is_empty() { text } else { format!("{ticks}{pad}{text}{pad}{ticks}") }
}

/// Returns the length of the longest run of a character.
pub fn longest_run(text: &str, character: char) -> usize {
    text.split(|other| other != character).map(str::len).max().unwrap_or_default()
}

/// Returns the address of a link: that of a page leads to its Markdown. The interactive reference has no content as Markdown.
fn address(href: &str) -> String {
    if href.contains("://") {
        return href.to_owned();
    }
    let (file, anchor) = href.split_once('#').map_or((href, ""), |(file, anchor)| (file, anchor));
    let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
    if file.ends_with(".html") && file != "reference.html" {
        format!("{file}{EXTENSION}{anchor}")
    } else {
        format!("{file}{anchor}")
    }
}

/// Escapes what Markdown would read as a mark. Blanks stay as they are.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let is_mark = match letter {
            '\\' | '`' | '*' | '<' => true,
            // Within a word it is no mark: `tenant_id`.
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '~' => next == '~' || before == '~',
            '&' => next.is_alphanumeric() || next == '#',
            '(' => before == ']',
            _ => false,
        };
        if is_mark {
            escaped.push('\\');
        }
        escaped.push(letter);
        before = letter;
    }
    escaped
}

/// Escapes what would be a mark at the start of a line: of a heading, a list or a quotation.
fn protect_start(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text[digits..].chars().next() {
        Some('#' | '+' | '-' | '>' | '|' | '=') if digits == 0 => format!("\\{text}"),
        Some(mark @ ('.' | ')')) if digits > 0 && text[digits + 1..].starts_with(' ') => {
            format!("{}\\{mark}{}", &text[..digits], &text[digits + 1..])
        }
        _ => text.to_owned(),
    }
}
