//! Parses numbers as people write them and as phones and chat programs copy them (D4, D34).
//!
//! Used for texts that are not only digits. A text is accepted only if dropping the other characters cannot turn it into
//! another account.

/// The error of a number with too many digits.
pub const TOO_LONG: &str = "more than 15 digits";

/// Returns the digits of a number in any accepted form; there may be too many of them. The error says what was found.
pub fn read(text: &str) -> Result<u64, &'static str> {
    let plain = plain(text)?;
    let plain = plain.trim();
    let (number, is_prefixed) = match without_prefix(plain) {
        Some(rest) => (rest.trim_start(), true),
        None => (plain, false),
    };
    match number.split_once('@') {
        Some(_) if is_prefixed => Err("an account id behind a prefix"),
        Some((user, server)) => digits(account_of_id(user, server)?),
        None => punctuated(number),
    }
}

/// Parses digits with punctuation between them.
fn punctuated(text: &str) -> Result<u64, &'static str> {
    if is_decimal(text) {
        return Err("a decimal number");
    }
    if has_trunk_zero(text) {
        return Err("a zero in brackets, which is not dialed from abroad");
    }
    if text.starts_with('-') && text.contains(|character: char| character.is_ascii_digit()) {
        return Err("a minus sign before the number");
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    let kept: String = text.chars().filter(|character| !matches!(character, ' ' | '-' | '.' | '(' | ')')).collect();
    digits(&kept)
}

fn digits(text: &str) -> Result<u64, &'static str> {
    if text.is_empty() {
        return Err("no digit");
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a character that is not part of a phone number");
    }
    if text.starts_with('0') {
        return Err("a zero before the country calling code");
    }
    text.parse().map_err(|_| TOO_LONG)
}

/// Returns the text with ASCII digits, signs and spaces in place of their other forms, and without marks that have no
/// effect on its value.
fn plain(text: &str) -> Result<String, &'static str> {
    let mut plain = String::with_capacity(text.len());
    // The zero of the script of the text's digits.
    let mut script = None;
    for character in text.trim().chars() {
        if let Some((zero, digit)) = digit_of(character) {
            // Text with two directions is shown in another order than it is stored.
            if *script.get_or_insert(zero) != zero {
                return Err("digits of two scripts");
            }
            plain.push(digit);
            continue;
        }
        match character {
            character if is_ignored(character) => {}
            // `char::is_whitespace` would also accept tabs and line ends, which stand between two numbers.
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => plain.push(' '),
            '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => {
                plain.push('-');
            }
            '\u{ff0b}' | '\u{fe62}' => plain.push('+'),
            '\u{ff08}' => plain.push('('),
            '\u{ff09}' => plain.push(')'),
            '\u{ff0e}' => plain.push('.'),
            '\u{ff20}' => plain.push('@'),
            '\u{ff1a}' => plain.push(':'),
            // Full-width letters, as in the server name of an account id.
            '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
                plain.extend(char::from_u32(u32::from(character) - 0xfee0));
            }
            other if is_invisible(other) => return Err("an invisible character that is not part of a phone number"),
            other => plain.push(other),
        }
    }
    Ok(plain)
}

/// Returns the zero of a digit's script and the ASCII digit of the same value.
///
/// These are the scripts whose digits some language uses by default (Unicode CLDR). Full-width digits count as ASCII.
fn digit_of(character: char) -> Option<(char, char)> {
    const ZEROS: [(char, char); 7] = [
        ('0', '0'),
        ('\u{ff10}', '0'),
        ('\u{660}', '\u{660}'),
        ('\u{6f0}', '\u{6f0}'),
        ('\u{966}', '\u{966}'),
        ('\u{9e6}', '\u{9e6}'),
        ('\u{1040}', '\u{1040}'),
    ];
    ZEROS.iter().find_map(|(zero, script)| {
        let value = u32::from(character).checked_sub(u32::from(*zero)).filter(|value| *value < 10)?;
        Some((*script, char::from_digit(value, 10)?))
    })
}

/// Returns whether a character is a soft hyphen, a zero-width character or a mark of direction: phones put them around a
/// number that they copy. U+202E is excluded, because it shows the digits after it in reverse order.
const fn is_ignored(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202d}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Returns the first character of a text that cannot be seen in an error message.
pub fn first_invisible(text: &str) -> Option<char> {
    text.chars().find(|character| is_invisible(*character))
}

/// Returns whether a character, other than a space, cannot be seen in an error message.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || is_ignored(character)
        || (character.is_whitespace() && character != ' ')
        || matches!(
            character,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{202e}'
                | '\u{2065}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Returns the text after a prefix that announces a number.
fn without_prefix(text: &str) -> Option<&str> {
    if let Some(rest) = after(text, "whatsapp://send") {
        return phone_parameter(rest);
    }
    if let Some(rest) = ["whatsapp:", "tel:", "sms:", "callto:"].iter().find_map(|prefix| after(text, prefix)) {
        return Some(rest);
    }
    let link = after(text, "https://").or_else(|| after(text, "http://")).unwrap_or(text);
    if let Some(rest) = after(link, "wa.me/") {
        // The text of a message may follow.
        let number = rest.split_once('?').map_or(rest, |(number, _)| number);
        return Some(number.strip_suffix('/').unwrap_or(number));
    }
    after(link, "api.whatsapp.com/send").and_then(phone_parameter)
}

/// Returns the number at the start of a link's query.
fn phone_parameter(rest: &str) -> Option<&str> {
    let rest = after(rest.strip_prefix('/').unwrap_or(rest), "?phone=")?;
    let number = rest.split_once('&').map_or(rest, |(number, _)| number);
    Some(after(number, "%2b").unwrap_or(number))
}

/// Returns the text after a prefix, ignoring case.
fn after<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(beginning.len())?;
    head.eq_ignore_ascii_case(beginning).then_some(rest)
}

/// Returns the digits of an account id.
///
/// Libraries write `user:device@server`; some write `user.0:device` or `user_0:device`, where the 0 is the domain: 1 is
/// that of hidden ids, and the others are not always phone numbers, so only 0 is accepted.
fn account_of_id<'a>(user: &'a str, server: &str) -> Result<&'a str, &'static str> {
    if !["s.whatsapp.net", "c.us"].iter().any(|known| server.eq_ignore_ascii_case(known)) {
        return Err(match server.to_ascii_lowercase().as_str() {
            "g.us" => "the id of a group (@g.us)",
            "lid" | "hosted.lid" => "a hidden id (@lid), which is not a phone number",
            "broadcast" => "the id of a broadcast (@broadcast)",
            "newsletter" => "the id of a channel (@newsletter)",
            _ => "an id of an unknown kind",
        });
    }
    let (user, device) = match user.split_once(':') {
        Some((user, device)) => (user, Some(device)),
        None => (user, None),
    };
    if device.is_some_and(|device| device.len() > 5 || device.parse::<u16>().is_err() || device.starts_with('+')) {
        return Err("an account id with a device that is not a number");
    }
    match user.split_once(['.', '_']) {
        Some((user, "0")) if device.is_some() => Ok(user),
        Some(_) => Err("an account id of another domain"),
        None => Ok(user.strip_prefix('+').unwrap_or(user)),
    }
}

/// Returns whether a text is digits with one point: a number that a spreadsheet or a program took for a fraction. After a
/// `+` the point may also stand behind the country calling code, of three digits at most.
fn is_decimal(text: &str) -> bool {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let Some((whole, fraction)) = text.split_once('.') else { return false };
    match whole.strip_prefix('+') {
        Some(whole) => is_digits(whole) && is_digits(fraction) && whole.len() > 3,
        None => is_digits(whole) && is_digits(fraction),
    }
}

/// Returns whether a text has the `(0)` that is dialed only within the country.
fn has_trunk_zero(text: &str) -> bool {
    let mut brackets = text.split('(').skip(1).filter_map(|rest| rest.split_once(')'));
    brackets.any(|(inside, _)| inside.trim() == "0")
}
