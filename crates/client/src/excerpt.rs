//! A piece of an answer that can't be used, short and clean enough for a log.

/// Characters of an excerpt.
const LENGTH: usize = 120;
/// Digits of the longest number that is left as it is; a longer one may be a phone number or a part of a key.
const LONGEST_NUMBER: usize = 6;
/// Letters and digits of the longest word that is left as it is; a longer one may be a token.
const LONGEST_WORD: usize = 24;
/// Bytes that are looked at where the beginning is shown.
const BEGINNING: usize = 4096;
const HIDDEN: &str = "***";
const MORE: &str = "…";

/// The service's or a proxy's words without control characters, long numbers and what may be a key.
pub fn cleaned(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if word == 0 {
            clean.push(if first.is_control() { ' ' } else { first });
            rest = &rest[first.len_utf8()..];
        } else {
            clean.push_str(if may_be_private(&rest[..word]) { HIDDEN } else { &rest[..word] });
            rest = &rest[word..];
        }
    }
    clean
}

fn may_be_private(word: &str) -> bool {
    word.len() > LONGEST_WORD || word.bytes().filter(u8::is_ascii_digit).count() > LONGEST_NUMBER
}

/// The beginning of a body: of a page its words, of JSON its shape, without what stands in strings.
pub fn of_beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(BEGINNING)]);
    let text = text.trim_start_matches('\u{feff}').trim();
    let shown = if text.starts_with(['{', '[', '"']) { shape_of_json(text) } else { cleaned(&words_of_page(text)) };
    shortened(&shown)
}

/// What stands before and at a place in a body, given as serde_json gives it.
pub fn at(body: &[u8], line: usize, column: usize) -> String {
    let start_of_line: usize =
        body.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = start_of_line.saturating_add(column).min(body.len());
    if !body.trim_ascii_start().starts_with(b"{") && !body.trim_ascii_start().starts_with(b"[") {
        return of_beginning(body);
    }
    let shape = shape_of_json(&String::from_utf8_lossy(&body[..end]));
    let length = shape.chars().count();
    if length <= LENGTH {
        return shape;
    }
    MORE.chars().chain(shape.chars().skip(length - LENGTH)).collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}{MORE}", &text[..end]),
        None => text.to_owned(),
    }
}

/// Text without tags and with single spaces.
fn words_of_page(page: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in page.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
            Segment::Seq { index } => shown.push_str(&format!("[{index}]")),
            Segment::Map { key } => {
                if !shown.is_empty() {
                    shown.push('.');
                }
                shown.push_str(if is_plain_name(key) { key } else { HIDDEN });
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cleaned() {
        for (text, clean) in [
            ("accessToken is error", "accessToken is error"),
            ("no agent 868024", "no agent 868024"),
            ("account 8618217331411 is unknown", "account *** is unknown"),
            ("line\r\n\x1b[2Jnext", "line   [2Jnext"),
            ("token a35aadc4da20a17e393fbc84321d55fc", "token ***"),
            ("哥伦比亚", "哥伦比亚"),
            ("", ""),
        ] {
            assert_eq!(cleaned(text), clean);
        }
    }

    #[test]
    fn of_a_page_its_words_are_left() {
        let page = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body class=\"x\">\r\n<hr>nginx/1.25</body></html>";
        assert_eq!(of_beginning(page), "502 Bad Gateway nginx/1.25");
        assert_eq!(of_beginning(b"upstream connect error"), "upstream connect error");
        assert_eq!(of_beginning("ä".repeat(500).as_bytes()), "ä".repeat(LENGTH) + MORE);
        assert_eq!(of_beginning(b""), "");
        assert_eq!(of_beginning(b"<"), "");
    }

    #[test]
    fn of_json_its_shape_is_left() {
        for (json, shape) in [
            (
                r#"{"data": [{"userId": 12, "agentAccount": "u1", "name": "ja\"ck", "whatsApp": 8618217331411}], "ok": true}"#,
                r#"{"data":[{"userId":12,"agentAccount":"***","name":"***","whatsApp":***}],"ok":true}"#,
            ),
            (r#"{"name": "jack"#, r#"{"name":"***""#),
            (r#"{"8618217331411": {"jack the customer": 1}}"#, r#"{"***":{"***":1}}"#),
            (r#"[jack, -1.5, 8618217331411x]"#, "[***,***,***]"),
            (r#""jack""#, r#""***""#),
            ("[\"a\\\\\", \"jack\"]", r#"["***","***"]"#),
        ] {
            assert_eq!(of_beginning(json.as_bytes()), shape);
        }
    }

    #[test]
    fn of_a_place_what_leads_to_it_is_left() {
        let body = format!("{{\"data\": [\n{}\n7]}}", "{\"name\": \"jack\"},".repeat(100));
        let excerpt = at(body.as_bytes(), 3, 1);
        assert!(excerpt.starts_with(MORE) && excerpt.ends_with(r#"{"name":"***"},7"#), "{excerpt}");
        assert_eq!(excerpt.chars().count(), LENGTH + 1);
        assert_eq!(at(b"{\"code\": 200, \"data\": \"jack\"}", 1, 22), r#"{"code":200,"data":"#);
        assert_eq!(at(b"<p>Log in</p>", 1, 1), "Log in");
        assert_eq!(at(b"{", 99, 99), "{");
    }
}
