//! The tests of the mocks, over HTTP.
#![allow(clippy::unwrap_used)]

mod checks;
mod common;
mod ingest;
mod scenarios;
