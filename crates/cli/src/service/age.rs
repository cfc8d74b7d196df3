//! How old the data of a response is, for people. Used by the queries and `watch`.
//!
//! A server that mirrors the vendor's service says in each response how long ago it looked there (D57). Fresh data is not
//! worth a remark.

use std::time::Duration;

use jiff::{SignedDuration, Zoned};

/// The oldest data that is still fresh. A mirror looks at least once a minute; a look, and its way here, may take as long as
/// half of that.
const FRESH: Duration = Duration::from_secs(90);

/// Returns the age of data that is not fresh.
pub fn stale(age: Option<Duration>) -> Option<Duration> {
    age.filter(|age| *age > FRESH)
}

/// Returns from when data of this age is, such as "as of 14:02, 3 min ago", in the time zone of `now`. The day is added if it
/// is not today.
pub fn describe(age: Duration, now: &Zoned) -> String {
    let ago = match age.as_secs() {
        seconds @ 0..120 => format!("{seconds} s ago"),
        seconds @ 120..7_200 => format!("{} min ago", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} days ago", seconds / 86_400),
    };
    let time = SignedDuration::try_from(age).ok().and_then(|age| now.checked_sub(age).ok());
    match time {
        Some(time) if time.date() == now.date() => format!("as of {}, {ago}", time.strftime("%H:%M")),
        Some(time) => format!("as of {}, {ago}", time.strftime("%Y-%m-%d %H:%M")),
        None => ago,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_stale_after_the_longest_interval_of_a_mirror() {
        assert_eq!(stale(None), None);
        for (seconds, is_stale) in [(0, false), (60, false), (90, false), (91, true), (1 << 31, true)] {
            let age = Duration::from_secs(seconds);
            assert_eq!(stale(Some(age)), is_stale.then_some(age));
        }
    }

    #[test]
    fn an_age_has_its_time_and_another_day_its_date() {
        let now: Zoned = "2026-11-30T14:05:30+01:00[+01:00]".parse().unwrap();
        for (seconds, expected) in [
            (91, "as of 14:03, 91 s ago"),
            (180, "as of 14:02, 3 min ago"),
            (239, "as of 14:01, 3 min ago"),
            (7_199, "as of 12:05, 119 min ago"),
            (7_200, "as of 12:05, 2 h ago"),
            (50_730, "as of 00:00, 14 h ago"),
            (50_731, "as of 2026-11-29 23:59, 14 h ago"),
            (172_800, "as of 2026-11-28 14:05, 2 days ago"),
            (1 << 31, "as of 1958-11-12 10:51, 24855 days ago"),
            (u64::MAX, "213503982334601 days ago"),
        ] {
            assert_eq!(describe(Duration::from_secs(seconds), &now), expected, "{seconds}");
        }
    }
}
