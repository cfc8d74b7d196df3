//! Runs cargo from within a task.
//!
//! Tasks that need the workspace's other crates run them through cargo instead of linking them. So xtask can be built, and
//! `codegen` can run, while those crates don't compile.

use std::process::Command;

use test_support::workspace_root;

/// Returns cargo, to be run in the workspace, without arguments.
#[must_use]
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    cargo.current_dir(workspace_root());
    cargo
}
