//! A piece of an answer that can't be used, short and clean enough for a log.
//!
//! Personal data comes first: of JSON only the shape is shown, of HTML the words of the page. Whatever is in another form is
//! named and not shown, for numbers in it can't be recognized, and names in text never can.

mod body_kind;
mod html;

use std::ops::Range;

use self::body_kind::BodyKind;

/// Characters of an excerpt.
const LENGTH: usize = 120;
/// Characters of a message that is shown.
const LONGEST_MESSAGE: usize = 300;
/// Digits of the longest number that is left as it is; a longer one may be a phone number or a part of a key.
const LONGEST_NUMBER: usize = 6;
/// Letters and digits of the longest word that is left as it is; a longer one may be a token.
const LONGEST_WORD: usize = 24;
/// Bytes that are looked at where the beginning is shown.
const BEGINNING: usize = 4096;
const HIDDEN: &str = "***";
const MORE: &str = "…";
/// The end of an excerpt that says what the body is, in the place of its words.
const NOT_SHOWN: &str = ", which is not shown";

/// The service's or a proxy's words, shortened, without control characters, long numbers and what may be a key.
pub fn cleaned(text: &str) -> String {
    shortened(&without_secrets(beginning(text)), LONGEST_MESSAGE)
}

fn beginning(text: &str) -> &str {
    let end = (0..=BEGINNING.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

fn without_secrets(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut hidden = vec![false; chars.len()];
    // A number may be written in groups, `+86 182-1733-1411`, and a key in groups of letters and digits.
    for run in runs(&chars, |c| c.is_numeric() || is_joint(c)) {
        hide_if(&chars, &mut hidden, run, |digits, _| digits > LONGEST_NUMBER);
    }
    for run in runs(&chars, |c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
        hide_if(&chars, &mut hidden, run, |digits, length| digits > LONGEST_NUMBER || length > LONGEST_WORD);
    }
    for run in runs(&chars, |c| c.is_alphanumeric() || is_of_mail_address(c)) {
        if chars[run.clone()].iter().any(|c| is_at_sign(*c)) {
            hidden[run].fill(true);
        }
    }
    let mut clean = String::with_capacity(text.len());
    for (position, c) in chars.iter().enumerate() {
        if !hidden[position] {
            clean.push(if c.is_control() { ' ' } else { *c });
        } else if position == 0 || !hidden[position - 1] {
            clean.push_str(HIDDEN);
        }
    }
    clean
}

/// What people put between the digits of a number.
fn is_joint(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '+' | '(' | ')' | '.' | '/' | '-' | '_')
}

/// The signs of e-mail addresses and of WhatsApp's account ids.
fn is_of_mail_address(c: char) -> bool {
    is_at_sign(c) || matches!(c, '.' | '-' | '_' | '+' | '%' | '\'' | '．')
}

fn is_at_sign(c: char) -> bool {
    matches!(c, '@' | '＠' | '﹫')
}

/// The longest stretches of characters of a kind.
fn runs(chars: &[char], belongs: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (position, _) in chars.iter().enumerate().filter(|(_, c)| belongs(**c)) {
        match runs.last_mut() {
            Some(run) if run.end == position => run.end += 1,
            _ => runs.push(position..position + 1),
        }
    }
    runs
}

/// Hides a run, without the joints at its ends, if it has too many digits or characters.
fn hide_if(chars: &[char], hidden: &mut [bool], run: Range<usize>, is_too_much: impl Fn(usize, usize) -> bool) {
    let is_joint_at = |position: &usize| is_joint(chars[*position]);
    let start = run.clone().find(|position| !is_joint_at(position)).unwrap_or(run.end);
    let end = run.clone().rev().find(|position| !is_joint_at(position)).map_or(start, |last| last + 1);
    let digits = chars[start..end].iter().filter(|c| c.is_numeric()).count();
    if is_too_much(digits, end - start) {
        hidden[start..end].fill(true);
    }
}

/// The beginning of the body of an error: of JSON the error's words or the shape, of a page and of text the words.
pub fn of_beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(BEGINNING)]);
    let text = text.trim_start_matches('\u{feff}').trim();
    let shown = match BodyKind::of(body) {
        BodyKind::Json => words_of_json(body).unwrap_or_else(|| shape_of_json(text)),
        BodyKind::Html => html::words(text),
        BodyKind::Text => text.split_whitespace().collect::<Vec<_>>().join(" "),
        BodyKind::Other(name) => return not_shown(name),
    };
    shortened(&without_secrets(&shown), LENGTH)
}

/// What stands before and at a place in the body of a success, given as serde_json gives it. Of text nothing is shown: it may
/// be a table with names.
pub fn at(body: &[u8], line: usize, column: usize) -> String {
    match BodyKind::of(body) {
        BodyKind::Json => {}
        BodyKind::Html => return of_beginning(body),
        BodyKind::Text if body.trim_ascii().is_empty() => return String::new(),
        BodyKind::Text => return not_shown("neither JSON nor an HTML page"),
        BodyKind::Other(name) => return not_shown(name),
    }
    let start_of_line: usize =
        body.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = start_of_line.saturating_add(column).min(body.len());
    let shape = without_secrets(&shape_of_json(&String::from_utf8_lossy(&body[..end])));
    let length = shape.chars().count();
    if length <= LENGTH {
        return shape;
    }
    MORE.chars().chain(shape.chars().skip(length - LENGTH)).collect()
}

fn not_shown(name: &str) -> String {
    format!("{name}{NOT_SHOWN}")
}

/// An excerpt as the end of a sentence whose subject is the body: what it says, or what it is.
pub fn quoted(excerpt: &str) -> String {
    if excerpt.ends_with(NOT_SHOWN) { format!(" is {excerpt}") } else { format!(" says: {excerpt}") }
}

fn shortened(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}{MORE}", &text[..end]),
        None => text.to_owned(),
    }
}

/// What another service says in its own error, under one of the usual names.
fn words_of_json(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Words {
        #[serde(alias = "error", alias = "detail", alias = "title")]
        message: String,
    }
    serde_json::from_slice(body).ok().map(|words: Words| words.message)
}

/// JSON, whole or cut, with its punctuation, members' names and short numbers; everything else is hidden.
fn shape_of_json(text: &str) -> String {
    let mut shape = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let (string, length) = string_at_start(rest);
                let is_name = rest[length..].trim_start().starts_with(':');
                let shown = if is_name && is_plain_name(string) { string } else { HIDDEN };
                shape.extend(["\"", shown, "\""]);
                length
            }
            c if is_of_a_word(c) => {
                let length = rest.find(|c| !is_of_a_word(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                let is_short_number = length <= LONGEST_NUMBER && word.bytes().all(|byte| byte.is_ascii_digit());
                let is_literal = matches!(word, "true" | "false" | "null");
                shape.push_str(if is_short_number || is_literal { word } else { HIDDEN });
                length
            }
            c => {
                if !c.is_whitespace() && !c.is_control() {
                    shape.push(c);
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    shape
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.')
}

/// What stands between the quotes, and how long it is with them. The closing one may be missing.
fn string_at_start(text: &str) -> (&str, usize) {
    let mut escaped = false;
    for (position, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return (&text[1..position], position + 1),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    (&text[1..], text.len())
}

fn is_plain_name(name: &str) -> bool {
    name.len() <= LONGEST_WORD
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// A path into an answer, such as `data[0].whatsAppList[3].name`. The answer may have members whose names are none of the
/// contract's.
pub fn path(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut shown = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => push_index(&mut shown, *index),
            Segment::Map { key } => push_member(&mut shown, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    shown
}

/// Appends an element of a list to a path.
pub fn push_index(path: &mut String, index: usize) {
    path.push_str(&format!("[{index}]"));
}

/// Appends a member to a path; its name is hidden unless it is a plain one.
pub fn push_member(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(if is_plain_name(name) { name } else { HIDDEN });
}

#[cfg(test)]
mod tests;
