//! Short excerpts of responses for error texts, without personal data and secrets.
//!
//! Of JSON only the structure is shown, of HTML the text of the page. Any other body is named and not shown: phone numbers
//! can't be recognized in it, and names can't be recognized in text at all. Used by everything that puts a part of a
//! response into an [`Error`](crate::Error).

mod body_kind;
mod html;

use std::ops::Range;

use self::body_kind::{BodyKind, MAX_READ_BYTES};

/// Characters of an excerpt of a body.
const MAX_EXCERPT_LENGTH: usize = 120;
/// Characters of a message.
const MAX_MESSAGE_LENGTH: usize = 300;
/// Digits of the longest number that is shown. A longer one may be a phone number or a part of a key.
const MAX_SHOWN_DIGITS: usize = 6;
/// Letters and digits of the longest word that is shown. A longer one may be a token.
const MAX_SHOWN_WORD_LENGTH: usize = 24;
const MASK: &str = "***";
const ELLIPSIS: &str = "…";
/// The end of an excerpt that names the kind of a body instead of quoting it.
const NOT_SHOWN: &str = ", which is not shown";

/// Returns a message of the service or of a proxy, shortened, without control characters, long numbers and possible keys.
pub fn message(text: &str) -> String {
    shorten(&mask_secrets(start_of(text)), MAX_MESSAGE_LENGTH)
}

fn start_of(text: &str) -> &str {
    let end = (0..=MAX_READ_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

fn mask_secrets(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut hidden = vec![false; chars.len()];
    // A number may be written in groups, `+86 182-1733-1411`, and a key in groups of letters and digits.
    for run in runs(&chars, |c| c.is_numeric() || is_separator(c)) {
        hide_if(&chars, &mut hidden, run, |digits, _| digits > MAX_SHOWN_DIGITS);
    }
    for run in runs(&chars, |c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
        hide_if(&chars, &mut hidden, run, |digits, length| digits > MAX_SHOWN_DIGITS || length > MAX_SHOWN_WORD_LENGTH);
    }
    for run in runs(&chars, |c| c.is_alphanumeric() || is_in_mail_address(c)) {
        if chars[run.clone()].iter().any(|c| is_at_sign(*c)) {
            hidden[run].fill(true);
        }
    }
    let mut clean = String::with_capacity(text.len());
    for (position, c) in chars.iter().enumerate() {
        if !hidden[position] {
            clean.push(if c.is_control() { ' ' } else { *c });
        } else if position == 0 || !hidden[position - 1] {
            clean.push_str(MASK);
        }
    }
    clean
}

/// Returns whether people write this character between the digits of a number.
fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '+' | '(' | ')' | '.' | '/' | '-' | '_')
}

/// Returns whether a character, besides letters and digits, is part of e-mail addresses and WhatsApp account ids.
fn is_in_mail_address(c: char) -> bool {
    is_at_sign(c) || matches!(c, '.' | '-' | '_' | '+' | '%' | '\'' | '．')
}

fn is_at_sign(c: char) -> bool {
    matches!(c, '@' | '＠' | '﹫')
}

/// Returns the longest runs of characters that `belongs` accepts.
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

/// Hides a run, without the separators at its ends, if it has too many digits or characters.
fn hide_if(chars: &[char], hidden: &mut [bool], run: Range<usize>, is_too_much: impl Fn(usize, usize) -> bool) {
    let is_separator_at = |position: &usize| is_separator(chars[*position]);
    let start = run.clone().find(|position| !is_separator_at(position)).unwrap_or(run.end);
    let end = run.clone().rev().find(|position| !is_separator_at(position)).map_or(start, |last| last + 1);
    let digits = chars[start..end].iter().filter(|c| c.is_numeric()).count();
    if is_too_much(digits, end - start) {
        hidden[start..end].fill(true);
    }
}

/// Returns the start of the body of an error response: of JSON its message or its structure, of HTML and text the words.
pub fn body_start(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(MAX_READ_BYTES)]);
    let text = text.trim_start_matches('\u{feff}').trim();
    let shown = match BodyKind::of(body) {
        BodyKind::Json => json_message(body).unwrap_or_else(|| json_structure(text)),
        BodyKind::Html => html::text(text),
        BodyKind::Text => text.split_whitespace().collect::<Vec<_>>().join(" "),
        BodyKind::Other(name) => return not_shown(name),
    };
    shorten(&mask_secrets(&shown), MAX_EXCERPT_LENGTH)
}

/// Returns what leads to a fault in the body of a successful response; `line` and `column` are those of serde_json. Text is
/// not shown: it may be a table with names.
pub fn body_before(body: &[u8], line: usize, column: usize) -> String {
    match BodyKind::of(body) {
        BodyKind::Json => {}
        BodyKind::Html => return body_start(body),
        BodyKind::Text if body.trim_ascii().is_empty() => return String::new(),
        BodyKind::Text => return not_shown("neither JSON nor an HTML page"),
        BodyKind::Other(name) => return not_shown(name),
    }
    let start_of_line: usize =
        body.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = start_of_line.saturating_add(column).min(body.len());
    let structure = mask_secrets(&json_structure(&String::from_utf8_lossy(&body[..end])));
    let length = structure.chars().count();
    if length <= MAX_EXCERPT_LENGTH {
        return structure;
    }
    ELLIPSIS.chars().chain(structure.chars().skip(length - MAX_EXCERPT_LENGTH)).collect()
}

fn not_shown(name: &str) -> String {
    format!("{name}{NOT_SHOWN}")
}

/// Returns an excerpt as the predicate of a sentence about the body: ` says: ...` or ` is ..., which is not shown`.
pub fn predicate(excerpt: &str) -> String {
    if excerpt.ends_with(NOT_SHOWN) { format!(" is {excerpt}") } else { format!(" says: {excerpt}") }
}

fn shorten(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}{ELLIPSIS}", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns the message of another service's error, if it has one of the usual names.
fn json_message(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct ErrorBody {
        #[serde(alias = "error", alias = "detail", alias = "title")]
        message: String,
    }
    serde_json::from_slice(body).ok().map(|error: ErrorBody| error.message)
}

/// Returns the punctuation, member names and short numbers of JSON, whole or cut; everything else is masked.
fn json_structure(text: &str) -> String {
    let mut structure = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let (string, length) = string_at_start(rest);
                let is_name = rest[length..].trim_start().starts_with(':');
                let shown = if is_name && is_plain_name(string) { string } else { MASK };
                structure.extend(["\"", shown, "\""]);
                length
            }
            c if is_in_word(c) => {
                let length = rest.find(|c| !is_in_word(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                let is_short_number = length <= MAX_SHOWN_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
                let is_literal = matches!(word, "true" | "false" | "null");
                structure.push_str(if is_short_number || is_literal { word } else { MASK });
                length
            }
            c => {
                if !c.is_whitespace() && !c.is_control() {
                    structure.push(c);
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    structure
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.')
}

/// Returns the text between the quotes, and its length including them. The closing quote may be missing.
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
    name.len() <= MAX_SHOWN_WORD_LENGTH
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// Returns a path into a response, such as `data[0].whatsAppList[3].name`. Names that the contract does not have may be
/// personal data: see [`push_member`].
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

/// Appends an index to a path.
pub fn push_index(path: &mut String, index: usize) {
    path.push_str(&format!("[{index}]"));
}

/// Appends a member to a path. Its name is masked unless it is short and consists of ASCII letters.
pub fn push_member(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(if is_plain_name(name) { name } else { MASK });
}

#[cfg(test)]
mod tests;
