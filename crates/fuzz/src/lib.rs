//! Fuzz targets for what reads bytes from outside: each is a function that must not panic, whatever its bytes are.
//!
//! `cargo fuzz` runs them with new bytes (see the README); the tests run them with those in `corpus/`, on stable Rust.
//! They use the public API alone, as a client or an operator's file would: a signature, a query or an event goes through the
//! whole HTTP service, a snapshot through the start of a store, a response through the client.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod requests;
mod responses;
mod snapshots;

/// A target: a function that must not panic.
pub type Target = fn(&[u8]);

/// The targets, by name.
pub const TARGETS: [(&str, Target); 5] = [
    ("signatures", requests::signature),
    ("queries", requests::query),
    ("events", requests::events),
    ("snapshots", snapshots::snapshot),
    ("responses", responses::response),
];

/// Runs a target by its name.
///
/// # Panics
/// If there is no such target, or it finds a fault.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).expect("a target of this name");
    target(bytes);
}
