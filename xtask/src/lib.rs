//! The workspace's own tasks. They generate code from the contracts in `openapi/` and simulate the sample; and they check
//! the contracts, the code's layers and public API, the promises about versions, and the words of comments and documents; and
//! they build, try and release what others use.
//!
//! `main.rs` runs one task for each subcommand. The tasks depend on no crate that is generated, so that they can be built
//! while those don't compile.

pub mod api;
pub mod cargo;
pub mod check;
pub mod codegen;
pub mod compat;
pub mod contract;
pub mod dependencies;
pub mod dist;
pub mod docs;
pub mod layers;
pub mod lint;
mod models;
mod operations;
pub mod policy;
mod process;
pub mod prose;
pub mod publish;
pub mod reader_edition;
pub mod release;
pub mod sample;
pub mod semver_check;
pub mod tools;
