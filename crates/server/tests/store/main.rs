//! What every store must do, told by the `Store` trait alone; and what the SQLite file must stand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod definition;
mod fixture;
mod history;
mod model;
mod presence;
mod sqlite;
mod tenants;
