//! Tests of several crates together, most of them of the client against a running server. They are a crate of their own so that
//! the suites of these crates build without the server's dependencies.
//!
//! - `tests/client_examples.rs` runs the programs in `crates/client/examples`.
//! - `tests/event_sender.rs` sends events through failures: lost responses, refusals, limits of a proxy.
//! - `tests/simulated_vendor.rs` compares the answers of the simulated vendor with the server's over the same records.
//! - `tests/simulated_vendor_http.rs` asks it over HTTP with the client: typed answers, and each fault as the client reports it.

/// Compiles the examples of the workspace's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct WorkspaceReadme;
