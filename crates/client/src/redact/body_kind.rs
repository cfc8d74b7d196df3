//! What a body is, by its first bytes.

use super::BEGINNING;

/// Elements that an HTML page or a fragment of one begins with. XML has names of its own, and may hold data.
const FIRST_ELEMENTS: [&str; 15] = [
    "!doctype html",
    "html",
    "head",
    "title",
    "meta",
    "body",
    "center",
    "div",
    "h1",
    "h2",
    "h3",
    "p",
    "pre",
    "script",
    "style",
];
/// UTF-32 stands before UTF-16, whose mark it begins with.
const SIGNATURES: [(&[u8], &str); 6] = [
    (b"\xff\xfe\0\0", "text in UTF-32"),
    (b"\0\0\xfe\xff", "text in UTF-32"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// Whole, cut or broken.
    Json,
    /// HTML.
    Html,
    /// UTF-8 of no other form, or nothing.
    Text,
    /// What it is called. Numbers in it can't be recognized, or it is data.
    Other(&'static str),
}

impl BodyKind {
    pub fn of(body: &[u8]) -> Self {
        if let Some((_, name)) = SIGNATURES.iter().find(|(signature, _)| body.starts_with(signature)) {
            return Self::Other(name);
        }
        let beginning = &body[..body.len().min(BEGINNING)];
        if beginning.contains(&0) {
            return Self::Other(with_zeros(beginning));
        }
        let text = String::from_utf8_lossy(beginning);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with(['{', '[', '"']) {
            return Self::Json;
        }
        if text.starts_with('<') {
            return if is_page(text) { Self::Html } else { Self::Other("XML or other markup than HTML") };
        }
        match is_utf8(beginning) {
            true => Self::Text,
            false if beginning.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()) => {
                Self::Other("binary data")
            }
            false => Self::Other("text in another encoding than UTF-8"),
        }
    }
}

/// Without a byte order mark, the zeros of the first character show the encoding: markup and JSON begin with ASCII.
fn with_zeros(beginning: &[u8]) -> &'static str {
    let zeros: Vec<bool> = beginning.iter().take(4).map(|byte| *byte == 0).collect();
    match zeros[..] {
        [true, true, true, false] | [false, true, true, true] => "text in UTF-32",
        [true, false, ..] | [false, true, ..] => "text in UTF-16",
        _ => "binary data",
    }
}

/// A character that is cut at the end counts as whole.
fn is_utf8(beginning: &[u8]) -> bool {
    std::str::from_utf8(beginning).err().is_none_or(|error| error.error_len().is_none())
}

/// Whether markup is HTML: its first element, behind comments and an XML declaration, is one of HTML's.
fn is_page(text: &str) -> bool {
    let mut rest = text;
    loop {
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else {
            break;
        };
        let Some((_, behind)) = rest.split_once(end) else { return false };
        rest = behind.trim_start();
    }
    let Some(rest) = rest.strip_prefix('<') else { return false };
    FIRST_ELEMENTS.iter().any(|name| {
        let behind =
            rest.get(..name.len()).filter(|first| first.eq_ignore_ascii_case(name)).map(|_| &rest[name.len()..]);
        behind.is_some_and(|behind| {
            !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        })
    })
}
