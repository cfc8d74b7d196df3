//! Reads the site's own HTML into a tree. Every element but the empty ones has an end tag there.

/// A part of a page.
pub enum Node<'a> {
    Text(String),
    Element(Element<'a>),
}

pub struct Element<'a> {
    pub name: &'a str,
    /// What stands between the name and the end of the tag.
    attributes: &'a str,
    pub children: Vec<Node<'a>>,
}

impl Element<'_> {
    /// Returns the value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        while let Some((before, after)) = rest.split_once("=\"") {
            let (value, next) = after.split_once('"')?;
            if before.split_whitespace().next_back() == Some(name) {
                return Some(unescaped(value));
            }
            rest = next;
        }
        None
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split_whitespace().any(|one| one == class))
    }
}

/// The elements without content and end tag.
const EMPTY: [&str; 5] = ["br", "hr", "img", "input", "wbr"];

/// Reads HTML into a tree.
pub fn parse(html: &str) -> Vec<Node<'_>> {
    // Elements that are open, with what was read of them. The first one is the whole.
    let mut open = vec![Element { name: "", attributes: "", children: Vec::new() }];
    let mut rest = html;
    while !rest.is_empty() {
        let (text, tag_on) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if !text.is_empty() {
            push(&mut open, Node::Text(unescaped(text)));
        }
        let Some((tag, after)) = tag_on.strip_prefix('<').and_then(|tag| tag.split_once('>')) else { break };
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            close(&mut open, name);
            continue;
        }
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let name = name.trim_end_matches('/');
        let element = Element { name, attributes, children: Vec::new() };
        if EMPTY.contains(&name) { push(&mut open, Node::Element(element)) } else { open.push(element) }
    }
    while open.len() > 1 {
        close_last(&mut open);
    }
    open.pop().map(|whole| whole.children).unwrap_or_default()
}

fn push<'a>(open: &mut [Element<'a>], node: Node<'a>) {
    if let Some(last) = open.last_mut() {
        last.children.push(node);
    }
}

/// Closes the innermost open element of this name, and those within it.
fn close(open: &mut Vec<Element<'_>>, name: &str) {
    if let Some(at) = open.iter().rposition(|element| element.name == name).filter(|at| *at > 0) {
        while open.len() > at {
            close_last(open);
        }
    }
}

fn close_last(open: &mut Vec<Element<'_>>) {
    if let Some(element) = open.pop() {
        push(open, Node::Element(element));
    }
}

fn unescaped(text: &str) -> String {
    // `&amp;` is the last one: what it stands for must not be read again.
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    entities.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}
