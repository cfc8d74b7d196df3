//! Repairs the encoding of a body: makes it valid UTF-8 with valid JSON strings. Looks at nothing else in it.

use super::Places;
use crate::redact;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// A body with valid strings.
pub struct RepairedText {
    pub text: String,
    pub is_changed: bool,
}

/// Replaces faults in strings by U+FFFD: bytes that are not UTF-8, raw control characters, halves of surrogate pairs and
/// invalid escapes. Removes a byte order mark. Returns `None` if bytes outside of strings are not UTF-8: such a body is not
/// JSON.
pub fn repair(body: &[u8], repaired: &mut Places) -> Option<RepairedText> {
    let bytes = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let mut scanner = Scanner { text: String::with_capacity(bytes.len()), ..Scanner::new(repaired) };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            scanner.take(c);
        }
        if !chunk.invalid().is_empty() && !scanner.take_invalid() {
            return None;
        }
    }
    let is_changed = bytes.len() < body.len() || scanner.is_changed;
    Some(RepairedText { text: scanner.text, is_changed })
}

struct Scanner<'a> {
    text: String,
    place: Place,
    /// Whether the current string has a fault.
    is_broken: bool,
    is_changed: bool,
    /// The first half of a surrogate pair whose second half is expected.
    high: Option<[char; 4]>,
    /// Where the current string starts in the text, after its quote.
    start: usize,
    path: Vec<Level>,
    repaired: &'a mut Places,
}

enum Place {
    Outside,
    InString,
    /// After a backslash.
    Escape,
    /// After `\u`, with the digits so far and their number.
    Unicode([char; 4], usize),
}

enum Level {
    List(usize),
    /// The name of the current member, once it is known.
    Object(Option<String>),
}

impl<'a> Scanner<'a> {
    fn new(repaired: &'a mut Places) -> Self {
        Self {
            text: String::new(),
            place: Place::Outside,
            is_broken: false,
            is_changed: false,
            high: None,
            start: 0,
            path: Vec::new(),
            repaired,
        }
    }

    fn take(&mut self, c: char) {
        match self.place {
            Place::Outside => self.take_outside(c),
            Place::InString => self.take_inside(c),
            Place::Escape => self.take_escaped(c),
            Place::Unicode(digits, count) => self.take_digit(digits, count, c),
        }
    }

    /// Replaces bytes that are not UTF-8. Returns whether they are in a string.
    fn take_invalid(&mut self) -> bool {
        if matches!(self.place, Place::Outside) {
            return false;
        }
        self.give_up_escape();
        self.replace();
        true
    }

    fn take_outside(&mut self, c: char) {
        match c {
            '"' => {
                self.place = Place::InString;
                self.is_broken = false;
                self.start = self.text.len() + 1;
            }
            '{' => self.path.push(Level::Object(None)),
            '[' => self.path.push(Level::List(0)),
            '}' | ']' => {
                self.path.pop();
            }
            ',' => match self.path.last_mut() {
                Some(Level::List(index)) => *index += 1,
                Some(Level::Object(name)) => *name = None,
                None => {}
            },
            _ => {}
        }
        self.text.push(c);
    }

    fn take_inside(&mut self, c: char) {
        match c {
            '\\' => self.place = Place::Escape,
            '"' => {
                self.give_up_high();
                self.end_string();
                self.text.push('"');
            }
            c if c < ' ' => self.replace(),
            c => {
                self.give_up_high();
                self.text.push(c);
            }
        }
    }

    fn take_escaped(&mut self, c: char) {
        match c {
            'u' => self.place = Place::Unicode(['0'; 4], 0),
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => {
                self.give_up_high();
                self.place = Place::InString;
                self.text.extend(['\\', c]);
            }
            c => {
                self.give_up_escape();
                self.take_inside(c);
            }
        }
    }

    fn take_digit(&mut self, mut digits: [char; 4], count: usize, c: char) {
        if !c.is_ascii_hexdigit() {
            self.give_up_escape();
            return self.take_inside(c);
        }
        digits[count] = c;
        if count < 3 {
            self.place = Place::Unicode(digits, count + 1);
            return;
        }
        self.place = Place::InString;
        let unit = digits.iter().fold(0, |unit, digit| unit * 16 + digit.to_digit(16).unwrap_or_default());
        match unit {
            0xd800..=0xdbff => {
                self.give_up_high();
                self.high = Some(digits);
            }
            0xdc00..=0xdfff => match self.high.take() {
                Some(high) => {
                    self.push_unicode(high);
                    self.push_unicode(digits);
                }
                None => self.replace(),
            },
            _ => {
                self.give_up_high();
                self.push_unicode(digits);
            }
        }
    }

    fn push_unicode(&mut self, digits: [char; 4]) {
        self.text.push_str("\\u");
        self.text.extend(digits);
    }

    /// Replaces an incomplete escape; its digits are kept as text.
    fn give_up_escape(&mut self) {
        match self.place {
            Place::Escape => self.replace(),
            Place::Unicode(digits, count) => {
                self.replace();
                self.text.extend(&digits[..count]);
            }
            Place::Outside | Place::InString => {}
        }
        self.place = Place::InString;
    }

    /// Replaces the first half of a surrogate pair that has no second half.
    fn give_up_high(&mut self) {
        if self.high.take().is_some() {
            self.replace();
        }
    }

    fn replace(&mut self) {
        if self.high.take().is_some() {
            self.text.push(REPLACEMENT);
        }
        self.text.push(REPLACEMENT);
        self.is_broken = true;
        self.is_changed = true;
    }

    fn end_string(&mut self) {
        self.place = Place::Outside;
        if let Some(Level::Object(name @ None)) = self.path.last_mut() {
            *name = Some(self.text[self.start..].to_owned());
        }
        if self.is_broken {
            let path = &self.path;
            self.repaired.add(|| {
                let mut shown = String::new();
                for level in path {
                    match level {
                        Level::List(index) => redact::push_index(&mut shown, *index),
                        Level::Object(name) => redact::push_member(&mut shown, name.as_deref().unwrap_or_default()),
                    }
                }
                shown
            });
        }
    }
}
