//! Tests of webhooks without I/O.
#![allow(clippy::unwrap_used)]

mod other_libraries;
mod signatures;
