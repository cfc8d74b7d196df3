//! What a file is, by its first bytes.

use super::encoding::{self, UTF_16};
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value, error::Category};

/// Some editors begin a file with it.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How status events are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Packed; what is in it is recognized again.
    Gzip,
    /// A JSON object a line.
    Lines,
    /// JSON values that may have several lines: arrays, answers, objects.
    Documents,
    /// With a header line.
    Csv { delimiter: u8 },
}

/// Formats whose first bytes are fixed.
const MAGIC: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive, such as an .xlsx workbook (save the sheet as CSV)"),
    (b"\xd0\xcf\x11\xe0", "an .xls workbook (save the sheet as CSV)"),
    (b"SQLite format 3\0", "an SQLite database (`serve --database` serves one of group-dispatch)"),
    (b"\xff\xfe", UTF_16),
    (b"\xfe\xff", UTF_16),
    (b"%PDF", "a PDF document"),
    (b"\x28\xb5\x2f\xfd", "zstd data (unpack it first)"),
    (b"BZh", "bzip2 data (unpack it first)"),
    (b"\xfd7zXZ\0", "xz data (unpack it first)"),
    (b"7z\xbc\xaf", "a 7z archive (unpack it first)"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
];
/// Members that only status events and answers about them have, in lower case.
const MEMBERS: [&[u8]; 6] =
    [b"\"userid\"", b"\"agentaccount\"", b"\"whatsapp\"", b"\"detailstatus\"", b"\"createtime\"", b"\"whatsapplist\""];
/// How many of these a text of events has at least. Other programs have a `userId` as well.
const FEWEST_MEMBERS: usize = 2;
/// Members of each answer.
const ENVELOPES: [[&[u8]; 2]; 2] = [[b"\"code\"", b"\"data\""], [b"\"code\"", b"\"message\""]];

/// Recognizes the form, or returns what the content is instead.
///
/// `is_enough` says whether the head is all of the content, or enough of it that events would be seen in it.
pub fn recognize(head: &[u8], is_enough: bool) -> Result<Form, &'static str> {
    if head.starts_with(b"\x1f\x8b") {
        return Ok(Form::Gzip);
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(name);
    }
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    if text.iter().take(512).any(|byte| *byte == 0) {
        return Err(if encoding::is_utf_16(text) { UTF_16 } else { "binary data" });
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let form = match text.first() {
        Some(b'<') => return Err(markup(text)),
        Some(b'[') => Form::Documents,
        Some(b'{') => json(text, line)?,
        _ if line.starts_with(b"openapi:") || line.starts_with(b"swagger:") => return Err("an OpenAPI document"),
        _ => delimiter(line).map_or(Form::Lines, |delimiter| Form::Csv { delimiter }),
    };
    let has_events = matches!(form, Form::Csv { .. }) || mentions_events(text);
    if has_events && is_enough {
        // A spreadsheet writes a whole file in one encoding; a line of JSON may be damaged alone.
        let most_damaged = if matches!(form, Form::Csv { .. }) { 0 } else { 2 };
        if let Some(found) = encoding::other_than_utf_8(text, most_damaged) {
            return Err(found);
        }
    }
    if has_events || !is_enough { Ok(form) } else { Err(something_else(text)) }
}

/// Whether the text has members of events or of an answer, or nothing at all.
fn mentions_events(text: &[u8]) -> bool {
    if text.iter().all(|byte| byte.is_ascii_whitespace() || b"[],".contains(byte)) {
        return true;
    }
    let text = text.to_ascii_lowercase();
    let has = |member: &&[u8]| text.windows(member.len()).any(|part| part == *member);
    MEMBERS.iter().filter(|member| has(member)).count() >= FEWEST_MEMBERS
        || ENVELOPES.iter().any(|members| members.iter().all(has))
}

fn something_else(text: &[u8]) -> &'static str {
    let is_json = || {
        let first_value = Deserializer::from_slice(text).into_iter::<IgnoredAny>().next();
        first_value.is_none_or(|value| value.map_or_else(|error| error.is_eof(), |_| true))
    };
    if text.iter().any(|byte| byte.is_ascii_control() && !b"\t\n\r\x0c\x1b".contains(byte)) {
        "binary data"
    } else if (text.starts_with(b"{") || text.starts_with(b"[")) && is_json() {
        "JSON without the members of status events"
    } else {
        "text that is neither JSON nor a table of status events"
    }
}

fn markup(text: &[u8]) -> &'static str {
    let start = text[..text.len().min(1024)].to_ascii_lowercase();
    let has = |word: &[u8]| start.windows(word.len()).any(|part| part == word);
    if has(b"<html") || has(b"<!doctype html") { "an HTML page" } else { "an XML document" }
}

fn json(text: &[u8], line: &[u8]) -> Result<Form, &'static str> {
    match serde_json::from_slice::<Value>(line) {
        Ok(value) if value.get("openapi").is_some() || value.get("swagger").is_some() => Err("an OpenAPI document"),
        Ok(value) if value.get("whatsAppList").is_some() || is_answer(&value) => Ok(Form::Documents),
        Err(error) if error.classify() == Category::Eof => {
            let has = |word: &[u8]| text.windows(word.len()).any(|part| part == word);
            if line.len() < text.trim_ascii_end().len() && line.len() < 200 {
                // An object over several lines.
                if has(b"\"openapi\"") { Err("an OpenAPI document") } else { Ok(Form::Documents) }
            } else if has(b"\"whatsAppList\"") || has(b"\"data\"") {
                Ok(Form::Documents)
            } else {
                Ok(Form::Lines)
            }
        }
        _ => Ok(Form::Lines),
    }
}

/// Whether it is an answer's envelope.
pub fn is_answer(value: &Value) -> bool {
    value.get("code").is_some() && (value.get("data").is_some() || value.get("message").is_some())
}

/// The character between the names of columns, if the line is the header of a table of events or of something like it.
fn delimiter(line: &[u8]) -> Option<u8> {
    let is_name = |name: &[u8]| {
        let name = name.trim_ascii();
        let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
        super::csv::REQUIRED.iter().any(|member| name.eq_ignore_ascii_case(member.as_bytes()))
    };
    [b',', b';', b'\t']
        .into_iter()
        .find(|delimiter| line.split(|byte| byte == delimiter).filter(|name| is_name(name)).count() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_recognized() {
        let csv = |delimiter| Ok(Form::Csv { delimiter });
        let (text, json) =
            ("text that is neither JSON nor a table of status events", "JSON without the members of status events");
        for (head, expected) in [
            ("{\"userId\": 1, \"createTime\": 1}\n{\"userId\"", Ok(Form::Lines)),
            ("a banner\n{\"userId\": 1, \"whatsapp\": 1}\n", Ok(Form::Lines)),
            ("", Ok(Form::Lines)),
            ("\u{feff}[ [\n], ]", Ok(Form::Documents)),
            ("not an event\n", Err(text)),
            ("userId 1\ncreateTime 2\n", Err(text)),
            ("{]\n", Err(text)),
            ("[2026-11-29 10:00:00] INFO started\n", Err(text)),
            ("12 of 13\n", Err(text)),
            ("userId,name\n1,2\n", Err(text)),
            ("{\"level\": \"info\", \"userId\": 1}\n", Err(json)),
            ("[{\"level\": \"info\"}, {", Err(json)),
            ("{\n  \"code\": 200,\n  \"data\": [", Ok(Form::Documents)),
            ("{\"code\": 200, \"message\": \"success\", \"data\": []}", Ok(Form::Documents)),
            ("{\"code\": 200, \"data\": [{\"whatsAppList\": [", Ok(Form::Documents)),
            ("createTime,userId,whatsApp\r\n1", csv(b',')),
            ("\"createTime\";\"userId\"\n1", csv(b';')),
            ("userId\twhatsApp\n", csv(b'\t')),
            ("<!DOCTYPE html>\n", Err("an HTML page")),
            ("<?xml version='1.0'?>\n", Err("an XML document")),
            ("openapi: 3.0.3\n", Err("an OpenAPI document")),
            ("{\"openapi\": \"3.0.3\"}", Err("an OpenAPI document")),
            ("{\n \"openapi\": \"3.0.3\",\n", Err("an OpenAPI document")),
        ] {
            assert_eq!(recognize(head.as_bytes(), true), expected, "{head:?}");
        }
        for head in ["not an event\n", "{\"level\": \"info\"}\n"] {
            assert_eq!(recognize(head.as_bytes(), false), Ok(Form::Lines), "a pipe may go on with events");
        }
        assert_eq!(recognize(b"\x01\x02 no text", true), Err("binary data"));
        assert_eq!(recognize(b"\x1f\x8b\x08", false), Ok(Form::Gzip));
        for magic in [&b"PK\x03\x04.."[..], b"SQLite format 3\0..", b"\xff\xfe{\0", b"{\0\"\0"] {
            assert!(recognize(magic, false).is_err(), "{magic:?}");
        }
    }
}
