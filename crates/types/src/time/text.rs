//! Parses times from text: numbers with a fraction, and day and time with an offset as in RFC 3339.

use super::{
    ClockTime, StatusTime, UtcOffset,
    civil::{civil_from_days, days_from_civil},
    expected::EXPECTED,
    status_time::{FIRST, SECONDS_PER_DAY},
};
use crate::ParseError;

/// A number with a fraction, such as `1790000000.0`.
pub struct Decimal {
    pub is_negative: bool,
    pub whole: u64,
    /// The first three digits of the fraction; the rest is cut.
    pub thousandths: u16,
}

impl Decimal {
    /// Returns `None` if the text is not a number with a fraction, or its integer part has more than 64 bits.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.')?;
        let (is_negative, whole) = match whole.strip_prefix('-') {
            Some(whole) => (true, whole),
            None => (false, whole.strip_prefix('+').unwrap_or(whole)),
        };
        if !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        Some(Self { is_negative, whole: whole.parse().ok()?, thousandths: thousandths(fraction) })
    }
}

/// Parses `2024-07-08 19:25:31`. The space may be `T` or `t`. A fraction may follow after a point or comma, and an offset,
/// with or without a space before it: `Z`, `z`, `+08:00`, `+0800` or `+08`.
pub fn parse_clock(text: &str) -> Result<(ClockTime, Option<UtcOffset>), ParseError> {
    let refused = ParseError::expected(EXPECTED);
    let (time, rest) = text.split_at_checked(DAY_AND_TIME_LENGTH).ok_or(refused)?;
    let time = parse_day_and_time(time.as_bytes())?;
    let (millisecond, offset) = match rest.strip_prefix(['.', ',']) {
        Some(rest) => {
            let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
            let (fraction, offset) = rest.split_at(end);
            if fraction.is_empty() {
                return Err(found("a fraction without digits"));
            }
            (thousandths(fraction), offset)
        }
        None => (0, rest),
    };
    let time = ClockTime::new(time, millisecond);
    match offset.strip_prefix(' ').unwrap_or(offset) {
        "" => Ok((time, None)),
        offset => parse_offset(offset).map(|offset| (time, Some(offset))),
    }
}

/// The length of `2024-07-08 19:25:31` in bytes.
const DAY_AND_TIME_LENGTH: usize = 19;

fn parse_day_and_time(bytes: &[u8]) -> Result<StatusTime, ParseError> {
    let refused = ParseError::expected(EXPECTED);
    let separators: [(usize, &[u8]); 5] = [(4, b"-"), (7, b"-"), (10, b" Tt"), (13, b":"), (16, b":")];
    if separators.iter().any(|(at, accepted)| !bytes.get(*at).is_some_and(|byte| accepted.contains(byte))) {
        return Err(refused);
    }
    let digits = |from: usize, to: usize| {
        let mut bytes = bytes.get(from..to).unwrap_or_default().iter();
        let number =
            bytes.try_fold(0_u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')));
        number.ok_or(refused)
    };
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    if !(1..=12).contains(&month) {
        return Err(found("a month that does not exist"));
    }
    if day == 0 || day > 31 {
        return Err(found("a day that does not exist"));
    }
    let days = days_from_civil(year, month, day);
    if civil_from_days(days) != (year, month, day) {
        return Err(found("a day that its month does not have"));
    }
    if hour > 23 || minute > 59 {
        return Err(found("a time of day that does not exist"));
    }
    match second {
        0..=59 => {}
        60 => return Err(found("a leap second, which Unix time does not have")),
        _ => return Err(found("a time of day that does not exist")),
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    Ok(StatusTime { clock_seconds: FIRST + i64::from(days) * i64::from(SECONDS_PER_DAY) + seconds })
}

fn parse_offset(text: &str) -> Result<UtcOffset, ParseError> {
    const REFUSED: &str = "something behind the time that is not an offset from UTC";
    if text.eq_ignore_ascii_case("Z") {
        return Ok(UtcOffset::UTC);
    }
    let bytes = text.as_bytes();
    let (sign, digits) = match *bytes {
        [sign @ (b'+' | b'-'), a, b] => (sign, [a, b, b'0', b'0']),
        [sign @ (b'+' | b'-'), a, b, c, d] | [sign @ (b'+' | b'-'), a, b, b':', c, d] => (sign, [a, b, c, d]),
        _ => return Err(found(REFUSED)),
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(found(REFUSED));
    }
    let [a, b, c, d] = digits.map(|digit| i16::from(digit - b'0'));
    let (hours, minutes) = (a * 10 + b, c * 10 + d);
    if minutes > 59 {
        return Err(found("an offset of more than 59 minutes beside its hours"));
    }
    let minutes = hours * 60 + minutes;
    let offset = UtcOffset::from_minutes(if sign == b'-' { -minutes } else { minutes });
    offset.ok_or_else(|| found("an offset of more than 18 hours"))
}

const fn found(what: &'static str) -> ParseError {
    ParseError::found(EXPECTED, what, None)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the first three digits of a fraction as a number.
fn thousandths(fraction: &str) -> u16 {
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    digits.fold(0, |number, digit| number * 10 + u16::from(digit - b'0'))
}
