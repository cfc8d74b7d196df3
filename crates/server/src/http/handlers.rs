//! What responds to requests: the operations of the contracts, the docs, and the operator's endpoints.

mod callback;
pub mod changes;
pub mod docs;
pub mod history;
mod listed;
mod mirrored;
pub mod operations;
pub mod operator;
mod report;
