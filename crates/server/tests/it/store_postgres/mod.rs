//! The suite of the store, over PostgreSQL.
//!
//! Where there is no PostgreSQL, they fail unless they are left out: `cargo test -- --skip store_postgres::`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, dead_code)]

#[path = "../store/by_time.rs"]
mod by_time;
#[path = "../store/definition.rs"]
mod definition;
#[path = "../store/feed_order.rs"]
mod feed_order;
#[path = "../store/fixture.rs"]
mod fixture;
#[path = "../store/history.rs"]
mod history;
#[path = "../store/keys.rs"]
mod keys;
#[path = "../store/many.rs"]
mod many;
#[path = "../store/mirror_end.rs"]
mod mirror_end;
#[path = "../store/mirrored.rs"]
mod mirrored;
#[path = "../store/model.rs"]
mod model;
mod place;
#[path = "../store/presence.rs"]
mod presence;
#[path = "../store/provenance.rs"]
mod provenance;
#[path = "../store/report.rs"]
mod report;
#[path = "../store/report_model.rs"]
mod report_model;
#[path = "../store/state.rs"]
mod state;
#[path = "../store/strike.rs"]
mod strike;
#[path = "../store/tenants.rs"]
mod tenants;
#[path = "../store/upgraded.rs"]
mod upgraded;
