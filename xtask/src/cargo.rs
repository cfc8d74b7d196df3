//! cargo, run by xtask itself.
//!
//! What needs the workspace's other crates is asked of cargo instead of linked, so that xtask is built, and `codegen`
//! runs, while they do not compile.

use std::process::Command;

use test_support::workspace_root;

/// cargo in the workspace, with the arguments still to be given.
#[must_use]
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    cargo.current_dir(workspace_root());
    cargo
}
