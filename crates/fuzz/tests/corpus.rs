//! Runs each target with what `cargo fuzz` has found interesting, and with parts of it.
#![allow(clippy::unwrap_used)]

use std::fs;

use test_support::workspace_root;

#[test]
fn no_target_panics_with_its_corpus() {
    for (name, target) in group_dispatch_fuzz::TARGETS {
        let folder = workspace_root().join("crates/fuzz/corpus").join(name);
        let mut inputs: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        inputs.sort();
        assert!(!inputs.is_empty(), "{name}");
        for input in inputs {
            let bytes = fs::read(&input).unwrap();
            target(&bytes);
            // Truncated, as by a connection that broke.
            target(bytes.get(..bytes.len() / 2).unwrap_or_default());
        }
    }
}
