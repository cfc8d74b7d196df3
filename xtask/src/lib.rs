//! The workspace's own tool: everything that is made from the contract is made here.

pub mod codegen;
pub mod contract;
mod models;
