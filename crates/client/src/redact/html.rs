//! Extracts the text of an HTML page.

/// Elements whose content is not text of the page. A script may hold the data of a whole response.
const NOT_TEXT: [&str; 3] = ["script", "style", "template"];

/// Returns the text without tags, comments, scripts and styles, with single spaces. Numeric character references are
/// decoded, so that digits written in that form are recognized as digits.
pub fn text(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("<!--") {
            rest = after(rest, "-->");
            text.push(' ');
        } else if c == '<' {
            let name = rest[1..].split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let closing = NOT_TEXT.iter().find(|skipped| skipped.eq_ignore_ascii_case(name));
            if let Some(name) = closing {
                rest = from_closing_tag(rest, name);
            }
            rest = after(rest, ">");
            text.push(' ');
        } else if let Some((character, length)) = numeric_reference(rest) {
            text.push(character);
            rest = &rest[length..];
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the text after the next `end`, or nothing if the page is cut before it.
fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, rest)| rest)
}

/// Returns the text from the closing tag of an element on.
fn from_closing_tag<'a>(text: &'a str, name: &str) -> &'a str {
    let closings = text.match_indices("</").map(|(position, _)| &text[position..]);
    let is_of_element = |tag: &&str| tag.get(2..2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
    closings.into_iter().find(is_of_element).unwrap_or_default()
}

/// Returns the character and the length of a numeric reference at the start of a text, such as `&#56;` or `&#x38;`.
fn numeric_reference(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix("&#")?;
    let (digits, radix) = match rest.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (rest, 10),
    };
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let character = u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32)?;
    let whole = text.len() - digits.len() + length;
    Some((character, whole + usize::from(text[whole..].starts_with(';'))))
}
