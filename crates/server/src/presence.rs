//! The in-memory index that all answers come from, built from the event log.
//!
//! The store applies events to it, expires what is too old, and saves and loads it as snapshots. Applying is commutative
//! and idempotent: events may arrive in any order and more than once, and the answers are the same in the end. Nothing
//! here does I/O, reads a clock or knows HTTP.
//!
//! ```text
//! index      PresenceIndex: the tenants
//!   last_looks                         when a mirror last looked at each source of a tenant
//!   tenant   TenantIndex: one tenant's state behind a lock
//!     queries, all_online, render      state -> JSON
//!     online_accounts                  state -> accounts, some at a time
//!     snapshot                         state <-> bytes
//!       state                          TenantState: what a tenant's events amount to
//!         agents                       by id and login account
//!           agent_presence             an agent's online accounts, recent accounts and latest events at a source
//!         accounts                     of a source, by number: which agent has them, and their names
//!           event_ring                 the latest events of an account with an agent
//!           observations               what observed events say beside their time
//!         event_kind                   what events have in common
//!         account_counts               how many accounts have which status, for metrics
//! ```

pub mod account_counts;
mod accounts;
mod agent_presence;
pub mod agent_query;
mod agents;
mod all_online;
mod chunked_vec;
mod event_kind;
mod event_ring;
mod event_stamp;
pub mod index;
mod json;
pub mod last_looks;
mod observations;
pub mod online_accounts;
pub mod queries;
pub mod render;
mod slots;
pub mod snapshot;
mod state;
pub mod tenant;
#[cfg(test)]
mod tests;
