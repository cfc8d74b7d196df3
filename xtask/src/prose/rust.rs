//! What people read in Rust code: comments, messages and the names of functions.

use super::text::{Passage, paragraphs};

/// Returns the comments, the names of the functions and, with `with_messages`, the string literals of four words or more.
pub fn passages(code: &str, with_messages: bool) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut comment: Vec<(usize, String)> = Vec::new();
    let mut reader = Reader { rest: code, line: 1 };
    while let Some(piece) = reader.next_piece() {
        match piece {
            // Comments on neighboring lines are one text.
            Piece::Comment(line, text) => {
                if comment.last().is_some_and(|(last, _)| last + 1 != line) {
                    passages.extend(paragraphs(comment.drain(..)));
                }
                let numbered = text.lines().enumerate().map(|(index, text)| (line + index, text.to_owned()));
                comment.extend(numbered);
            }
            Piece::Literal(line, text) if with_messages && text.split_whitespace().count() > 3 => {
                let numbered = text.lines().enumerate().map(|(index, text)| (line + index, text.to_owned()));
                passages.extend(paragraphs(numbered));
            }
            Piece::Literal(..) => {}
            Piece::Function(line, name) => passages.push(Passage::of_line(line, &name.replace('_', " "))),
        }
    }
    passages.extend(paragraphs(comment));
    passages
}

enum Piece {
    Comment(usize, String),
    Literal(usize, String),
    Function(usize, String),
}

/// Reads the pieces of code from its beginning on.
struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    fn next_piece(&mut self) -> Option<Piece> {
        loop {
            let line = self.line;
            if self.rest.starts_with("//") {
                let text = self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
                return Some(Piece::Comment(line, text.trim_start_matches(['/', '!']).to_owned()));
            }
            if self.rest.starts_with("/*") {
                let text = self.take(self.rest.find("*/").map_or(self.rest.len(), |end| end + 2));
                return Some(Piece::Comment(line, text.trim_matches(['/', '*', '!']).to_owned()));
            }
            if let Some((start, end)) = raw_string(self.rest) {
                self.take(start);
                let line = self.line;
                let text = self.take(self.rest.find(&end).unwrap_or(self.rest.len())).to_owned();
                self.take(end.len().min(self.rest.len()));
                return Some(Piece::Literal(line, text));
            }
            if self.rest.starts_with('"') {
                self.take(1);
                let text = self.take(end_of_string(self.rest)).to_owned();
                self.take(usize::from(!self.rest.is_empty()));
                return Some(Piece::Literal(line, text));
            }
            if let Some(length) = character(self.rest) {
                self.take(length);
            } else if let Some(after) = self.rest.strip_prefix("fn ") {
                let length = after.find(|letter: char| !is_of_name(letter)).unwrap_or(after.len());
                let name = after[..length].to_owned();
                self.take(3 + length);
                return Some(Piece::Function(line, name));
            } else {
                // A name as a whole, so that no part of it is taken for the beginning of something else.
                let length = self.rest.find(|letter: char| !is_of_name(letter)).unwrap_or(self.rest.len());
                let first = self.rest.chars().next()?.len_utf8();
                self.take(length.max(first));
            }
        }
    }

    fn take(&mut self, length: usize) -> &str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Returns the length of a raw string's beginning, and its end.
fn raw_string(code: &str) -> Option<(usize, String)> {
    let marks = code.strip_prefix("br").or_else(|| code.strip_prefix('r'))?;
    let text = marks.trim_start_matches('#');
    let hashes = marks.len() - text.len();
    text.starts_with('"').then(|| (code.len() - text.len() + 1, format!("\"{}", "#".repeat(hashes))))
}

fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (index, letter) in text.char_indices() {
        match letter {
            '"' if !escaped => return index,
            letter => escaped = letter == '\\' && !escaped,
        }
    }
    text.len()
}

/// Returns the length of a character literal, which may be a quotation mark.
fn character(code: &str) -> Option<usize> {
    let text = code.strip_prefix('\'')?;
    if text.starts_with('\\') {
        return text[2..].find('\'').map(|end| end + 4);
    }
    let letter = text.chars().next()?;
    text[letter.len_utf8()..].starts_with('\'').then(|| letter.len_utf8() + 2)
}
