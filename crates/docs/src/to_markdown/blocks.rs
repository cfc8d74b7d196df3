//! Blocks as Markdown: headings, paragraphs, lists, tables and code.

use super::{
    html::{Element, Node},
    inline::{code, heading, is_inline, is_left_out, line, longest_run, plain},
};

/// The labels of code blocks that name a language, and what the language is called behind the fence.
const LANGUAGES: [(&str, &str); 19] = [
    ("Shell", "sh"),
    ("Terminal", "sh"),
    ("curl", "sh"),
    ("sh", "sh"),
    ("Rust", "rust"),
    ("rs", "rust"),
    ("TOML", "toml"),
    ("toml", "toml"),
    ("JSON", "json"),
    ("YAML", "yaml"),
    ("SQL", "sql"),
    ("Text", "text"),
    ("Python", "python"),
    ("py", "python"),
    ("JavaScript", "javascript"),
    ("mjs", "javascript"),
    ("java", "java"),
    ("go", "go"),
    ("help", "text"),
];

/// Returns nodes as a document.
pub fn document(nodes: &[Node<'_>]) -> String {
    blocks(nodes).join("\n\n") + "\n"
}

/// Returns the blocks of nodes. Text and inline elements beside each other are one paragraph.
fn blocks(nodes: &[Node<'_>]) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < nodes.len() {
        let is_inline = |node: &Node<'_>| match node {
            Node::Text(_) => true,
            Node::Element(element) => is_inline(element),
        };
        let inline = nodes[at..].iter().take_while(|node| is_inline(node)).count();
        let paragraph = line(&nodes[at..at + inline]);
        if !paragraph.is_empty() {
            blocks.push(paragraph);
        }
        at += inline;
        if let Some(Node::Element(element)) = nodes.get(at) {
            blocks.extend(block(element));
        }
        at += 1;
    }
    blocks
}

fn block(element: &Element<'_>) -> Vec<String> {
    let children = &element.children;
    match element.name {
        _ if is_left_out(element) => Vec::new(),
        "h1" | "h2" | "h3" | "h4" => {
            let level = usize::from(element.name.as_bytes()[1] - b'0');
            vec![format!("{} {}", "#".repeat(level), heading(children))]
        }
        "ul" => vec![list(children, |_| "- ".to_owned())],
        "ol" => vec![list(children, |at| format!("{}. ", at + 1))],
        "dl" => vec![
            definitions(children)
                .into_iter()
                .map(|item| format!("- {item}\n"))
                .collect::<String>()
                .trim_end()
                .to_owned(),
        ],
        "table" => vec![table(element)],
        "figure" => figure(element),
        "pre" => vec![fenced(&plain(children), "")],
        "blockquote" => {
            let text = blocks(children).join("\n\n");
            vec![text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")]
        }
        "hr" => vec!["---".to_owned()],
        "label" => match input_value(children) {
            Some(value) => vec![format!("- {}: {}", line(children), code(&value))],
            None => Vec::new(),
        },
        "p" => Some(line(children)).filter(|text| !text.is_empty()).into_iter().collect(),
        _ => blocks(children),
    }
}

fn elements<'n, 'a>(nodes: &'n [Node<'a>]) -> impl Iterator<Item = &'n Element<'a>> {
    nodes.iter().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

fn list(children: &[Node<'_>], mark: impl Fn(usize) -> String) -> String {
    let item = |(at, item): (usize, &Element<'_>)| {
        let mark = mark(at);
        let mut text = String::new();
        for block in blocks(&item.children) {
            // A list within an item follows without a blank line, so that the outer list stays narrow.
            let is_list = block.starts_with("- ") || block.starts_with("1. ");
            text.push_str(if text.is_empty() {
                ""
            } else if is_list {
                "\n"
            } else {
                "\n\n"
            });
            text.push_str(&block);
        }
        format!("{mark}{}", indented(&text, mark.len()))
    };
    elements(children).enumerate().map(item).collect::<Vec<_>>().join("\n")
}

/// Indents all lines but the first.
fn indented(text: &str, width: usize) -> String {
    let blank = " ".repeat(width);
    let line =
        |(at, line): (usize, &str)| if at == 0 || line.is_empty() { line.to_owned() } else { format!("{blank}{line}") };
    text.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns the pairs of a list of terms: "term: description".
fn definitions(children: &[Node<'_>]) -> Vec<String> {
    let mut pairs: Vec<String> = Vec::new();
    for element in elements(children) {
        match element.name {
            "dt" => pairs.push(in_one_line(&element.children)),
            "dd" => {
                if let Some(pair) = pairs.last_mut() {
                    pair.push_str(": ");
                    pair.push_str(&in_one_line(&element.children));
                }
            }
            _ => pairs.extend(definitions(&element.children)),
        }
    }
    pairs
}

fn table(table: &Element<'_>) -> String {
    let mut rows = Vec::new();
    collect_rows(&table.children, &mut rows);
    let mut lines = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let cells: Vec<_> =
            elements(&row.children).map(|cell| in_one_line(&cell.children).replace('|', "\\|")).collect();
        lines.push(format!("| {} |", cells.join(" | ")));
        if at == 0 {
            lines.push(format!("|{}", " --- |".repeat(cells.len())));
        }
    }
    lines.join("\n")
}

fn collect_rows<'n, 'a>(nodes: &'n [Node<'a>], rows: &mut Vec<&'n Element<'a>>) {
    for element in elements(nodes) {
        if element.name == "tr" { rows.push(element) } else { collect_rows(&element.children, rows) }
    }
}

/// Returns nodes as one line, also those that are blocks elsewhere: a cell of a table has but one.
fn in_one_line(nodes: &[Node<'_>]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while at < nodes.len() {
        let inline =
            nodes[at..].iter().take_while(|node| !matches!(node, Node::Element(element) if !is_inline(element)));
        let inline = inline.count();
        parts.push(line(&nodes[at..at + inline]));
        at += inline;
        if let Some(Node::Element(element)) = nodes.get(at) {
            match element.name {
                _ if is_left_out(element) => {}
                "dl" => parts.extend(definitions(&element.children)),
                _ => parts.push(in_one_line(&element.children)),
            }
        }
        at += 1;
    }
    let mut whole = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let is_sentence = whole.ends_with(['.', ':', ';', '!', '?']);
        whole.push_str(if whole.is_empty() {
            ""
        } else if is_sentence {
            " "
        } else {
            "; "
        });
        whole.push_str(part);
    }
    whole
}

/// Returns a code block below its caption. A caption that is only the name of the language is left out.
fn figure(figure: &Element<'_>) -> Vec<String> {
    let part = |name: &str| elements(&figure.children).find(|element| element.name == name);
    let caption = part("figcaption").map(|caption| plain(&caption.children)).unwrap_or_default();
    let text = part("pre").map(|pre| plain(&pre.children)).unwrap_or_default();
    let language = |word: &str| LANGUAGES.iter().find(|(label, _)| *label == word).map(|(_, language)| *language);
    let is_language = language(&caption).is_some();
    let last_word = caption.rsplit(['.', '-', ' ']).next().unwrap_or_default();
    let is_json = text.starts_with(['{', '[']) && !caption.ends_with(".toml");
    let language = language(&caption).or_else(|| is_json.then_some("json")).or_else(|| language(last_word));
    let shown = (!is_language).then(|| format!("{}:", line(&[Node::Text(caption)])));
    shown.into_iter().chain([fenced(&text, language.unwrap_or_default())]).collect()
}

fn fenced(text: &str, language: &str) -> String {
    let fence = "`".repeat((longest_run(text, '`') + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", text.trim_end_matches('\n'))
}

fn input_value(nodes: &[Node<'_>]) -> Option<String> {
    elements(nodes).find(|element| element.name == "input")?.attribute("value")
}
