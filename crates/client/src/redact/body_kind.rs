//! Recognizes what a body is by its first bytes.

/// Bytes of a body that are read to recognize its kind, and for an excerpt of its start.
pub const MAX_READ_BYTES: usize = 4096;

/// The elements that HTML pages and fragments start with. XML has other names, and may hold data.
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
/// UTF-32 comes before UTF-16, because its byte order mark starts with that of UTF-16.
const SIGNATURES: [(&[u8], &str); 6] = [
    (b"\xff\xfe\0\0", "text in UTF-32"),
    (b"\0\0\xfe\xff", "text in UTF-32"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
];

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// JSON: whole, cut or broken.
    Json,
    /// An HTML page or fragment.
    Html,
    /// Any other UTF-8, or nothing.
    Text,
    /// Anything else, with its name. Numbers in it can't be recognized, or it is data.
    Other(&'static str),
}

impl BodyKind {
    pub fn of(body: &[u8]) -> Self {
        if let Some((_, name)) = SIGNATURES.iter().find(|(signature, _)| body.starts_with(signature)) {
            return Self::Other(name);
        }
        let start = &body[..body.len().min(MAX_READ_BYTES)];
        if start.contains(&0) {
            return Self::Other(encoding_by_zeros(start));
        }
        let text = String::from_utf8_lossy(start);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with(['{', '[', '"']) {
            return Self::Json;
        }
        if text.starts_with('<') {
            return if is_html(text) { Self::Html } else { Self::Other("XML or other markup than HTML") };
        }
        match is_utf8(start) {
            true => Self::Text,
            false if start.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()) => {
                Self::Other("binary data")
            }
            false => Self::Other("text in another encoding than UTF-8"),
        }
    }
}

/// Returns the encoding of text without a byte order mark. Markup and JSON start with ASCII, so that the zeros of the first
/// character show the encoding.
fn encoding_by_zeros(start: &[u8]) -> &'static str {
    let zeros: Vec<bool> = start.iter().take(4).map(|byte| *byte == 0).collect();
    match zeros[..] {
        [true, true, true, false] | [false, true, true, true] => "text in UTF-32",
        [true, false, ..] | [false, true, ..] => "text in UTF-16",
        _ => "binary data",
    }
}

/// Returns whether the bytes are UTF-8, except for a character that is truncated at the end.
fn is_utf8(start: &[u8]) -> bool {
    std::str::from_utf8(start).err().is_none_or(|error| error.error_len().is_none())
}

/// Returns whether the first element of markup, after comments and an XML declaration, is one of HTML.
fn is_html(text: &str) -> bool {
    let mut rest = text;
    loop {
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else {
            break;
        };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
    let Some(rest) = rest.strip_prefix('<') else { return false };
    FIRST_ELEMENTS.iter().any(|name| {
        let after =
            rest.get(..name.len()).filter(|first| first.eq_ignore_ascii_case(name)).map(|_| &rest[name.len()..]);
        after.is_some_and(|after| {
            !after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        })
    })
}
