//! Tests of webhooks without I/O.
#![allow(clippy::unwrap_used)]

mod destinations;
mod networks;
mod other_libraries;
mod retrying;
mod signatures;
