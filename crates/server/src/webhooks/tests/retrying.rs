//! When a message is sent again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::{option, prelude::*};

use crate::webhooks::{
    networks::SpecialNetwork,
    outcome::{CertificateProblem, Failure, Outcome},
    retry::{FinishedAttempt, MAX_ATTEMPTS, MAX_RETRY_AFTER, MAX_THROTTLE, PAUSES, RetryDecision, decide},
    retry_after::parse,
};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn response(status: u16, retry_after: Option<u64>) -> Outcome {
    Outcome::Response { status, retry_after: retry_after.map(seconds) }
}

#[test]
fn decisions() {
    use RetryDecision::{Delivered, Disable, GiveUp};
    let retry = |pause: u64, throttle: Option<u64>| RetryDecision::RetryAfter {
        pause: seconds(pause),
        throttle: throttle.map(seconds),
    };
    let cases = [
        ("200", response(200, None), 1, 0.0, Delivered),
        ("204", response(204, None), 1, 0.0, Delivered),
        ("299, whatever it asks for", response(299, Some(5)), 10, 0.0, Delivered),
        ("101", response(101, None), 1, 0.0, retry(5, None)),
        ("a redirect", response(301, None), 1, 0.0, retry(5, None)),
        ("404", response(404, None), 1, 0.0, retry(5, None)),
        ("gone", response(410, None), 1, 0.0, Disable),
        ("gone, at the last attempt", response(410, Some(5)), 10, 0.0, Disable),
        ("500", response(500, None), 1, 0.0, retry(5, None)),
        ("the second attempt", response(500, None), 2, 0.0, retry(300, None)),
        ("the ninth attempt", response(500, None), 9, 0.0, retry(86_400, None)),
        ("the tenth attempt", response(500, None), 10, 0.0, GiveUp),
        ("far too many attempts", response(500, None), u32::MAX, 0.0, GiveUp),
        ("no attempt counts as one", response(500, None), 0, 0.0, retry(5, None)),
        ("jitter: longest", response(500, None), 1, 1.0, retry(6, None)),
        ("jitter: half", response(500, None), 2, 0.5, retry(330, None)),
        ("jitter: too much", response(500, None), 1, 7.0, retry(6, None)),
        ("jitter: no number", response(500, None), 1, f64::NAN, retry(5, None)),
        ("429 without Retry-After", response(429, None), 1, 0.0, retry(5, Some(5))),
        ("429 with Retry-After", response(429, Some(120)), 1, 0.0, retry(120, Some(120))),
        ("429 with Retry-After and jitter", response(429, Some(120)), 1, 1.0, retry(144, Some(120))),
        ("a short Retry-After", response(503, Some(0)), 2, 0.0, retry(300, Some(5))),
        ("a long Retry-After", response(503, Some(7_200)), 1, 0.0, retry(7_200, Some(3_600))),
        ("an endless Retry-After", response(503, Some(u64::MAX)), 1, 0.0, retry(86_400, Some(3_600))),
        ("500 with Retry-After", response(500, Some(60)), 1, 0.0, retry(60, None)),
        ("Retry-After at the last attempt", response(429, Some(60)), 10, 0.0, GiveUp),
        ("502", response(502, None), 1, 0.0, retry(5, Some(5))),
        ("504", response(504, None), 1, 0.0, retry(5, Some(5))),
    ];
    for (what, outcome, attempts, random, expected) in cases {
        assert_eq!(decide(&FinishedAttempt { outcome, attempts, random }), expected, "{what}");
    }
    for failure in [
        Failure::AddressRefused(SpecialNetwork::Private),
        Failure::PlainHttpRefused,
        Failure::UnknownHost,
        Failure::ConnectionRefused,
        Failure::Unreachable,
        Failure::Certificate(CertificateProblem::Expired),
        Failure::Tls,
        Failure::TimedOut,
        Failure::Disconnected,
        Failure::InvalidResponse,
        Failure::InvalidRequest,
    ] {
        let attempt = FinishedAttempt { outcome: Outcome::Failure(failure), attempts: 3, random: 0.0 };
        assert_eq!(decide(&attempt), retry(1_800, None), "{failure:?}");
        assert!(!failure.to_string().is_empty());
    }
}

#[test]
fn the_schedule_is_that_of_the_specification() {
    let starts: Vec<_> = PAUSES
        .iter()
        .scan(0, |start, pause| {
            *start += pause.as_secs();
            Some(format!("{:02}:{:02}:{:02}", *start / 3600, *start / 60 % 60, *start % 60))
        })
        .collect();
    let expected =
        ["00:00:05", "00:05:05", "00:35:05", "02:35:05", "07:35:05", "17:35:05", "31:35:05", "51:35:05", "75:35:05"];
    assert_eq!(starts, expected);
    assert_eq!(MAX_ATTEMPTS, 10);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pauses_have_bounds(
        status in prop_oneof![100..600_u16, proptest::sample::select(vec![429_u16, 502, 503, 504])],
        retry_after in option::of(any::<u64>()),
        attempts in 0..12_u32,
        random in any::<f64>(),
    ) {
        let outcome = response(status, retry_after);
        match decide(&FinishedAttempt { outcome, attempts, random }) {
            RetryDecision::Delivered => prop_assert!((200..300).contains(&status)),
            RetryDecision::Disable => prop_assert_eq!(status, 410),
            RetryDecision::GiveUp => prop_assert!(attempts >= MAX_ATTEMPTS),
            RetryDecision::RetryAfter { pause, throttle } => {
                prop_assert!(attempts < MAX_ATTEMPTS && status != 410 && !(200..300).contains(&status));
                let scheduled = PAUSES[attempts.saturating_sub(1) as usize];
                let asked = seconds(retry_after.unwrap_or(0)).min(MAX_RETRY_AFTER);
                prop_assert!(pause >= scheduled && pause >= asked, "{:?}", pause);
                prop_assert!(pause <= scheduled.max(asked).mul_f64(1.2), "{:?}", pause);
                prop_assert!(throttle.is_none_or(|throttle| throttle <= pause && throttle <= MAX_THROTTLE));
                prop_assert_eq!(throttle.is_some(), matches!(status, 429 | 502 | 503 | 504));
            }
        }
    }
}

#[test]
fn a_retry_after_is_seconds_or_a_date() {
    let now: SystemTime = UNIX_EPOCH + seconds(1_720_437_931);
    for (value, wait) in [
        ("0", Some(0)),
        (" 120 ", Some(120)),
        ("99999999999999999999999", Some(u64::MAX)),
        ("Mon, 08 Jul 2024 11:26:31 GMT", Some(60)),
        ("Mon, 08 Jul 2024 11:25:31 GMT", Some(0)),
        ("Sun, 07 Jul 2024 11:25:31 GMT", Some(0)),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("soon", None),
    ] {
        assert_eq!(parse(value, now), wait.map(seconds), "{value:?}");
    }
}
