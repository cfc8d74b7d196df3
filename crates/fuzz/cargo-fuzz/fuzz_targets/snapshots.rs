//! The program of cargo-fuzz for the target `snapshots`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| group_dispatch_fuzz::run("snapshots", bytes));
