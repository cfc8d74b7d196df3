//! Tests of webhooks without I/O.
#![allow(clippy::unwrap_used)]

mod banned_accounts;
mod destinations;
mod everybody_gone;
mod examples;
mod flapping;
mod networks;
mod offline_agents;
mod other_libraries;
mod parsing;
mod restarts;
mod retrying;
mod signatures;
mod stale_mirrors;
mod working_hours;
mod world;
