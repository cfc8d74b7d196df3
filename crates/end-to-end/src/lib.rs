//! Tests of the client against a running server. They are a crate of their own so that the client's own suite builds
//! without the server's dependencies.
//!
//! - `tests/client_examples.rs` runs the programs in `crates/client/examples`.
//! - `tests/event_sender.rs` sends events through failures: lost responses, refusals, limits of a proxy.

/// Compiles the examples of the workspace's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct WorkspaceReadme;
