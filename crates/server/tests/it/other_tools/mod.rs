//! Other people's tools agree with the contract: validators find nothing wrong in it, and clients that other generators
//! make of it talk to a real server and get typed answers. Prometheus' tool and its Python library read the metrics. Clients of
//! Server-Sent Events, and curl, read the changes, also through proxies. Schemathesis compares responses with the contract.
//!
//! `cargo xtask tools` installs them, in the versions that `tests/consumers` pins. Where they are not installed the tests
//! are skipped.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

mod collections;
mod contract_copy;
mod documented;
mod examples;
mod generators;
mod metrics;
mod schemathesis;
mod streams;
mod toolbox;
mod validators;
