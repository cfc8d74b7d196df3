//! What responds to requests: the operations of the contracts, the docs, and the operator's endpoints.

pub mod docs;
pub mod operations;
pub mod operator;
