//! What is known, in memory, of every tenant: the answers' only source, kept up from the log.

mod accounts;
pub mod agent_query;
mod agents;
mod all_online;
mod chunked_vec;
mod event_kind;
mod event_ring;
mod event_time;
mod ids;
pub mod index;
mod online;
mod per_source;
mod queries;
mod recent;
pub mod render;
mod short_list;
pub mod snapshot;
mod sparse_vec;
mod state;
mod tenant;
#[cfg(test)]
mod tests;
mod versions;
