//! Days of a simulated vendor, mirrored, for many seeds; and single situations.

mod checks;
mod day;
mod situations;
mod store;

use std::ops::Range;

use self::{checks::Checks, day::Day};
use crate::rules::{Rule, break_rule};

/// Runs a day for each seed. `MIRROR_SEEDS=1000..1100` runs others.
fn run(seeds: Range<u64>) {
    let given = std::env::var("MIRROR_SEEDS").ok();
    let given = given.as_deref().and_then(|given| given.split_once(".."));
    let given = given.and_then(|(first, end)| Some(first.parse().ok()?..end.parse().ok()?));
    let mut all = Checks::default();
    let days = seeds.clone().count();
    let is_given = given.is_some();
    for seed in given.unwrap_or(seeds) {
        let checks = Day::new(seed).run();
        assert!(checks.faults.is_empty(), "seed {seed} (MIRROR_SEEDS={seed}..{}): {:#?}", seed + 1, checks.faults);
        all.add(checks);
    }
    if !is_given {
        all.assert_plausible(days);
    }
}

// In parts, which run beside each other.
#[test]
fn what_is_mirrored_is_what_happened_1() {
    run(1..51);
}

#[test]
fn what_is_mirrored_is_what_happened_2() {
    run(51..101);
}

#[test]
fn what_is_mirrored_is_what_happened_3() {
    run(101..151);
}

#[test]
fn what_is_mirrored_is_what_happened_4() {
    run(151..201);
}

#[test]
fn each_broken_rule_is_noticed() {
    for (rule, fault) in [
        (Rule::NewBySet, "missing, and in no gap"),
        (Rule::NoNames, "stored, and never happened"),
        (Rule::DoubtLosses, "observed Gone"),
        (Rule::DeclareGaps, "missing, and in no gap"),
        (Rule::LogOrder, "stored in the wrong order"),
    ] {
        let is_noticed = (1..=20).any(|seed| {
            let checks = break_rule(rule, || Day::new(seed).run());
            checks.faults.iter().any(|found| found.starts_with(fault))
        });
        assert!(is_noticed, "{rule:?}");
    }
}
