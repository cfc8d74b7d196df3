//! Working hours, compared with a look at each minute, in zones that change their clocks.

use std::sync::Arc;

use proptest::{prelude::*, sample::select};

use crate::webhooks::{
    duration_text::Seconds,
    rules::{
        working_hours::WorkingHours,
        zone::{FixedOffsets, LocalTime, NamedZone, Zones as _},
    },
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A zone whose clocks are changed once.
#[derive(Clone, Copy, Debug)]
struct Changing {
    before: i32,
    after: i32,
    at: i64,
}

impl LocalTime for Changing {
    fn offset_seconds(&self, at: i64) -> i32 {
        if at < self.at { self.before } else { self.after }
    }
}

/// The definition, minute by minute.
fn is_working(days: &[usize], from: i64, to: i64, zone: Changing, at: i64) -> bool {
    let local = at + i64::from(zone.offset_seconds(at)) * 1000;
    let (day, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY) / MINUTE);
    let works = |day: i64| days.contains(&usize::try_from((day + 3).rem_euclid(7)).unwrap());
    if from < to {
        works(day) && from <= minute && minute < to
    } else {
        works(day) && from <= minute || works(day - 1) && minute < to
    }
}

fn text(days: &[usize], from: i64, to: i64) -> String {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let days: Vec<_> = days.iter().map(|day| names[*day]).collect();
    format!("{}@{:02}:{:02}-{:02}:{:02}", days.join("+"), from / 60, from % 60, to / 60, to % 60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_first_stretch_is_found(
        days in proptest::sample::subsequence(vec![0_usize, 1, 2, 3, 4, 5, 6], 1..=7),
        from in 0..1440_i64,
        to in 0..=1440_i64,
        before in select(vec![-18_000, 0, 3_600, 20_700, 28_800]),
        step in select(vec![-3_600, 0, 3_600]),
        changed in 0..12 * 24 * 60_i64,
        since in 0..7 * 24 * 60_i64,
        duration in 1..600_i64,
    ) {
        prop_assume!(from != to);
        let start = 20_000 * DAY;
        let zone = Changing { before, after: before + step, at: start + changed * MINUTE };
        let named = NamedZone { name: "Changing".to_owned(), zone: Arc::new(zone) };
        let hours = WorkingHours::parse(&text(&days, from, to), named).unwrap();
        let since = start + since * MINUTE;
        let (mut found, mut minutes) = (None, 0);
        for minute in 0..9 * 24 * 60 {
            let at = since + minute * MINUTE;
            prop_assert_eq!(hours.contains(at), is_working(&days, from, to, zone, at));
            minutes = if is_working(&days, from, to, zone, at) { minutes + 1 } else { 0 };
            if minutes == duration {
                found = Some(at + MINUTE);
                break;
            }
        }
        let lasted = hours.lasted(since, Seconds::new(u32::try_from(duration).unwrap() * 60));
        // The last stretch that is looked at may begin before the end of the search and go on behind it.
        prop_assert!(lasted == found || found.is_none() && lasted.is_some_and(|at| at > since + 9 * DAY), "{lasted:?} {found:?}");
    }

    /// What is written is read again as the same.
    #[test]
    fn the_text_is_read_again(
        days in proptest::sample::subsequence(vec![0_usize, 1, 2, 3, 4, 5, 6], 1..=7),
        from in 0..1440_i64,
        to in 0..=1440_i64,
    ) {
        prop_assume!(from != to);
        let zone = NamedZone { name: "+08:00".to_owned(), zone: FixedOffsets.find("+08:00").unwrap() };
        let hours = WorkingHours::parse(&text(&days, from, to), zone.clone()).unwrap();
        prop_assert_eq!(hours.to_string(), text(&days, from, to));
        prop_assert_eq!(WorkingHours::parse(&hours.to_string(), zone), Some(hours));
    }
}

#[test]
fn the_offset_of_a_fixed_zone_is_that_of_its_name() {
    for (name, seconds) in [("+08:00", 28_800), ("-03:30", -12_600), ("Z", 0), ("+18:00", 64_800)] {
        assert_eq!(FixedOffsets.find(name).unwrap().offset_seconds(0), seconds, "{name}");
    }
    assert!(FixedOffsets.find("Asia/Shanghai").is_none());
}
