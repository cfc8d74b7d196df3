//! Servers over PostgreSQL, against a PostgreSQL of this machine. The log itself is tested in
//! `src/event_log/postgres/tests`.
//!
//! Where there is none, the tests are skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/feed_order.rs"]
mod feed_order;
mod feeding;
mod older;
mod served;
mod server;
#[path = "../common/skip.rs"]
mod skip;
