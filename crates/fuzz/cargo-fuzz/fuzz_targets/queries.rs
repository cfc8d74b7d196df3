//! The program of cargo-fuzz for the target `queries`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| group_dispatch_fuzz::run("queries", bytes));
