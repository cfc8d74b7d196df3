//! The rules that raise alerts: state machines that changes, looks and time are fed to. They have no clock and do no I/O.
//!
//! [`rule::Rule`] is a rule as a user writes it, and [`engine::RuleEngine`] has the state of all rules of a webhook. Each alert
//! is raised once for each episode, and once more when the episode is over. What an alert says follows from the changes alone,
//! not from when the engine was asked, so that it has the same id and the same body if it is computed again.

mod account_banned;
mod agent_offline;
pub mod alerts;
pub mod change;
pub mod engine;
mod everybody_gone;
mod flapping;
mod mirror_stale;
mod parameters;
mod presence;
mod raw;
pub mod rule;
pub mod working_hours;
pub mod zone;
