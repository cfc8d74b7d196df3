//! Guesses the encoding of text that is not UTF-8, for the error that names it.

/// What UTF-16 is called in an error.
pub const UTF_16: &str = "UTF-16 text (save it as UTF-8; in Excel, as \"CSV UTF-8\")";
const GB18030: &str =
    "text that is not UTF-8 but probably GB18030 or GBK (save it as UTF-8; in Excel, as \"CSV UTF-8\")";
const SINGLE_BYTES: &str = "text that is not UTF-8 but probably Windows-1252 or another Windows-125x (save it as UTF-8; in Excel, as \"CSV UTF-8\")";
/// The least second byte of the characters that GB2312 has, which are nearly all of a Chinese text.
const FIRST_OF_GB2312: u8 = 0xa1;

/// Returns what the text is, if more than `most_damaged` of its lines are not UTF-8 and no line has a UTF-8 character
/// beyond ASCII.
pub fn other_than_utf_8(text: &[u8], most_damaged: usize) -> Option<&'static str> {
    let mut damaged = 0;
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        match str::from_utf8(line) {
            Ok(_) => return None,
            // The last line may be cut within a character.
            Err(error)
                if error.error_len().is_none() && line.len() - error.valid_up_to() < 4 && text.ends_with(line) => {}
            Err(_) => damaged += 1,
        }
    }
    (damaged > most_damaged).then(|| if is_gb18030(text) { GB18030 } else { SINGLE_BYTES })
}

/// Whether most bytes beyond ASCII come in pairs, as in Chinese; in the text of a Latin language they stand alone.
fn is_gb18030(text: &[u8]) -> bool {
    let (mut paired, mut alone, mut rest) = (0_usize, 0_usize, text);
    while let [first, after @ ..] = rest {
        rest = after;
        if first.is_ascii() {
            continue;
        }
        match after {
            [second, after @ ..] if *first >= FIRST_OF_GB2312 && *second >= FIRST_OF_GB2312 => {
                paired += 1;
                rest = after;
            }
            _ => alone += 1,
        }
    }
    paired > alone
}

/// Whether zero bytes stand at every other place, as where ASCII is written in UTF-16 without a byte order mark.
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
        for (text, most_damaged, expected) in [
            (&b"name\n\xd2\xb9\xb0\xe0\n"[..], 0, Some(GB18030)),
            (b"name\nJos\xe9\n", 0, Some(SINGLE_BYTES)),
            (b"name\nJos\xe9\n", 2, None),
            (b"Jos\xe9\nJos\xe9\nJos\xe9\n", 2, Some(SINGLE_BYTES)),
            ("name\n夜班\n".as_bytes(), 0, None),
            (b"name\n\xe5\xa4\x9c\nJos\xe9\n", 0, None),
            (b"name\ncut \xe5\xa4", 0, None),
            (b"name\n", 0, None),
        ] {
            assert_eq!(other_than_utf_8(text, most_damaged), expected, "{text:?}");
        }
        assert!(is_utf_16(b"{\0\"\0u\0") && is_utf_16(b"\0{\0\"\0u"));
        assert!(!is_utf_16(b"\x7fELF\0\0\0\0\x02\x01\x01"));
    }
}
