//! What the log in PostgreSQL must do and stand, against a PostgreSQL of this machine.
//!
//! Where there is none, the tests are skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod events;
mod feeding;
mod following;
mod gathering;
mod older;
mod outage;
mod repairing;
mod saving;
mod served;
pub mod server;
mod trimming;
mod writing;
