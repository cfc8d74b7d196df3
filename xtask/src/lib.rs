//! The workspace's own tool: every generated file is made here, from the contract or, the sample, by simulation; and the
//! contract is held to its style guide.

pub mod api;
pub mod cargo;
pub mod check;
pub mod codegen;
pub mod compat;
pub mod contract;
pub mod layers;
pub mod lint;
mod models;
mod operations;
pub mod prose;
pub mod reader_edition;
pub mod sample;
pub mod tools;
