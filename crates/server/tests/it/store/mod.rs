//! The suite of the store, over SQLite; and tests of the file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod by_time;
mod definition;
mod feed_order;
mod file_gone;
pub mod fixture;
mod history;
mod keys;
mod many;
mod mirror_end;
mod mirrored;
mod missing_file;
mod model;
mod older;
mod place;
mod presence;
mod provenance;
mod removed;
mod report;
mod report_model;
mod sqlite;
mod state;
mod strike;
mod tenants;
mod upgraded;
