//! Times in the forms that other programs write (D8).

use std::time::{Duration, SystemTime};

use group_dispatch_types::*;
use proptest::prelude::*;

/// 2024-07-08 19:25:31 at UTC+8.
const INSTANT: i64 = 1_720_437_931_000;

fn refused(text: &str) -> String {
    match text.parse::<WireTime>() {
        Ok(time) => format!("accepted as {time:?}"),
        Err(error) => {
            assert_eq!(text.parse::<StatusTime>(), Err(error), "{text:?}");
            error.to_string()
        }
    }
}

#[test]
fn status_times() -> Result<(), Box<dyn std::error::Error>> {
    let time = StatusTime::from_epoch_seconds(INSTANT / 1000, UtcOffset::VENDOR)?;
    for typed in [
        "2024-07-08 19:25:31",
        " 2024-07-08 19:25:31 ",
        "2024-07-08 19:25:31.0",
        "2024-07-08T19:25:31.999",
        "2024-07-08T11:25:31Z",
        "2024-07-08T12:25:31.5+01:00",
        "1720437931",
        "1720437931.0",
        "1720437931000",
        "1720437931999",
    ] {
        assert_eq!(typed.parse(), Ok(time), "{typed:?}");
    }
    assert_eq!(time.to_string(), "2024-07-08 19:25:31");
    Ok(())
}

#[test]
fn instants_keep_milliseconds_and_the_rest_is_cut() {
    for (text, milliseconds) in [
        ("2024-07-08T11:25:31Z", 0),
        ("2024-07-08t11:25:31z", 0),
        ("2024-07-08 11:25:31.9Z", 900),
        ("2024-07-08T11:25:31.12Z", 120),
        ("2024-07-08T11:25:31.1239999Z", 123),
        ("2024-07-08T11:25:31.123456789012345Z", 123),
        ("2024-07-08T11:25:31,250Z", 250),
        ("2024-07-08T19:25:31.250+08:00", 250),
        ("2024-07-08T07:55:31-03:30", 0),
        ("2024-07-08T11:25:31-00:00", 0),
        // PostgreSQL, strftime's %z, and tables of the command.
        ("2024-07-08 11:25:31.5+00", 500),
        ("2024-07-08T19:25:31+0800", 0),
        ("2024-07-08 19:25:31 +08:00", 0),
        ("2024-07-09T05:25:31+18:00", 0),
        ("1720437931", 0),
        ("1720437931.0", 0),
        ("1720437931.1239999", 123),
        ("+1720437931.5", 500),
        ("1720437931250", 250),
        ("1720437931250.999", 250),
    ] {
        assert_eq!(text.parse(), Ok(WireTime::Instant(INSTANT + milliseconds)), "{text:?}");
    }
    assert_eq!("-0.5".parse(), Ok(WireTime::Instant(-500)));
    assert_eq!("1969-12-31T23:59:59.5Z".parse(), Ok(WireTime::Instant(-500)));
}

#[test]
fn floats_of_json_are_read_to_the_millisecond() -> Result<(), Box<dyn std::error::Error>> {
    for (json, milliseconds) in [
        ("1720437931.0", 0),
        ("1.720437931e9", 0),
        ("1720437931.123", 123),
        ("1720437931.1230000", 123),
        ("1720437931.9990000000", 999),
        ("1720437931123.0", 123),
        ("1720437931123.9", 123),
    ] {
        assert_eq!(serde_json::from_str::<WireTime>(json)?, WireTime::Instant(INSTANT + milliseconds), "{json}");
    }
    let error = serde_json::from_str::<WireTime>("9.75e20").map_err(|error| error.to_string());
    assert!(
        error.as_ref().is_err_and(|error| error.starts_with("expected a time") && !error.contains("75")),
        "{error:?}"
    );
    Ok(())
}

#[test]
fn clock_times_keep_milliseconds() -> Result<(), Box<dyn std::error::Error>> {
    for (text, milliseconds, written) in [
        ("2024-07-08 19:25:31", 0, "2024-07-08 19:25:31"),
        ("2024-07-08 19:25:31.0", 0, "2024-07-08 19:25:31"),
        ("2024-07-08T19:25:31", 0, "2024-07-08 19:25:31"),
        ("2024-07-08T19:25:31.25", 250, "2024-07-08 19:25:31.250"),
        ("2024-07-08 19:25:31,0079", 7, "2024-07-08 19:25:31.007"),
    ] {
        let time: WireTime = text.parse()?;
        assert!(matches!(time, WireTime::Clock(_)), "{text:?}");
        assert_eq!(time.epoch_milliseconds(UtcOffset::VENDOR), INSTANT + milliseconds, "{text:?}");
        assert_eq!(time.epoch_milliseconds(UtcOffset::UTC), INSTANT + 8 * 3_600_000 + milliseconds, "{text:?}");
        assert_eq!(time.clock(UtcOffset::UTC)?.to_string(), "2024-07-08 19:25:31");
        assert_eq!(serde_json::to_value(time)?, written);
        assert_eq!(written.parse(), Ok(time));
    }
    Ok(())
}

#[test]
fn invalid_times_are_rejected_with_a_reason() {
    let expected = "expected a time such as 2024-07-08 19:25:31 or 2024-07-08T19:25:31+08:00, or Unix epoch seconds or milliseconds";
    for (text, reason) in [
        ("2024-13-08T19:25:31Z", "a month that does not exist"),
        ("2024-07-00T19:25:31Z", "a day that does not exist"),
        ("2023-02-29T19:25:31Z", "a day that its month does not have"),
        ("2024-07-08T24:00:00Z", "a time of day that does not exist"),
        ("2024-07-08T19:60:00Z", "a time of day that does not exist"),
        ("2024-07-08T19:25:61Z", "a time of day that does not exist"),
        ("2016-12-31T23:59:60Z", "a leap second, which Unix time does not have"),
        ("2024-07-08T19:25:31+18:01", "an offset of more than 18 hours"),
        ("2024-07-08T19:25:31+08:60", "an offset of more than 59 minutes beside its hours"),
        ("2024-07-08T19:25:31.Z", "a fraction without digits"),
        ("2024-07-08T19:25:31 UTC", "something behind the time that is not an offset from UTC"),
        ("2024-07-08T19:25:31PM", "something behind the time that is not an offset from UTC"),
        ("2024-07-08T19:25:31+8", "something behind the time that is not an offset from UTC"),
        ("2024-07-08T19:25:31+08:00:00", "something behind the time that is not an offset from UTC"),
    ] {
        assert_eq!(refused(text), format!("{expected}; found {reason}"), "{text:?}");
    }
    for text in [
        "",
        "today",
        "2024-07-08",
        "19:25:31",
        "2024-07-08T19:25Z",
        "2024-7-8 19:25:31",
        "24-07-08T19:25:31Z",
        "20240708T192531Z",
        "08.07.2024 19:25:31",
        "2024/07/08 19:25:31",
        "2024-07-08T19:25:3１Z",
        "2024-07-0８T19:25:31",
        "1720437931.",
        ".5",
        "1720437931,5",
        "1.720437931e9",
        "99999999999999999999.5",
        "NaN",
        "0000-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ] {
        assert_eq!(refused(text), expected, "{text:?}");
    }
}

#[test]
fn system_times_are_converted_in_both_directions() -> Result<(), Box<dyn std::error::Error>> {
    for (text, offset, seconds) in
        [("2024-07-08 19:25:31", UtcOffset::VENDOR, INSTANT / 1000), ("1969-12-31 23:59:59", UtcOffset::UTC, -1)]
    {
        let time: StatusTime = text.parse()?;
        let system = time.to_system_time(offset).ok_or("beyond this system's time")?;
        assert_eq!(StatusTime::from_system_time(system, offset)?, time);
        assert_eq!(StatusTime::from_system_time(system + Duration::from_millis(999), offset)?, time);
        let distance = Duration::from_secs(seconds.unsigned_abs());
        let epoch = SystemTime::UNIX_EPOCH;
        assert_eq!(system, if seconds < 0 { epoch - distance } else { epoch + distance });
    }
    let far = SystemTime::UNIX_EPOCH + Duration::from_secs(300_000_000_000);
    assert!(StatusTime::from_system_time(far, UtcOffset::VENDOR).is_err());
    Ok(())
}

#[cfg(feature = "jiff")]
#[test]
fn times_of_jiff_are_cut_to_the_second() -> Result<(), Box<dyn std::error::Error>> {
    let time: StatusTime = "1969-12-31 23:59:58".parse()?;
    assert_eq!(StatusTime::from_jiff("1969-12-31T23:59:58.25Z".parse()?, UtcOffset::UTC)?, time);
    let civil: jiff::civil::DateTime = "1969-12-31T23:59:58.25".parse()?;
    assert_eq!(StatusTime::try_from(civil)?, time);
    assert!(StatusTime::try_from(jiff::civil::date(-1, 1, 1).at(0, 0, 0, 0)).is_err());
    for text in ["0000-01-01 00:00:00", "9999-12-31 23:59:59"] {
        let time: StatusTime = text.parse()?;
        assert_eq!(jiff::civil::DateTime::from(time).to_string().replace('T', " "), text);
        assert_eq!(StatusTime::try_from(jiff::civil::DateTime::from(time))?, time);
    }
    Ok(())
}

#[cfg(feature = "chrono")]
#[test]
fn times_of_chrono_are_cut_to_the_second() -> Result<(), Box<dyn std::error::Error>> {
    let time: StatusTime = "1969-12-31 23:59:58".parse()?;
    let instant = chrono::DateTime::parse_from_rfc3339("1969-12-31T23:59:58.25Z")?;
    assert_eq!(StatusTime::from_chrono(&instant, UtcOffset::UTC)?, time);
    assert_eq!(StatusTime::try_from(instant.naive_utc())?, time);
    for text in ["0000-01-01 00:00:00", "9999-12-31 23:59:59"] {
        let time: StatusTime = text.parse()?;
        assert_eq!(chrono::NaiveDateTime::from(time).to_string(), text);
        assert_eq!(StatusTime::try_from(chrono::NaiveDateTime::from(time))?, time);
    }
    Ok(())
}

/// Texts in the form of RFC 3339, some of which are not a valid time.
fn rfc3339() -> impl Strategy<Value = String> {
    let day = (1_u32..=9998, 0_u32..=13, 0_u32..=32, prop::sample::select(vec!["T", "t", " "]));
    let time = (0_u32..=24, 0_u32..=60, 0_u32..=59, "(\\.[0-9]{1,9})?");
    let offset = "(Z|z|[+-](0[0-9]|1[0-7]):[0-5][0-9])?";
    (day, time, offset).prop_map(|((year, month, day, separator), (hour, minute, second, fraction), offset)| {
        format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn rfc3339_is_read_as_jiff_reads_it(text in rfc3339()) {
        let read = text.parse::<WireTime>();
        let has_offset = text[19..].contains(['Z', 'z', '+', '-']);
        let milliseconds = if has_offset {
            text.parse::<jiff::Timestamp>().map(|time| time.as_nanosecond().div_euclid(1_000_000))
        } else {
            let at_utc = |time: jiff::civil::DateTime| time.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0));
            text.parse().map(|time| at_utc(time).as_nanos().div_euclid(1_000_000))
        };
        match milliseconds {
            Ok(expected) => {
                let read = read.map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
                prop_assert_eq!(i128::from(read.epoch_milliseconds(UtcOffset::UTC)), expected);
                prop_assert_eq!(matches!(read, WireTime::Instant(_)), has_offset);
            }
            Err(_) => prop_assert!(read.is_err(), "{} is accepted", text),
        }
    }
}
