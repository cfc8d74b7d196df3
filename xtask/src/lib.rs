//! The workspace's own tool: every generated file is made here, from the contract or, the sample, by simulation.

pub mod api;
pub mod codegen;
pub mod compat;
pub mod contract;
mod models;
mod operations;
pub mod sample;
