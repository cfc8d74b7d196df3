//! The log in PostgreSQL by itself, against a PostgreSQL of this machine. Without one, the tests are skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod appending;
mod batching;
mod following;
mod hanging;
mod older;
mod outage;
mod poolers;
mod read_only;
mod repairing;
mod replication;
mod retention;
mod snapshots;
mod stream;
mod striking;
mod tls;
