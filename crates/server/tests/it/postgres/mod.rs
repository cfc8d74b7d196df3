//! Servers over PostgreSQL, against a PostgreSQL of this machine. The log itself is tested in
//! `src/event_log/postgres/tests`.
//!
//! Where there is none, the tests are skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod changes;
mod feeding;
mod older;
mod outages;
pub mod proxy;
mod served;
pub mod server;
