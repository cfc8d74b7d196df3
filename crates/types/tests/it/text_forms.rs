//! The scalars as text: names and numbers are parsed, and the displayed text is parsed back.

use std::{collections::BTreeSet, error::Error, fmt, str::FromStr};

use group_dispatch_types::*;

/// Checks that `typed` is parsed as `value`, and that `value` is displayed as `shown` and parsed back from it.
fn parses<T: FromStr<Err = ParseError> + fmt::Display + fmt::Debug + PartialEq>(typed: &str, value: T, shown: &str) {
    assert_eq!(typed.parse().as_ref(), Ok(&value), "{typed:?}");
    assert_eq!(value.to_string(), shown);
    assert_eq!(shown.parse().as_ref(), Ok(&value), "{shown:?}");
}

/// Returns the error of an invalid text, which names the expected forms and does not repeat the text.
fn refused<T: FromStr<Err = ParseError> + fmt::Debug>(typed: &str) -> String {
    match typed.parse::<T>() {
        Ok(value) => format!("{typed:?} is accepted as {value:?}"),
        Err(error) => {
            let message = error.to_string();
            assert!(typed.is_empty() || !message.contains(typed), "{message:?} repeats {typed:?}");
            message
        }
    }
}

/// Checks names, numbers and unknown codes of a code table; `$written` repeats the table.
macro_rules! code_table {
    ($type:ident, $written:expr) => {{
        let codes: Vec<(i32, String)> = $type::ALL.iter().map(|value| (value.code(), value.to_string())).collect();
        assert_eq!(codes, $written.map(|(code, name): (i32, &str)| (code, name.to_owned())));

        let names: BTreeSet<&String> = codes.iter().map(|(_, name)| name).collect();
        assert_eq!(names.len(), $type::ALL.len(), "two codes of one name");
        for value in $type::ALL {
            let name = value.to_string();
            parses(&name, *value, &name);
            parses(&name.to_ascii_uppercase(), *value, &name);
            parses(&format!(" {name} "), *value, &name);
            parses(&value.code().to_string(), *value, &name);
            assert!(value.is_known() && $type::from(i32::from(*value)) == *value);
            assert!(!value.description().is_empty());
        }
        for code in [-1, 7, 99, 60_001, i32::MIN, i32::MAX] {
            let unknown = $type::Unknown(code);
            parses(&code.to_string(), unknown, &code.to_string());
            assert_eq!((unknown, unknown.code(), unknown.is_known()), ($type::from(code), code, false));
        }
        for typed in ["", "unknown", "online now", "1.5", "3000000000", "0x0a"] {
            let message = refused::<$type>(typed);
            assert!(message.starts_with("expected a "), "{message}");
        }
    }};
}

#[test]
fn sources() {
    code_table!(Source, [(1, "pc"), (2, "mobile"), (3, "cloud")]);
}

#[test]
fn account_statuses() {
    code_table!(AccountStatus, [(10, "online"), (20, "disconnected"), (30, "offline"), (40, "banned")]);
}

#[test]
fn status_details() {
    code_table!(
        StatusDetail,
        [
            (11, "pc-qr-login"),
            (12, "pc-online"),
            (13, "mobile-online"),
            (21, "pc-disconnected"),
            (22, "mobile-disconnected"),
            (31, "pc-account-closed"),
            (32, "pc-client-closed"),
            (33, "pc-monitor-offline"),
            (34, "mobile-deleted"),
            (35, "mobile-exited"),
            (36, "mobile-monitor-offline"),
            (37, "mobile-abnormal-offline"),
            (41, "pc-banned"),
            (42, "mobile-banned"),
            (43, "permanently-banned"),
        ]
    );
}

#[test]
fn business_codes() {
    code_table!(
        BusinessCode,
        [
            (0, "zero"),
            (200, "success"),
            (400, "bad-request"),
            (401, "signature-refused"),
            (403, "not-allowed"),
            (404, "unknown-path"),
            (405, "method-not-allowed"),
            (408, "request-timeout"),
            (410, "position-lost"),
            (413, "body-too-large"),
            (415, "unsupported-media-type"),
            (429, "too-many-requests"),
            (500, "internal-error"),
            (501, "app-secret-error"),
            (502, "timestamp-timeout"),
            (517, "database-error"),
            (518, "timestamp-missing"),
            (519, "timestamp-malformed"),
            (522, "token-wrong"),
            (523, "tenant-id-missing"),
            (525, "token-missing"),
            (530, "user-name-unknown"),
        ]
    );
}

/// 11-13 are online, 21-22 disconnected, 31-37 offline, 41-43 banned: the first digit is that of the status.
#[test]
fn d10_a_detail_has_its_status() {
    for detail in StatusDetail::ALL {
        assert_eq!(detail.status().map(AccountStatus::code), Some(detail.code() / 10 * 10), "{detail}");
    }
    for code in [0, 10, 14, 23, 30, 38, 44, 50, -11] {
        assert_eq!(StatusDetail::from(code).status(), None, "{code}");
    }
}

#[test]
fn user_ids() -> Result<(), Box<dyn Error>> {
    parses("868024", UserId::new(868024)?, "868024");
    parses(" 12 ", UserId::from(12), "12");
    parses("0", UserId::from(0), "0");
    parses("007", UserId::from(7), "7");
    parses("9007199254740991", UserId::MAX, "9007199254740991");
    parses("999999999999999999", UserId::new(999_999_999_999_999_999)?, "999999999999999999");
    parses("868024", UserIdText(UserId::new(868024)?), "868024");
    for typed in ["", "-12", "1000000000000000000", "99999999999999999999", "u1", "1.5"] {
        assert_eq!(refused::<UserId>(typed), "expected an agent id: an integer of up to 18 digits", "{typed:?}");
        assert_eq!(refused::<UserIdText>(typed), "expected an agent id: an integer of up to 18 digits", "{typed:?}");
    }
    assert!(UserId::MAX.is_within_contract());
    assert!(!UserId::new(UserId::MAX.get() + 1)?.is_within_contract());
    assert!(UserId::new(1_000_000_000_000_000_000).is_err());
    assert!(UserId::try_from(-1_i64).is_err());
    Ok(())
}

#[test]
fn whatsapp_numbers_are_masked() -> Result<(), Box<dyn Error>> {
    for (number, masked) in
        [(8_618_217_331_412, "86********412"), (234_567_892, "23****892"), (23_456_789, "********"), (7, "*")]
    {
        let number = WhatsAppNumber::new(number)?;
        assert_eq!(number.masked().to_string(), masked);
        assert_eq!(format!("{number:?}"), format!("WhatsAppNumber({masked})"));
        assert_eq!(
            format!("{:?}", WhatsAppNumberInteger(number)),
            format!("WhatsAppNumberInteger(WhatsAppNumber({masked}))")
        );
    }
    Ok(())
}

/// Other offsets than the vendor's: the same instant on other clocks.
#[test]
fn d8_times_at_other_offsets() -> Result<(), Box<dyn Error>> {
    for (offset, shown) in [
        ("Z", "2024-07-08 11:25:31"),
        ("+07:00", "2024-07-08 18:25:31"),
        ("-03:30", "2024-07-08 07:55:31"),
        ("+13:00", "2024-07-09 00:25:31"),
    ] {
        let offset: UtcOffset = offset.parse()?;
        let time = StatusTime::from_epoch_seconds(1_720_437_931, offset)?;
        assert_eq!(time.to_string(), shown);
        assert_eq!(time.epoch_seconds(offset), 1_720_437_931);
    }
    assert_eq!(UtcOffset::default().to_string(), "+08:00");
    Ok(())
}

#[test]
fn offsets() -> Result<(), Box<dyn Error>> {
    parses("+08:00", UtcOffset::VENDOR, "+08:00");
    parses("Z", UtcOffset::UTC, "+00:00");
    parses("-00:00", UtcOffset::UTC, "+00:00");
    parses("-03:30", "-03:30".parse::<UtcOffset>()?, "-03:30");
    assert_eq!(refused::<UtcOffset>("+19:00"), "expected an offset from UTC such as +08:00");
    Ok(())
}
