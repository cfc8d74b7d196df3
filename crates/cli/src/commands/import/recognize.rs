//! Recognizes the format of an input by its first bytes, or what the input is instead.

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value, error::Category};

use super::{
    csv::REQUIRED_COLUMNS,
    encoding::{self, BYTE_ORDER_MARK, UTF_16},
};

/// A format of status events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Compressed; the content is recognized again.
    Gzip,
    /// A JSON object per line.
    JsonLines,
    /// JSON values over one or several lines: arrays, responses, objects.
    Documents,
    /// With a header line.
    Csv { delimiter: u8 },
}

/// Other formats with fixed first bytes.
const MAGIC_BYTES: &[(&[u8], &str)] = &[
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
/// Members of status events and of responses with them, in lower case.
const EVENT_MEMBERS: [&[u8]; 6] =
    [b"\"userid\"", b"\"agentaccount\"", b"\"whatsapp\"", b"\"detailstatus\"", b"\"createtime\"", b"\"whatsapplist\""];
/// How many different of these a text with events has at least. A `userId` alone is common in other data.
const MIN_EVENT_MEMBERS: usize = 2;
/// Members of the envelope of a response.
const ENVELOPE_MEMBERS: [[&[u8]; 2]; 2] = [[b"\"code\"", b"\"data\""], [b"\"code\"", b"\"message\""]];

/// Recognizes the format of a content by its head, or returns what the content is instead.
///
/// `is_enough`: the head is the whole content, or so long that it would contain events.
pub fn recognize(head: &[u8], is_enough: bool) -> Result<Format, &'static str> {
    if head.starts_with(b"\x1f\x8b") {
        return Ok(Format::Gzip);
    }
    if let Some((_, name)) = MAGIC_BYTES.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(name);
    }
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    if text.iter().take(512).any(|byte| *byte == 0) {
        return Err(if encoding::is_utf_16(text) { UTF_16 } else { "binary data" });
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let format = match text.first() {
        Some(b'<') => return Err(describe_markup(text)),
        Some(b'[') => Format::Documents,
        Some(b'{') => recognize_json(text, line)?,
        _ if line.starts_with(b"openapi:") || line.starts_with(b"swagger:") => return Err("an OpenAPI document"),
        _ => detect_delimiter(line).map_or(Format::JsonLines, |delimiter| Format::Csv { delimiter }),
    };
    let has_events = matches!(format, Format::Csv { .. }) || mentions_events(text);
    if has_events && is_enough {
        // A spreadsheet writes a whole file in one encoding; in JSON lines, single lines may be invalid.
        let max_invalid = if matches!(format, Format::Csv { .. }) { 0 } else { 2 };
        if let Some(description) = encoding::detect_other_than_utf_8(text, max_invalid) {
            return Err(description);
        }
    }
    if has_events || !is_enough { Ok(format) } else { Err(describe_other(text)) }
}

/// Returns whether the text has members of events or of a response, or is empty.
fn mentions_events(text: &[u8]) -> bool {
    if text.iter().all(|byte| byte.is_ascii_whitespace() || b"[],".contains(byte)) {
        return true;
    }
    let text = text.to_ascii_lowercase();
    let has = |member: &&[u8]| text.windows(member.len()).any(|part| part == *member);
    EVENT_MEMBERS.iter().filter(|member| has(member)).count() >= MIN_EVENT_MEMBERS
        || ENVELOPE_MEMBERS.iter().any(|members| members.iter().all(has))
}

fn describe_other(text: &[u8]) -> &'static str {
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

fn describe_markup(text: &[u8]) -> &'static str {
    let start = text[..text.len().min(1024)].to_ascii_lowercase();
    let has = |word: &[u8]| start.windows(word.len()).any(|part| part == word);
    if has(b"<html") || has(b"<!doctype html") { "an HTML page" } else { "an XML document" }
}

fn recognize_json(text: &[u8], line: &[u8]) -> Result<Format, &'static str> {
    match serde_json::from_slice::<Value>(line) {
        Ok(value) if value.get("openapi").is_some() || value.get("swagger").is_some() => Err("an OpenAPI document"),
        Ok(value) if value.get("whatsAppList").is_some() || is_response(&value) => Ok(Format::Documents),
        Err(error) if error.classify() == Category::Eof => {
            let has = |word: &[u8]| text.windows(word.len()).any(|part| part == word);
            if line.len() < text.trim_ascii_end().len() && line.len() < 200 {
                // The object continues on the next lines.
                if has(b"\"openapi\"") { Err("an OpenAPI document") } else { Ok(Format::Documents) }
            } else if has(b"\"whatsAppList\"") || has(b"\"data\"") {
                Ok(Format::Documents)
            } else {
                Ok(Format::JsonLines)
            }
        }
        _ => Ok(Format::JsonLines),
    }
}

/// Returns whether the value is the envelope of a response.
pub fn is_response(value: &Value) -> bool {
    value.get("code").is_some() && (value.get("data").is_some() || value.get("message").is_some())
}

/// Returns the delimiter of columns, if the line looks like the header of a table of events.
fn detect_delimiter(line: &[u8]) -> Option<u8> {
    let is_name = |name: &[u8]| {
        let name = name.trim_ascii();
        let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
        REQUIRED_COLUMNS.iter().any(|member| name.eq_ignore_ascii_case(member.as_bytes()))
    };
    [b',', b';', b'\t']
        .into_iter()
        .find(|delimiter| line.split(|byte| byte == delimiter).filter(|name| is_name(name)).count() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_recognized_by_content() {
        let csv = |delimiter| Ok(Format::Csv { delimiter });
        let (text, json) =
            ("text that is neither JSON nor a table of status events", "JSON without the members of status events");
        for (head, expected) in [
            ("{\"userId\": 1, \"createTime\": 1}\n{\"userId\"", Ok(Format::JsonLines)),
            ("a banner\n{\"userId\": 1, \"whatsapp\": 1}\n", Ok(Format::JsonLines)),
            ("", Ok(Format::JsonLines)),
            ("\u{feff}[ [\n], ]", Ok(Format::Documents)),
            ("not an event\n", Err(text)),
            ("userId 1\ncreateTime 2\n", Err(text)),
            ("{]\n", Err(text)),
            ("[2026-11-29 10:00:00] INFO started\n", Err(text)),
            ("12 of 13\n", Err(text)),
            ("userId,name\n1,2\n", Err(text)),
            ("{\"level\": \"info\", \"userId\": 1}\n", Err(json)),
            ("[{\"level\": \"info\"}, {", Err(json)),
            ("{\n  \"code\": 200,\n  \"data\": [", Ok(Format::Documents)),
            ("{\"code\": 200, \"message\": \"success\", \"data\": []}", Ok(Format::Documents)),
            ("{\"code\": 200, \"data\": [{\"whatsAppList\": [", Ok(Format::Documents)),
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
            assert_eq!(recognize(head.as_bytes(), false), Ok(Format::JsonLines), "a pipe may continue with events");
        }
        assert_eq!(recognize(b"\x01\x02 no text", true), Err("binary data"));
        assert_eq!(recognize(b"\x1f\x8b\x08", false), Ok(Format::Gzip));
        for magic in [&b"PK\x03\x04.."[..], b"SQLite format 3\0..", b"\xff\xfe{\0", b"{\0\"\0"] {
            assert!(recognize(magic, false).is_err(), "{magic:?}");
        }
    }
}
