//! Tests of the simulated vendor over many seeds. `SIMULATED_VENDOR_SEED=7` tests that seed alone.
#![allow(clippy::unwrap_used)]

mod answers;
mod faults;
mod history;
mod limits;
mod oddities;

use group_dispatch_types::Source;

const SOURCES: [Source; 3] = [Source::Pc, Source::Mobile, Source::Cloud];
const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// The seeds of a test.
fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("SIMULATED_VENDOR_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..count).collect(),
    }
}
