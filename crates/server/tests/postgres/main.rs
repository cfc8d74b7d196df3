//! What the log in PostgreSQL must do and stand, against a PostgreSQL of this machine.
//!
//! Where there is none, the tests are skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;
mod events;
#[path = "../common/feed_order.rs"]
mod feed_order;
mod feeding;
mod following;
mod gathering;
mod older;
mod outage;
mod repairing;
mod saving;
mod served;
mod server;
mod trimming;
mod writing;
