//! Text for people as passages: words that belong together, each with its line. Code in backticks and fenced blocks is left
//! out.

/// Text that is read as one: a paragraph, a comment, a message or the name of a function.
#[derive(Debug, Default)]
pub struct Passage {
    /// The lines with their numbers, without the marks of comments.
    pub lines: Vec<(usize, String)>,
}

impl Passage {
    /// Returns a passage of a single line.
    pub fn of_line(line: usize, text: &str) -> Self {
        Self { lines: vec![(line, text.to_owned())] }
    }
}

/// Returns the paragraphs of lines that are numbered already.
pub fn paragraphs(lines: impl IntoIterator<Item = (usize, String)>) -> Vec<Passage> {
    let (mut passages, mut current, mut in_code) = (Vec::new(), Passage::default(), false);
    for (number, line) in lines {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        if is_fence || line.trim().is_empty() {
            passages.push(std::mem::take(&mut current));
        } else if !in_code {
            current.lines.push((number, line));
        }
    }
    passages.push(current);
    passages.retain(|passage| !passage.lines.is_empty());
    passages.iter_mut().for_each(drop_code);
    passages
}

/// Returns the paragraphs of a Markdown document.
pub fn markdown(text: &str) -> Vec<Passage> {
    paragraphs(numbered(text))
}

/// Returns the descriptions and comments of a YAML document: all text but the keys.
pub fn yaml(text: &str) -> Vec<Passage> {
    paragraphs(numbered(text).map(|(number, line)| {
        let content = line.trim_start().trim_start_matches("- ");
        let value = content.split_once(": ").filter(|(key, _)| !key.contains(' ')).map_or(content, |(_, value)| value);
        (number, value.to_owned())
    }))
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line.to_owned()))
}

/// Replaces what stands between backticks, also across lines, and the addresses of links.
fn drop_code(passage: &mut Passage) {
    let mut in_code = false;
    for (_, line) in &mut passage.lines {
        let mut kept = String::new();
        for (index, part) in line.split('`').enumerate() {
            in_code ^= index > 0;
            kept += if in_code { " ` " } else { part };
        }
        *line = kept;
    }
}
