//! Frames for code blocks and tables of Markdown documents, like those of the templates: code gets a caption and a
//! button that copies it, wide tables scroll. Both are reachable by keyboard and have a name for screen readers.

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

/// The names of code block languages and their labels.
const LANGUAGES: [(&str, &str); 7] = [
    ("sh", "Shell"),
    ("rust", "Rust"),
    ("toml", "TOML"),
    ("json", "JSON"),
    ("yaml", "YAML"),
    ("sql", "SQL"),
    ("text", "Text"),
];

/// Wraps code blocks and tables in their frames.
pub fn framed(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut framed = Vec::with_capacity(events.len());
    let mut section = String::new();
    let mut is_in_heading = false;
    for event in events {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => framed.push(Event::Html(start_of_code(&kind).into())),
            Event::End(TagEnd::CodeBlock) => framed.push(Event::Html("</code></pre>\n</figure>\n".into())),
            Event::Start(Tag::Table(_)) => {
                let start = format!(
                    "<div class=\"scroll\" role=\"region\" aria-label=\"Table: {}\" tabindex=\"0\">\n",
                    escaped(&section)
                );
                framed.extend([Event::Html(start.into()), event]);
            }
            Event::End(TagEnd::Table) => framed.extend([event, Event::Html("</div>\n".into())]),
            _ => {
                match &event {
                    Event::Start(Tag::Heading { .. }) => {
                        is_in_heading = true;
                        section.clear();
                    }
                    Event::End(TagEnd::Heading(_)) => is_in_heading = false,
                    Event::Text(text) | Event::Code(text) if is_in_heading => section.push_str(text),
                    _ => {}
                }
                framed.push(event);
            }
        }
    }
    framed
}

/// Returns the HTML before a code block. The words after its language are the caption: "```text group-dispatch --help".
fn start_of_code(kind: &CodeBlockKind<'_>) -> String {
    let info = match kind {
        CodeBlockKind::Fenced(info) => info.as_ref(),
        CodeBlockKind::Indented => "text",
    };
    let (language, caption) = info.split_once(' ').unwrap_or((info, ""));
    let language = language.split(',').next().unwrap_or_default();
    let language = LANGUAGES.iter().find(|(name, _)| *name == language).map_or(language, |(_, label)| label);
    let caption = match (caption, language) {
        ("", "") => "Text",
        ("", language) => language,
        (caption, _) => caption,
    };
    let caption = escaped(caption);
    format!(
        "<figure class=\"code\" data-copy>\n<figcaption>{caption}</figcaption>\n<pre tabindex=\"0\" \
         aria-label=\"{caption}\"><code>"
    )
}

/// Escapes text for HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
