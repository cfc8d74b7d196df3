//! The rate limiter: the promises of its documentation, and the results of the crate governor.

use std::{num::NonZeroU32, time::Duration};

use governor::{Quota, clock::FakeRelativeClock};
use group_dispatch_types::RateLimiter;
use proptest::{collection::vec, prelude::*};

fn number() -> impl Strategy<Value = NonZeroU32> {
    prop_oneof![1..200_u32, any::<u32>()].prop_map(|number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN))
}

proptest! {
    #[test]
    fn it_allows_and_waits_as_governor_does(
        per_second in number(),
        burst in number(),
        pauses in vec(prop_oneof![0..50_000_000_u64, 0..5_000_000_000_u64], 1..300),
    ) {
        let clock = FakeRelativeClock::default();
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let governor = governor::RateLimiter::direct_with_clock(quota, clock.clone());
        let (mut limiter, mut now) = (RateLimiter::new(per_second, burst), Duration::ZERO);
        for pause in pauses {
            let pause = Duration::from_nanos(pause);
            clock.advance(pause);
            now += pause;
            let expected = governor.check().map_err(|early| early.wait_time_from(now.into()));
            prop_assert_eq!(limiter.check(now), expected);
        }
    }

    #[test]
    fn no_second_has_more_than_the_rate_and_a_burst(
        per_second in 1..200_u32,
        burst in 1..50_u32,
        pauses in vec(0..100_000_000_u64, 1..500),
    ) {
        let number = |number| NonZeroU32::new(number).unwrap();
        let mut limiter = RateLimiter::new(number(per_second), number(burst));
        let (mut now, mut allowed) = (Duration::ZERO, Vec::new());
        for pause in pauses {
            now += Duration::from_nanos(pause);
            if limiter.check(now).is_ok() {
                allowed.push(now);
            }
        }
        for (index, first) in allowed.iter().enumerate() {
            let within = allowed[index..].iter().take_while(|time| **time - *first < Duration::from_secs(1)).count();
            prop_assert!(within <= (per_second + burst) as usize, "{within}");
        }
    }
}

#[test]
fn a_refused_request_may_be_sent_after_the_wait_and_not_before() {
    let one = NonZeroU32::MIN;
    let mut limiter = RateLimiter::new(NonZeroU32::new(3).unwrap(), one);
    assert_eq!(limiter.check(Duration::from_secs(7)), Ok(()));
    let now = Duration::from_millis(7_100);
    let wait = limiter.check(now).unwrap_err();
    assert_eq!(wait, Duration::from_nanos(233_333_333));
    assert_eq!(limiter.check(now + wait - Duration::from_nanos(1)), Err(Duration::from_nanos(1)));
    assert_eq!(limiter.check(now + wait), Ok(()));
}

#[test]
fn extreme_times_and_rates_do_not_overflow() {
    let most = NonZeroU32::MAX;
    let mut limiter = RateLimiter::new(NonZeroU32::MIN, most);
    assert_eq!(limiter.check(Duration::MAX), Ok(()));
    assert_eq!(limiter.check(Duration::MAX), Ok(()));
    assert_eq!(RateLimiter::new(most, most).check(Duration::ZERO), Ok(()));
}
