//! Encodings of text: the byte order mark of UTF-8, and guesses for text that is not UTF-8, for the error that names
//! it.

/// Some editors write it at the beginning of a file.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The description of UTF-16 in an error.
pub const UTF_16: &str = "UTF-16 text (save it as UTF-8; in Excel, as \"CSV UTF-8\")";
const GB18030: &str =
    "text that is not UTF-8 but probably GB18030 or GBK (save it as UTF-8; in Excel, as \"CSV UTF-8\")";
const WINDOWS_125X: &str = "text that is not UTF-8 but probably Windows-1252 or another Windows-125x (save it as UTF-8; in Excel, as \"CSV UTF-8\")";
/// The lowest byte of GB2312, whose characters are nearly all of a Chinese text.
const LOWEST_GB2312_BYTE: u8 = 0xa1;

/// Returns the description of another encoding, if more than `max_invalid` lines of the text are not UTF-8 and no line
/// has a UTF-8 character beyond ASCII.
pub fn detect_other_than_utf_8(text: &[u8], max_invalid: usize) -> Option<&'static str> {
    let mut invalid = 0;
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        match str::from_utf8(line) {
            Ok(_) => return None,
            // The last line may end within a character.
            Err(error)
                if error.error_len().is_none() && line.len() - error.valid_up_to() < 4 && text.ends_with(line) => {}
            Err(_) => invalid += 1,
        }
    }
    (invalid > max_invalid).then(|| if is_gb18030(text) { GB18030 } else { WINDOWS_125X })
}

/// Returns whether most bytes beyond ASCII come in pairs, as in Chinese text. In Latin text, they are single.
fn is_gb18030(text: &[u8]) -> bool {
    let (mut paired, mut single, mut rest) = (0_usize, 0_usize, text);
    while let [first, after @ ..] = rest {
        rest = after;
        if first.is_ascii() {
            continue;
        }
        match after {
            [second, after @ ..] if *first >= LOWEST_GB2312_BYTE && *second >= LOWEST_GB2312_BYTE => {
                paired += 1;
                rest = after;
            }
            _ => single += 1,
        }
    }
    paired > single
}

/// Returns whether every other byte is zero, as in ASCII text in UTF-16 without a byte order mark.
pub fn is_utf_16(text: &[u8]) -> bool {
    let head = &text[..text.len().min(512)];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    even.min(odd) == 0 && even.max(odd) * 4 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_guessed() {
        for (text, max_invalid, expected) in [
            (&b"name\n\xd2\xb9\xb0\xe0\n"[..], 0, Some(GB18030)),
            (b"name\nJos\xe9\n", 0, Some(WINDOWS_125X)),
            (b"name\nJos\xe9\n", 2, None),
            (b"Jos\xe9\nJos\xe9\nJos\xe9\n", 2, Some(WINDOWS_125X)),
            ("name\n夜班\n".as_bytes(), 0, None),
            (b"name\n\xe5\xa4\x9c\nJos\xe9\n", 0, None),
            (b"name\ncut \xe5\xa4", 0, None),
            (b"name\n", 0, None),
        ] {
            assert_eq!(detect_other_than_utf_8(text, max_invalid), expected, "{text:?}");
        }
        assert!(is_utf_16(b"{\0\"\0u\0") && is_utf_16(b"\0{\0\"\0u"));
        assert!(!is_utf_16(b"\x7fELF\0\0\0\0\x02\x01\x01"));
    }
}
