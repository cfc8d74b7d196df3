//! What tests, benchmarks and tasks of several crates share. The crate is never published: other crates of the workspace
//! name it by its path alone; those that are published, among their dev-dependencies.

#[cfg(unix)]
pub mod cluster;
mod examples;
pub mod older;
pub mod postgres;
pub mod schema_dialect;
mod skip;
mod workspace;

pub use self::{
    examples::built_examples,
    skip::{skip, skip_part},
    workspace::{copy_workspace, find_workspace, workspace_root},
};
