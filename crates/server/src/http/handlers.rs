//! One function for each endpoint.

pub mod docs;
pub mod ingest;
pub mod operator;
pub mod queries;
